"""Dated versions: how shapes looked before a breaking change, for integrations that are pinned to an older version.

The code knows the newest shapes only. A breaking change is written down here as one `Change` with functions that take
it back; a caller pinned three changes ago gets the newest shape with three changes taken back, newest first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Shape = dict[str, Any]

FROZEN = "event"  # an event's body keeps the version in which it was recorded
FREE_FORM = "metadata"  # the caller's own names, which may look like ours


@dataclass(frozen=True)
class VersionChange:
    """What came with the version of this date: for each kind of `object` the function that takes it back."""

    version: str
    undo: Mapping[str, Callable[[Shape], Shape]]


CHANGES: tuple[VersionChange, ...] = ()  # newest first


def is_outdated(version: str) -> bool:
    """Whether shapes have changed since that version."""
    return bool(CHANGES) and version < CHANGES[0].version


def as_of(shape: Any, version: str) -> Any:
    """The newest shape as that version promised it; objects inside it too, wherever they are embedded."""
    for change in CHANGES:
        if change.version <= version:
            break
        shape = _without(change, shape)
    return shape


def _without(change: VersionChange, shape: Any) -> Any:
    if isinstance(shape, list):
        return [_without(change, row) for row in shape]
    if not isinstance(shape, dict) or shape.get("object") == FROZEN:
        return shape
    inner = {name: value if name == FREE_FORM else _without(change, value) for name, value in shape.items()}
    undo = change.undo.get(inner.get("object", ""))
    return undo(inner) if undo else inner
