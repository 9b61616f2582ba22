"""Conditions, movements, VAT regimes and yes or no, in the words that dealers use."""

from collections.abc import Mapping

import pytest

from inventory.enums import (
    CONDITIONS,
    MOVEMENTS,
    VAT_REGIMES,
    parse_condition,
    parse_movement,
    parse_vat_regime,
    parse_yes_no,
)
from spec.document import limits


@pytest.mark.parametrize(
    ("field", "table"), [("condition", CONDITIONS), ("movement", MOVEMENTS), ("vat_regime", VAT_REGIMES)]
)
def test_words_stand_for_the_values_of_the_document(field: str, table: Mapping[str, str]) -> None:
    assert set(table.values()) == set(limits("Listing", field).enum)


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("New", "new"), ("NEU", "new"), ("Unworn", "unworn"), ("New / unworn", "unworn"),
        ("Ungetragen", "unworn"), ("Very good", "very_good"), ("very_good", "very_good"),
        ("Mint", "very_good"), ("Like new", "very_good"), ("Used - very good", "very_good"),
        ("Pre-owned, very good (light scratches)", "very_good"), ("Very good condition", "very_good"),
        ("Très bon état", "very_good"), ("много добро", "very_good"),
        ("Good (Light signs of wear)", "good"), ("gut", "good"), ("Fair", "fair"), ("Poor", "poor"),
    ],
)  # fmt: skip
def test_condition_is_read(text: str, grade: str) -> None:
    assert parse_condition(text) == grade


@pytest.mark.parametrize("text", ["used", "9/10", "not good", "!"])
def test_unknown_condition_is_rejected_with_the_valid_ones(text: str) -> None:
    with pytest.raises(ValueError, match="very good, good, fair or poor"):
        parse_condition(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Automatic", "automatic"), ("Self-winding", "automatic"), ("Automatik", "automatic"),
        ("automatic movement", "automatic"), ("Automatic (cal. 3235)", "automatic"),
        ("Spring Drive", "automatic"), ("Hand-wound", "manual"), ("Manual", "manual"),
        ("Handaufzug", "manual"), ("Quartz", "quartz"), ("Eco-Drive", "quartz"), ("Solar", "quartz"),
        ("кварцов", "quartz"),
    ],
)  # fmt: skip
def test_movement_is_read(text: str, kind: str) -> None:
    assert parse_movement(text) == kind


def test_mechanical_is_rejected_as_neither_automatic_nor_manual() -> None:
    with pytest.raises(ValueError, match="automatic, manual or quartz"):
        parse_movement("mechanical")


@pytest.mark.parametrize(
    ("text", "regime"),
    [
        ("margin", "margin"), ("Margin scheme", "margin"), ("differenzbesteuert", "margin"),
        ("§25a UStG", "margin"), ("standard", "standard"), ("19% VAT", "standard"),
        ("VAT 20 %", "standard"), ("inkl. 19 % MwSt.", "standard"), ("VAT deductible", "standard"),
        ("MwSt. ausweisbar", "standard"), ("8.1%", "standard"), ("Export", "export"),
        ("tax-free", "export"), ("VAT not deductible", "margin"),
    ],
)  # fmt: skip
def test_vat_regime_is_read(text: str, regime: str) -> None:
    assert parse_vat_regime(text) == regime


@pytest.mark.parametrize("text", ["0%", "0.0 % VAT", "excl. 19% VAT", "no VAT", "maybe"])
def test_ambiguous_vat_regime_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="margin, standard or export"):
        parse_vat_regime(text)


@pytest.mark.parametrize("text", ["yes", "Y", "TRUE", "1", "x", "ja", "Oui", "sì", "да", "✓"])
def test_yes_is_read(text: str) -> None:
    assert parse_yes_no(text)


@pytest.mark.parametrize("text", ["no", "N", "false", "0", "nein", "Non", "не", "✗", "not included"])
def test_no_is_read(text: str) -> None:
    assert not parse_yes_no(text)


def test_neither_yes_nor_no_is_rejected() -> None:
    with pytest.raises(ValueError, match="neither yes nor no"):
        parse_yes_no("perhaps")
