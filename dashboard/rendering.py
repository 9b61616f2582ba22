"""Templates and how values look in them: every value escaped, times in UTC, money in euro."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from models import clock
from spec.characters import replace_unprintable

HERE = Path(__file__).parent
_SINGULARS = {"watches": "watch", "deliveries": "delivery"}
_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"))


def shown(value: Any) -> Any:
    """Text that cannot disturb the page around it; unset values are empty."""
    if value is None:
        return ""
    if isinstance(value, Markup):
        return value
    return replace_unprintable(value) if isinstance(value, str) else value


def count_label(count: int, nouns: str) -> str:
    """`1 watch`, `1,250 orders`."""
    return f"{count:,} {_SINGULARS.get(nouns, nouns[:-1]) if count == 1 else nouns}"


def render(template: str, context: dict[str, Any]) -> str:
    return environment().get_template(template).render(context)


@lru_cache(1)
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        money=money,
        count_label=count_label,
        when=when,
        day=day,
        ago=ago,
        ahead=ahead,
        words=words,
        ms=milliseconds,
        json=pretty,
        event_label=event_label,
        truncated=truncate,
        iso=iso,
        minute=minute,
        minute_up=minute_up,
    )
    made.globals.update(asset=asset)
    return made


def money(cents: int | None) -> str:
    """1450050 → €14,500.50; whole euros without decimals."""
    if cents is None:
        return "–"
    whole, rest = divmod(cents, 100)
    return f"€{whole:,}.{rest:02}" if rest else f"€{whole:,}"


def when(at: int | None) -> str:
    return "–" if at is None else f"{_moment(at):%-d %b %Y, %H:%M:%S}"


def day(at: int | None) -> str:
    return "–" if at is None else f"{_moment(at):%-d %b %Y}"


def iso(at: int) -> str:
    return clock.format_rfc3339(at) or ""


def ago(at: int | None) -> str:
    """`3 min ago`."""
    return "never" if at is None else f"{_span(clock.now() - at)} ago"


def ahead(at: int | None) -> str:
    """`in 3 min`."""
    return "–" if at is None else "now" if at <= clock.now() else f"in {_span(at - clock.now())}"


def minute(at: int) -> str:
    """For a datetime-local field."""
    return f"{_moment(at):%Y-%m-%dT%H:%M}"


def minute_up(at: int) -> str:
    return minute(at + 59_999)


def words(name: str | None) -> str:
    """`very_good` → `Very good`."""
    return (name or "–").replace("_", " ").capitalize()


def milliseconds(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f} ms" if value < 10_000 else f"{value / 1000:.1f} s"


def pretty(value: Any) -> str:
    """Indented JSON; text that is no JSON stays as it is."""
    try:
        parsed = orjson.loads(value) if isinstance(value, str | bytes) else value
        return orjson.dumps(parsed, option=orjson.OPT_INDENT_2).decode()
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return str(value)


def event_label(body: str) -> str:
    """What an event is about, as people call it: a watch's title, an order's number or buyer, a client's name."""
    told = orjson.loads(body).get("data", {})
    person = told.get("customer", told)
    name = f"{person.get('first_name') or ''} {person.get('last_name') or ''}".strip()
    return str(told.get("title") or told.get("external_id") or name or person.get("email") or told.get("id") or "–")


def truncate(text: str | None, length: int = 60) -> str:
    whole = text or ""
    return whole if len(whole) <= length else whole[: length - 1] + "…"


@lru_cache(64)
def asset(name: str) -> str:
    """The address of a file in static/, which changes with its content."""
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _span(ms: int) -> str:
    seconds = max(0, ms // 1000)
    for size, name in _UNITS:
        if seconds >= size:
            return f"{seconds // size} {name}"
    return f"{seconds} s"
