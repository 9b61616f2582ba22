"""`wth listen` while the hub is killed or the network is silent: no event is lost, none comes twice."""

import random
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from models.accounts.integration import Integration
from models.database import connection
from tests.cast import Cast
from tests.commands.listener import Listener
from tests.hub import Server
from tests.journeys.processes import eventually, kill, serving
from tests.ports import free_port
from tests.proxy import between
from tests.receiver import Receiver

EVENTS = 500
KILLS = 5
MARGIN = 20  # events before the first kill and after the last one


@pytest.fixture
def handler() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def test_five_kills_during_500_events_lose_and_repeat_none(cast: Cast, handler: Receiver, tmp_path: Path) -> None:
    Integration.update(rate_limit=100_000).execute()
    rng = random.Random(20260508)  # noqa: S311 - chooses moments, no secrets
    moments = sorted(rng.sample(range(MARGIN, EVENTS - MARGIN), KILLS))
    port = free_port()
    with ExitStack() as stack:
        process, server = stack.enter_context(serving("web", port=port))
        arguments = ("--forward-to", handler.url)
        listener = stack.enter_context(Listener(tmp_path, *arguments, key=cast.owner.test_key, url=server.site))
        listener.wait_until_ready()
        writer = threading.Thread(target=_record_events, args=(cast, handler))
        writer.start()
        for number, moment in enumerate(moments):
            handler.wait_for(moment, seconds=60)
            listener.wait_for_note("Reconnected", count=number)
            kill(process.pid)
            process.wait(10)
            process, _ = stack.enter_context(serving("web", port=port))
        writer.join(60)
        handler.wait_for(EVENTS, seconds=60)
        summary = listener.interrupt()
    sequences = [delivered.event["sequence"] for delivered in handler.deliveries]
    assert sequences == list(range(1, EVENTS + 1))
    assert summary == f"Forwarded {EVENTS} events, 0 failed. Continue with --from {EVENTS + 1}."
    assert sum("Reconnecting" in note for note in listener.notes) == KILLS


def test_silent_network_is_noticed_and_loses_nothing(cast: Cast, server: Server, tmp_path: Path) -> None:
    with ExitStack() as stack:
        proxy, url = stack.enter_context(between(server.site))
        listener = stack.enter_context(Listener(tmp_path, key=cast.owner.test_key, url=url)).wait_until_ready()
        cast.owner.listing()
        listener.wait_for_lines(1)
        proxy.silence()
        cast.owner.listings(2)
        eventually(lambda: len(listener.lines) == 3, seconds=60)
        assert listener.interrupt() == "Received 3 events. Continue with --from 4."
    assert [int(line.split()[1]) for line in listener.lines] == [1, 2, 3]


def _record_events(cast: Cast, handler: Receiver) -> None:
    """Record events while the hub is running and while it is not, at most a few ahead of the handler."""
    for recorded in range(EVENTS):
        if recorded % MARGIN == 0:
            eventually(lambda: len(handler.deliveries) + 3 * MARGIN > recorded, seconds=60)  # noqa: B023 - runs at once
        with connection():  # of this thread
            cast.owner.listing()
