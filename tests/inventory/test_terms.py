"""Conditions, movements, taxation, box and papers, countries: the trade's words."""

import pytest

from inventory.box_and_papers import box_and_papers, has_box, has_papers
from inventory.countries import country
from inventory.terms import condition, movement, vat_regime, yes_no


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
    assert condition(text) == grade


@pytest.mark.parametrize("text", ["used", "9/10", "not good", "!"])
def test_unknown_condition_is_refused_with_the_known_ones(text: str) -> None:
    with pytest.raises(ValueError, match="very good, good, fair or poor"):
        condition(text)


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
    assert movement(text) == kind


def test_mechanical_says_neither_automatic_nor_manual() -> None:
    with pytest.raises(ValueError, match="automatic, manual or quartz"):
        movement("mechanical")


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
    assert vat_regime(text) == regime


@pytest.mark.parametrize("text", ["0%", "0.0 % VAT", "excl. 19% VAT", "no VAT", "maybe"])
def test_doubtful_vat_regime_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="margin, standard or export"):
        vat_regime(text)


@pytest.mark.parametrize("text", ["yes", "Y", "TRUE", "1", "x", "ja", "Oui", "sì", "да", "✓"])
def test_yes_is_read(text: str) -> None:
    assert yes_no(text)


@pytest.mark.parametrize("text", ["no", "N", "false", "0", "nein", "Non", "не", "✗", "not included"])
def test_no_is_read(text: str) -> None:
    assert not yes_no(text)


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(ValueError, match="neither yes nor no"):
        yes_no("perhaps")


BOTH = {"has_box": True, "has_papers": True}
NEITHER = {"has_box": False, "has_papers": False}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Original box, original papers", BOTH), ("Full set", BOTH), ("Full set (box, papers, tags)", BOTH),
        ("Box & papers", BOTH), ("B&P", BOTH), ("with box and papers", BOTH), ("OVP + Papiere", BOTH),
        ("Watch only", NEITHER), ("nur Uhr", NEITHER), ("No box, no papers", NEITHER),
        ("No box or papers", NEITHER), ("without box and papers", NEITHER), ("w/o box and papers", NEITHER),
        ("ohne Box und Papiere", NEITHER), ("No original box, no original papers", NEITHER),
        ("Box only", {"has_box": True, "has_papers": False}),
        ("Papers only", {"has_box": False, "has_papers": True}),
        ("Original box, no original papers", {"has_box": True, "has_papers": False}),
        ("no box but papers", {"has_box": False, "has_papers": True}),
        ("Watch with original box", {"has_box": True}), ("no papers", {"has_papers": False}),
    ],
)  # fmt: skip
def test_scope_of_delivery_is_read(text: str, said: dict[str, bool]) -> None:
    assert box_and_papers(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "box: no, papers: no",
        "papers missing",
        "box and perhaps papers",
        "service box",
        "no",
        "watch",
        "box, no box",
        "&",
    ],
)
def test_doubtful_scope_of_delivery_is_refused_and_never_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="does not say clearly"):
        box_and_papers(text)


def test_column_of_its_own_takes_yes_no_or_words() -> None:
    assert has_box("Original box")
    assert not has_box("no box")
    assert not has_box("without")
    assert has_papers("warranty card")
    with pytest.raises(ValueError, match="neither yes nor no"):
        has_papers("original box")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("BG", "BG"), ("de", "DE"), ("Deutschland", "DE"), ("Germany, Munich", "DE"),
        ("Munich, Germany", "DE"), ("UK", "GB"), ("United Kingdom", "GB"), ("USA", "US"), ("U.S.A.", "US"),
        ("Hong Kong", "HK"), ("UAE", "AE"), ("Österreich", "AT"), ("България", "BG"), ("Singapore", "SG"),
        ("Japan", "JP"), ("schweiz", "CH"), ("Brazil", ""), ("XX", ""), ("Atlantis", ""),
    ],
)  # fmt: skip
def test_country_is_read_by_code_or_name_or_refused(text: str, code: str) -> None:
    if code:
        assert country(text) == code
    else:
        with pytest.raises(ValueError, match="two-letter code"):
            country(text)
