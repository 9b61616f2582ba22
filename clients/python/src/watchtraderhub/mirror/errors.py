"""Exceptions of the mirror."""

from __future__ import annotations

from watchtraderhub._base_errors import WatchTraderHubError


class MirrorError(WatchTraderHubError):
    """Base class of the mirror's own exceptions."""


class NotStartedError(MirrorError):
    """The mirror has no position yet: call `start` once before events arrive."""

    def __init__(self) -> None:
        super().__init__("The mirror has no position yet. Call mirror.start() when the shop starts.")


class StaleMirrorError(MirrorError):
    """The events after the position are lost to this mirror: call `take_snapshot`.

    The hub no longer lists them, was restored from a backup, or the API key is of another dealer or mode.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} Call mirror.take_snapshot() to read the current state and continue from there.")


class HandlerCommittedError(MirrorError):
    """A handler ended the mirror's transaction, so its effects and the position are no longer one commit."""

    def __init__(self) -> None:
        super().__init__(
            "A handler ended the mirror's transaction. Remove commit, rollback, executescript and"
            " `with connection:` from your handlers: the mirror commits."
        )


class CatchUpTimeoutError(MirrorError):
    """There are more missed events than fit into the time of one webhook; the progress is saved."""
