"""Text, complications and photo URLs."""

import jsonschema_rs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inventory.cell_parser import parse_cell

seeded = settings(derandomize=True, database=None, deadline=None, max_examples=150)


def test_complications_are_separated_by_comma_bar_or_slash() -> None:
    assert parse_cell("complications", "Date, GMT") == {"complications": ["Date", "GMT"]}
    assert parse_cell("complications", "Day/Date | Moon phase,") == {"complications": ["Day", "Date", "Moon phase"]}


def test_semicolon_keeps_slash_and_comma_within_a_complication() -> None:
    assert parse_cell("complications", "Day/Date; Date, quick-set") == {
        "complications": ["Day/Date", "Date, quick-set"]
    }
    assert parse_cell("complications", "Day/Date;") == {"complications": ["Day/Date"]}


def test_none_is_an_empty_list_of_complications() -> None:
    assert parse_cell("complications", "None") == {"complications": []}


def test_photos_are_separated_where_the_next_url_begins() -> None:
    first, second, third = (
        "https://example.com/a,b;c.jpg",
        "https://example.com/b.jpg?w=1",
        "https://example.com/c",
    )
    assert parse_cell("photos", f"{first}, {second}|{third} ;") == {"photos": [first, second, third]}


@pytest.mark.parametrize(
    "text",
    [
        "photo.jpg", "http://example.com/a.jpg", "https://", "https://example.com/a b.jpg",
        "https://u:p@example.com/a", "https://example.com/ü.jpg", "https://example.com/%zz",
        "javascript:alert(1)", "https://example.com/" + "a" * 2030,
        " ".join(f"https://example.com/{n}" for n in range(51)),
    ],
)  # fmt: skip
def test_invalid_photos_are_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=r"photo URL|at most (50|2,048)"):
        parse_cell("photos", text)


@seeded
@given(st.text("aZ0/?#%-_.~:@![]{}|\\^`é \"<'", max_size=12))
@example("?a=b#c?d/%41")
def test_every_accepted_photo_is_a_uri_for_the_api(rest: str) -> None:
    try:
        photos = parse_cell("photos", f"https://example.com{rest}")["photos"]
    except ValueError:
        return
    is_uri = jsonschema_rs.validator_for({"format": "uri"}, validate_formats=True).is_valid
    assert photos
    assert all(map(is_uri, photos))


def test_line_breaks_stay_in_descriptions_and_become_spaces_elsewhere() -> None:
    assert parse_cell("description", " Two\n\nlines ") == {"description": "Two\n\nlines"}
    assert parse_cell("title", "Two\r\n lines") == {"title": "Two lines"}
