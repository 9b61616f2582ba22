"""Event types of the spec, and patterns: an exact type, `listing.*`, or `*`."""

from typing import Any, get_args, overload

import peewee

from spec import types

EVENT_TYPES: tuple[str, ...] = get_args(types.WebhookEventType)
PATTERNS = frozenset({"*", *EVENT_TYPES, *(event_type.split(".")[0] + ".*" for event_type in EVENT_TYPES)})
PING = "integration.test_event"


@overload
def matches(event_type: str, pattern: str) -> bool: ...
@overload
def matches(event_type: peewee.Field, pattern: str) -> Any: ...
def matches(event_type: str | peewee.Field, pattern: str) -> Any:
    """Return True if a pattern matches an event type.

    With a column in place of the type, return the SQL condition.
    """
    if pattern == "*":
        return True
    return event_type.startswith(pattern[:-1]) if pattern.endswith(".*") else event_type == pattern
