"""Box and papers, in one column or in two."""

import pytest

from inventory.box_and_papers import parse_box_and_papers, parse_has_box, parse_has_papers

BOTH = {"has_box": True, "has_papers": True}
NEITHER = {"has_box": False, "has_papers": False}


@pytest.mark.parametrize(
    ("text", "parts"),
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
def test_scope_of_delivery_is_read(text: str, parts: dict[str, bool]) -> None:
    assert parse_box_and_papers(text) == parts


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
def test_ambiguous_scope_of_delivery_is_rejected_and_never_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="does not say clearly"):
        parse_box_and_papers(text)


def test_separate_column_accepts_yes_no_or_words() -> None:
    assert parse_has_box("Original box")
    assert not parse_has_box("no box")
    assert not parse_has_box("without")
    assert parse_has_papers("warranty card")
    with pytest.raises(ValueError, match="neither yes nor no"):
        parse_has_papers("original box")
