"""`wth listen` through outages: it continues with the next event, or says why it cannot."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from models.delivery.event import Event
from tests.cast import Cast
from tests.clients.flaky_hub import LOST, FlakyHub, Outcome, serve_flaky
from tests.commands.conftest import Wth
from tests.commands.listener import Listener
from tests.hub import Server
from tests.proxy import between
from tests.receiver import Receiver

Start = Callable[..., Listener]


@pytest.fixture
def start(tmp_path: Path, cast: Cast) -> Iterator[Start]:
    """Start `wth listen` with the owner's test key at an address."""
    with ExitStack() as stack:

        def run(url: str, *arguments: str, key: str = cast.owner.test_key) -> Listener:
            return stack.enter_context(Listener(tmp_path / "profiles", *arguments, key=key, url=url))

        yield run


@pytest.fixture
def flaky(server: Server) -> Iterator[FlakyHub]:
    with serve_flaky(server.site, {}) as hub:
        yield hub


def sequences(listener: Listener) -> list[int]:
    return [int(line.split()[1]) for line in listener.lines]


def error(status: int, code: str, **headers: str) -> Outcome:
    body = {"error": {"type": "x", "code": code, "message": "A sentence of the hub.", "param": None}}
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode()


def test_events_of_an_outage_arrive_after_it(start: Start, server: Server, cast: Cast) -> None:
    with between(server.site) as (proxy, url):
        listener = start(url).wait_until_ready()
        cast.owner.listing()
        listener.wait_for_lines(1)
        proxy.stop()
        listener.wait_for_note("Reconnecting")
        cast.owner.listings(3)
        proxy.start()
        listener.wait_for_lines(4)
        assert listener.interrupt() == "Received 4 events. Continue with --from 5."
    assert sequences(listener) == [1, 2, 3, 4]
    assert f"Cannot reach 127.0.0.1:{proxy.port}: " in listener.notes[2]
    assert listener.notes[3:-1] == ["Reconnected."]


def test_sleep_of_the_machine_loses_nothing(start: Start, server: Server, cast: Cast) -> None:
    listener = start(server.site).wait_until_ready()
    cast.owner.listing()
    listener.wait_for_lines(1)
    listener.process.send_signal(signal.SIGSTOP)
    cast.owner.listings(3)
    listener.process.send_signal(signal.SIGCONT)
    listener.wait_for_lines(4)
    listener.interrupt()
    assert sequences(listener) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "outcome",
    [
        LOST,
        error(503, "service_unavailable", Retry_After="0"),
        error(429, "too_many_requests", Retry_After="1"),
        (502, {}, b"<h1>Bad gateway</h1>"),
        (200, {}, b'{"object":"list","data":[{"id":"evt_1"'),
        (200, {}, b"<h1>Sign in to this network</h1>"),
    ],
    ids=["lost", "503", "429", "proxy", "cut off", "portal"],
)
def test_page_is_requested_again(start: Start, flaky: FlakyHub, cast: Cast, outcome: Outcome) -> None:
    cast.owner.listings(2)
    flaky.outcomes["GET /events"] = [outcome]
    listener = start(flaky.url, "--from", "1")
    listener.wait_for_lines(2)
    cast.owner.listing()
    listener.wait_for_lines(3)
    listener.interrupt()
    assert sequences(listener) == [1, 2, 3]
    assert sum("Reconnecting." in note for note in listener.notes) == 1


def test_cursor_that_a_restored_hub_rejects_is_replaced_by_the_sequence(
    start: Start, flaky: FlakyHub, cast: Cast
) -> None:
    cast.owner.listings(2)
    listener = start(flaky.url, "--from", "1")
    listener.wait_for_lines(2)
    flaky.outcomes["GET /events"] = [error(400, "invalid_cursor")]
    cast.owner.listings(2)
    listener.wait_for_lines(4)
    listener.interrupt()
    assert sequences(listener) == [1, 2, 3, 4]


def test_events_that_the_hub_no_longer_lists_are_reported(start: Start, server: Server, cast: Cast) -> None:
    cast.owner.listings(4)
    Event.delete().where(Event.sequence <= 2, Event.dealer == cast.owner.dealer).execute()
    listener = start(server.site, "--from", "1")
    listener.wait_for_lines(2)
    listener.interrupt()
    assert sequences(listener) == [3, 4]
    [gap] = [note for note in listener.notes if note.startswith("Sequences 1 to 2 are no longer available.")]
    assert "30 days" in gap


def test_rejected_key_ends_it_with_the_reason(start: Start, flaky: FlakyHub, cast: Cast) -> None:
    listener = start(flaky.url).wait_until_ready()
    flaky.outcomes["GET /events"] = [error(401, "invalid_api_key")]
    cast.owner.listing()
    assert listener.wait() == 1
    assert listener.notes[-2].startswith("Received ")
    assert listener.notes[-1] == "401: A sentence of the hub."


def test_wrong_key_or_address_fails_at_once(wth: Wth, server: Server) -> None:
    wrong = wth("listen", "--api-key", "wth_NobodysNobodysNobodysNobodysNo12", "--base-url", server.site)
    assert (wrong.status, wrong.stdout, wrong.stderr.startswith("401: ")) == (1, "", True)
    closed = wth("listen", "--api-key", "wth_x", "--base-url", "http://127.0.0.1:9")
    assert closed.status == 1
    assert closed.stderr.startswith("Cannot reach 127.0.0.1:9: Connection refused. Check --base-url")


def test_handler_that_hangs_up_costs_one_event_only(start: Start, server: Server, cast: Cast) -> None:
    with Receiver() as handler:
        listener = start(server.site, "--forward-to", handler.url).wait_until_ready()
        cast.owner.listing()
        listener.wait_for_lines(1)
    cast.owner.listing()
    assert "-> no connection" in listener.wait_for_lines(2)[1]
    assert listener.interrupt() == "Forwarded 2 events, 1 failed. Continue with --from 3."
