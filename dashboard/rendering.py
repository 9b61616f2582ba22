"""Template rendering.

All text is escaped. Times are in UTC and money is in euros.
"""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from models import clock
from models.search.pagination import MAX_COUNTED
from spec.characters import replace_unprintable
from spec.document import BASE_PATH

FOLDER = Path(__file__).parent
_SINGULARS = {"watches": "watch", "deliveries": "delivery"}
FIRST_SECOND = -62_135_596_800  # 0001-01-01
LAST_SECOND = 253_402_300_799  # 9999-12-31T23:59:59
_TIME_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"))


def render(template: str, context: dict[str, Any]) -> str:
    return environment().get_template(template).render(context)


@lru_cache(1)
def environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        finalize=sanitize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        money=format_money,
        count_label=format_count,
        capped=format_capped,
        datetime=format_datetime,
        date=format_date,
        time_ago=format_time_ago,
        time_until=format_time_until,
        humanize=humanize,
        ms=format_milliseconds,
        json=format_json,
        event_label=describe_event,
        truncated=truncate,
        api_path=shorten_path,
        iso=format_iso,
        datetime_local=format_datetime_local,
        datetime_local_ceil=format_datetime_local_ceil,
    )
    environment.globals.update(asset_url=asset_url)
    return environment


def sanitize(value: Any) -> Any:
    """Replace characters that a browser would hide.

    Characters that reorder the text around them are replaced too. None is empty.
    """
    if value is None:
        return ""
    if isinstance(value, Markup):
        return value
    return replace_unprintable(value) if isinstance(value, str) else value


def format_count(count: int, nouns: str) -> str:
    """`1 watch`, `1,250 orders`; `nouns` is the plural."""
    return f"{count:,} {_SINGULARS.get(nouns, nouns[:-1]) if count == 1 else nouns}"


def format_capped(count: int) -> str:
    """`1,250`, or `10,000+` for a count that `count_rows` has capped."""
    return f"{MAX_COUNTED:,}+" if count > MAX_COUNTED else f"{count:,}"


def format_money(cents: int | None) -> str:
    """1450050 → €14,500.50; whole euros without decimals."""
    if cents is None:
        return "–"
    euros, remainder = divmod(cents, 100)
    return f"€{euros:,}.{remainder:02}" if remainder else f"€{euros:,}"


def format_datetime(at: int | None) -> str:
    return "–" if at is None else f"{_datetime(at):%-d %b %Y, %H:%M:%S}"


def format_date(at: int | None) -> str:
    return "–" if at is None else f"{_datetime(at):%-d %b %Y}"


def format_iso(at: int) -> str:
    """RFC 3339, for the `datetime` attribute of a `time` element."""
    return clock.format_rfc3339(at) or ""


def format_time_ago(at: int | None) -> str:
    """`3 min ago`."""
    return "never" if at is None else f"{_format_seconds(clock.now() - at)} ago"


def format_time_until(at: int | None) -> str:
    """`in 3 min`."""
    return "–" if at is None else "now" if at < clock.now() + 1000 else f"in {_format_seconds(at - clock.now())}"


def format_datetime_local(at: int) -> str:
    """The value of a datetime-local field, rounded down to the minute."""
    return f"{_datetime(at):%Y-%m-%dT%H:%M}"


def format_datetime_local_ceil(at: int) -> str:
    return format_datetime_local(at + 59_999)


def humanize(name: str | None) -> str:
    """`very_good` → `Very good`."""
    return (name or "–").replace("_", " ").capitalize()


def format_milliseconds(duration_ms: float | None) -> str:
    """`55 ms`, `12.3 s`."""
    if duration_ms is None:
        return "–"
    return f"{duration_ms:.0f} ms" if duration_ms < 10_000 else f"{duration_ms / 1000:.1f} s"


def format_json(value: Any) -> str:
    """Indented JSON. Text that is not JSON stays as it is."""
    try:
        parsed = orjson.loads(value) if isinstance(value, str | bytes) else value
        return orjson.dumps(parsed, option=orjson.OPT_INDENT_2).decode()
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return str(value)


def describe_event(body: str) -> str:
    """Name an event's subject for people.

    The name is a watch's title, an order's number or buyer, or a client's name.
    """
    data = orjson.loads(body).get("data", {})
    person = data.get("customer", data)
    name = f"{person.get('first_name') or ''} {person.get('last_name') or ''}".strip()
    return str(data.get("title") or data.get("external_id") or name or person.get("email") or data.get("id") or "–")


def shorten_path(path: str) -> str:
    """`/api/v1/orders` → `/orders`."""
    return path.removeprefix(BASE_PATH)


def truncate(text: str | None, length: int = 60) -> str:
    text = text or ""
    return text if len(text) <= length else text[: length - 1] + "…"


@lru_cache(64)
def asset_url(name: str) -> str:
    """Build the URL of a file in static/.

    It changes with the file's content, so that caches may keep it forever.
    """
    digest = hashlib.sha256((FOLDER / "static" / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def _datetime(at: int) -> datetime:
    """Convert a time. Filters may be outside the years 1 to 9999."""
    return datetime.fromtimestamp(max(FIRST_SECOND, min(at // 1000, LAST_SECOND)), UTC)


def _format_seconds(duration_ms: int) -> str:
    seconds = max(0, duration_ms // 1000)
    for size, unit in _TIME_UNITS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
