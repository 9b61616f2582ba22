"""Readiness: checks in bounded time, whose results many requests share.

Anybody may ask, without a key or a limit. So one round of checks runs at a time, and its results are kept for a second.
A check that hangs is not started again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

LIMIT_SECONDS = 2.0
SHARED_SECONDS = 1.0
OK = "ok"

monotonic: Callable[[], float] = time.monotonic  # tests replace it


@dataclass
class ReadinessCheck:
    """One check, which may report about several parts of the hub.

    `run` returns "ok" or a sentence for each part, and raises an exception if it cannot. `on_error` has the sentences
    for that case, and for a check without a result within LIMIT_SECONDS.
    """

    run: Callable[[], Awaitable[Mapping[str, str]]]
    on_error: Mapping[str, str]
    _task: "asyncio.Task[Mapping[str, str]] | None" = field(default=None, init=False)

    async def find_results(self) -> Mapping[str, str]:
        """Return a sentence or "ok" for each part."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run_safely())
        done, _ = await asyncio.wait([self._task], timeout=LIMIT_SECONDS)
        return self._task.result() if done else self.on_error

    async def _run_safely(self) -> Mapping[str, str]:
        try:
            return await self.run()
        except Exception:  # drivers share no base class, and their messages may name addresses
            return self.on_error


class Readiness:
    """The checks of one web process."""

    def __init__(self, checks: Sequence[ReadinessCheck]) -> None:
        self._checks = checks
        self._round: asyncio.Task[dict[str, str]] | None = None
        self._ends_at = float("-inf")

    @property
    def parts(self) -> frozenset[str]:
        """The names of everything that is checked."""
        return frozenset(name for check in self._checks for name in check.on_error)

    async def find_results(self) -> dict[str, str]:
        """Return "ok" or a sentence for each part, which says what to do."""
        if self._round is None or (self._round.done() and monotonic() >= self._ends_at):
            self._round = asyncio.create_task(self._run_round())
        current = self._round
        await asyncio.wait([current])  # unlike `await current`, it does not cancel it when this client leaves
        return current.result()

    async def _run_round(self) -> dict[str, str]:
        results = await asyncio.gather(*(check.find_results() for check in self._checks))
        self._ends_at = monotonic() + SHARED_SECONDS
        return {name: sentence for part in results for name, sentence in part.items()}
