"""Kinds of arguments and options that several commands take."""

import re
from collections.abc import Callable
from typing import Any

import click

from inventory.countries import CODES
from models.clock import now, parse_rfc3339
from spec.characters import CONTROL_CHARACTERS, LINE_BREAKS
from spec.document import read_document

MODES = ("test", "live")
UNIT_MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
DURATION = re.compile(r"([0-9]{1,6})([smhd])")
ONE_LINE = f"^[^{CONTROL_CHARACTERS}{LINE_BREAKS}]*$"
LINK = re.compile(r"https?://[^\s/]+\S*")


class Duration(click.ParamType[int]):
    """`30m`, `24h`, `7d`, `0` as milliseconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        length = value if isinstance(value, int) else milliseconds(value)
        if length is None:
            self.fail(f"{value!r} is no duration; write it like 30m, 24h or 7d.", param, ctx)
        return length


class Moment(click.ParamType[int]):
    """An RFC 3339 time, a duration before now, or `now`, as milliseconds since 1970."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        ago = 0 if value == "now" else milliseconds(value)
        if ago is not None:
            return now() - ago
        at = parse_rfc3339(value)
        if at is None:
            self.fail(f"{value!r} is no time; write it like 2026-05-08T08:41:33Z, or 2h for two hours ago.", param, ctx)
        return at


class Country(click.ParamType[str]):
    """A country by its ISO 3166-1 alpha-2 code."""

    name = "country"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        code = str(value).upper()
        if code not in CODES:
            self.fail(f"{value!r} is no country; give its two-letter code, such as BG.", param, ctx)
        return code


class Text(click.ParamType[str]):
    """Text within the limits that the contract document sets for a field of a schema."""

    name = "text"

    def __init__(self, schema: str, field: str) -> None:
        self.schema, self.field = schema, field

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        limits = read_document()["components"]["schemas"][self.schema]["properties"][self.field]
        text = str(value).strip()
        if not text or not re.search(limits.get("pattern", ONE_LINE), text):
            self.fail("Give some text without control characters.", param, ctx)
        if len(text) > limits["maxLength"]:
            self.fail(f"This has {len(text)} characters; the most is {limits['maxLength']}.", param, ctx)
        if limits.get("format") == "uri" and not LINK.fullmatch(text):
            self.fail("Give a link that starts with https://.", param, ctx)
        return text


def milliseconds(text: str) -> int | None:
    """The length of a duration, None when the text is none."""
    if text == "0":
        return 0
    match = DURATION.fullmatch(text)
    return None if match is None else int(match[1]) * UNIT_MS[match[2]]


def dealer_option(*, required: bool = True) -> Callable[[Any], Any]:
    meaning = "Id of the dealer, or the e-mail address of one of their people."
    return click.option("--dealer", "dealer_name", required=required, metavar="DEALER", help=meaning)


def mode_option(*, required: bool = True) -> Callable[[Any], Any]:
    return click.option("--mode", type=click.Choice(MODES), required=required, help="Test rows or live rows.")


def limit_option(default: int) -> Callable[[Any], Any]:
    return click.option(
        "--limit", type=click.IntRange(1, 1000), default=default, show_default=True, help="Most rows to show."
    )
