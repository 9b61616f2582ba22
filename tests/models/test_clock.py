"""Times on the way in and out: one parser for the API, the dashboard and the command line."""

import pytest

from errors import Invalid
from models.clock import format_rfc3339, parse_rfc3339, parse_rfc3339_parameter

AT = 1_778_229_693_114  # 2026-05-08T08:41:33.114Z


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-08T08:41:33.114Z",
        "2026-05-08t08:41:33.114z",
        "2026-05-08 08:41:33.114",
        "2026-05-08T10:41:33.114+02:00",
        "2026-05-07T22:41:33.114999-10:00",
    ],
)
def test_same_time_in_every_spelling(text: str) -> None:
    assert parse_rfc3339(text) == parse_rfc3339_parameter(text, param="updated_after") == AT


@pytest.mark.parametrize(
    ("text", "seconds"), [("1970-01-02", 86_400), ("1970-01-01T00:01", 60), ("1969-12-31", -86_400)]
)
def test_date_alone_and_minutes_alone_are_utc(text: str, seconds: int) -> None:
    assert parse_rfc3339(text) == seconds * 1000


@pytest.mark.parametrize("text", ["", "now", "2026-02-30", "2026-05-08T08:41:60Z", "08:41", "1778229693114"])
def test_text_that_is_not_a_time_is_none_or_an_error_of_its_parameter(text: str) -> None:
    assert parse_rfc3339(text) is None
    with pytest.raises(Invalid) as error:
        parse_rfc3339_parameter(text, param="updated_after")
    assert error.value.param == "updated_after"


def test_absent_parameter_is_none() -> None:
    assert parse_rfc3339_parameter(None, param="updated_after") is None


def test_formatted_time_has_milliseconds_and_is_read_back() -> None:
    assert format_rfc3339(AT) == "2026-05-08T08:41:33.114Z"
    assert parse_rfc3339(format_rfc3339(AT - 114)) == AT - 114
    assert format_rfc3339(None) is None
