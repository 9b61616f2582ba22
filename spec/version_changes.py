"""Dated API versions: undoes breaking changes for pinned integrations.

The code produces the current version only. Each breaking version is a `VersionChange` with functions that undo it. For
a caller who is pinned three changes back, all three are undone, newest first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Representation = dict[str, Any]

FROZEN = "event"  # an event's body stays in the version in which it was recorded
FREE_FORM = "metadata"  # holds the caller's own names, which may look like ours


@dataclass(frozen=True)
class VersionChange:
    """The breaking changes of one version.

    `undo` maps a kind of `object` to the function that reverts its change.
    """

    version: str
    undo: Mapping[str, Callable[[Representation], Representation]]


CHANGES: tuple[VersionChange, ...] = ()  # newest first


def is_outdated(version: str) -> bool:
    """Return True if a breaking change has followed the version."""
    return bool(CHANGES) and version < CHANGES[0].version


def downgrade(representation: Any, version: str) -> Any:
    """Translate a representation, with the objects inside it, to an older version."""
    for change in CHANGES:
        if change.version <= version:
            break
        representation = _undo(change, representation)
    return representation


def _undo(change: VersionChange, representation: Any) -> Any:
    if isinstance(representation, list):
        return [_undo(change, row) for row in representation]
    if not isinstance(representation, dict) or representation.get("object") == FROZEN:
        return representation
    inner = {name: value if name == FREE_FORM else _undo(change, value) for name, value in representation.items()}
    undo = change.undo.get(inner.get("object", ""))
    return undo(inner) if undo else inner
