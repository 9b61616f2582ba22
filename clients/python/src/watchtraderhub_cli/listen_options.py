"""Parsers of the options of `wth listen`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import get_args
from urllib.parse import urlsplit

import click

from watchtraderhub import models

EVENT_TYPES: tuple[str, ...] = get_args(models.WebhookEventType)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.]+([Zz]|[+-][0-9]{2}:[0-9]{2})")


def parse_url(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Complete an address such as `localhost:3000/webhooks`."""
    if value is None:
        return None
    url = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_valid = False
    if not is_valid or any(character.isspace() for character in url):
        raise click.BadParameter(f"{value!r} is not an address like localhost:3000/webhooks.", ctx, param)
    return url


def parse_globs(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> list[str]:
    """Split patterns at commas, and check that each may match an event."""
    globs = [glob.strip() for value in values for glob in value.split(",") if glob.strip()]
    for glob in globs:
        if not any(fnmatchcase(event_type, glob) for event_type in EVENT_TYPES):
            known = ", ".join(EVENT_TYPES)
            raise click.BadParameter(f"{glob!r} matches no event type. The types are {known}.", ctx, param)
    return globs


def complete_globs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Suggest event types and their namespaces."""
    namespaces = sorted({f"{event_type.split('.')[0]}.*" for event_type in EVENT_TYPES})
    return [word for word in [*namespaces, *EVENT_TYPES] if word.startswith(incomplete)]


def parse_start(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Check a sequence number or a time."""
    if value is None or re.fullmatch("[0-9]{1,15}", value) or _TIME.fullmatch(value):
        return value
    raise click.BadParameter(
        f"{value!r} is no sequence such as 41 and no time such as 2026-05-08T08:00:00Z.", ctx, param
    )


def parse_headers(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    """Parse headers such as `Host: shop.example`."""
    headers = {}
    for text in values:
        name, separator, value = text.partition(":")
        is_valid = separator and re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) and value.isprintable()
        if not is_valid or not value.isascii():
            raise click.BadParameter(f"{text!r} is not a header like 'Host: shop.example'.", ctx, param)
        headers[name] = value.strip()
    return headers
