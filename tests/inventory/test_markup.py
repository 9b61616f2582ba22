"""HTML and entities of shops become the text that a browser shows."""

from contextlib import suppress

import pytest

from inventory.cell_parser import parse_cell


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<p>Full set.</p><p>Serviced 2023</p>", "Full set.\n\nServiced 2023"),
        ("Full set<br>Serviced<br/>2023", "Full set\nServiced\n2023"),
        ("<ul><li>Box</li><li>Papers</li></ul>", "- Box\n- Papers"),
        ("<div><b>Rolex</b> <i>Explorer</i></div>", "Rolex Explorer"),
        ("Glash&uuml;tte &amp; S&#246;hne", "Glashütte & Söhne"),
        ("<p>A&nbsp;&amp;&nbsp;B</p>", "A & B"),
        ("<style>p {color: red}</style><script>alert(1)</script><p>Text</p>", "Text"),
        ("<!-- note --><p class=\"x\" onclick='y'>Text</p>", "Text"),
        ("<table><tr><td>Case</td><td>Steel</td></tr></table>", "Case Steel"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"), ("Box&Papers; all", "Box&Papers; all"), ("<3 it", "<3 it"),
        ("Two\nlines", "Two\nlines"), ("<p>open", "open"), ("a <b", "a <b"),
    ],
)  # fmt: skip
def test_description_is_plain_text(cell: str, text: str) -> None:
    assert parse_cell("description", cell) == {"description": text}


@pytest.mark.parametrize("field", ["brand", "model", "title"])
def test_entities_in_names_are_replaced(field: str) -> None:
    assert parse_cell(field, "A. Lange &amp; S&ouml;hne") == {field: "A. Lange & Söhne"}
    assert parse_cell(field, "<b>Herm&egrave;s</b>") == {field: "Hermès"}


@pytest.mark.parametrize("cell", ["<p>" * 5_000, "&" * 20_000, "<" * 20_000, "<p " * 5_000, "<!--" * 5_000])
def test_hostile_markup_is_read_quickly(cell: str) -> None:
    with suppress(ValueError):
        assert len(parse_cell("description", cell).get("description", "")) <= len(cell)
