"""Types and options that several commands share.

Limits and choices come from the OpenAPI document.
"""

import re
from collections.abc import Callable
from typing import Any

import click

from inventory.countries import CODES
from models.accounts.user import MIN_PASSWORD_LENGTH
from models.clock import now, parse_rfc3339
from spec.characters import CONTROL_CHARACTERS, LINE_BREAKS
from spec.document import limits

MODES: tuple[str, ...] = limits("Me", "mode").enum
UNIT_MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
DURATION = re.compile(r"([0-9]{1,6})([smhd])")
ONE_LINE = f"^[^{CONTROL_CHARACTERS}{LINE_BREAKS}]*$"
# The spec's format `uri` admits `javascript:` too, which the dashboard must not link to.
HTTP_URL = re.compile(r"https?://[^\s/]+\S*")


class Duration(click.ParamType[int]):
    """Duration such as `30m`, `24h`, `7d` or `0`, in milliseconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        duration_ms = value if isinstance(value, int) else parse_duration_ms(value)
        if duration_ms is None:
            self.fail(f"Invalid duration {value!r}. Write it like 30m, 24h or 7d.", param, ctx)
        return duration_ms


class Timestamp(click.ParamType[int]):
    """RFC 3339 time, duration before now, or `now`; in milliseconds since 1970."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        ago_ms = 0 if value == "now" else parse_duration_ms(value)
        if ago_ms is not None:
            return now() - ago_ms
        at = parse_rfc3339(value)
        if at is None:
            self.fail(
                f"Invalid time {value!r}. Write it like 2026-05-08T08:41:33Z, or 2h for two hours ago.", param, ctx
            )
        return at


class Country(click.ParamType[str]):
    """ISO 3166-1 alpha-2 code of a country."""

    name = "country"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        code = str(value).upper()
        if code not in CODES:
            self.fail(f"Unknown country {value!r}. Use a two-letter code, such as BG.", param, ctx)
        return code


class Text(click.ParamType[str]):
    """Text within the limits of a schema's field.

    For example, `Text("Tracking", "carrier")`.
    """

    name = "text"

    def __init__(self, schema: str, field: str) -> None:
        self.limits = limits(schema, field)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip()
        if not text or not re.search(self.limits.pattern or ONE_LINE, text):
            self.fail("Must not be empty or contain control characters.", param, ctx)
        if len(text) > self.limits.max_length:
            self.fail(f"Must have at most {self.limits.max_length} characters; it has {len(text)}.", param, ctx)
        if self.limits.format == "uri" and not HTTP_URL.fullmatch(text):
            self.fail("Must be a URL that starts with https:// or http://.", param, ctx)
        return text


def parse_duration_ms(text: str) -> int | None:
    """Parse a duration such as `24h` or `0`.

    Returns milliseconds, or None if the text is not a duration.
    """
    if text == "0":
        return 0
    match = DURATION.fullmatch(text)
    return None if match is None else int(match[1]) * UNIT_MS[match[2]]


def dealer_option(*, required: bool = True) -> Callable[[Any], Any]:
    meaning = "ID of the dealer, or the email address of one of its users."
    return click.option("--dealer", "dealer_name", required=required, metavar="DEALER", help=meaning)


def mode_option(*, required: bool = True) -> Callable[[Any], Any]:
    return click.option("--mode", type=click.Choice(MODES), required=required, help="Test data or live data.")


def limit_option(default: int) -> Callable[[Any], Any]:
    return click.option(
        "--limit", type=click.IntRange(1, 1000), default=default, show_default=True, help="Maximum number of rows."
    )


def password_option() -> Callable[[Any], Any]:
    meaning = f"Password, at least {MIN_PASSWORD_LENGTH} characters. Without it, the command prompts for one."
    return click.option("--password", help=meaning)


def prompt_password() -> str:
    """Ask for a password twice.

    The prompt is on standard error, so that standard output holds only the JSON of --json.
    """
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return password
