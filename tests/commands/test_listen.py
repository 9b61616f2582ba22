"""`wth listen`: events forwarded to a handler, signed like webhooks."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks
from watchtraderhub import webhooks

from tests.cast import Cast
from tests.client import Client
from tests.commands.conftest import Wth
from tests.commands.listener import Listener
from tests.hub import Server
from tests.receiver import Receiver

Listen = Callable[..., Listener]


@pytest.fixture
def listen(tmp_path: Path, server: Server, cast: Cast) -> Iterator[Listen]:
    """Start `wth listen` with the owner's test key, and wait until it is ready."""
    with ExitStack() as stack:

        def start(*arguments: str, key: str = cast.owner.test_key, url: str = server.site) -> Listener:
            listener = Listener(tmp_path / "profiles", *arguments, key=key, url=url)
            return stack.enter_context(listener).wait_until_ready()

        yield start


@pytest.fixture
def handler() -> Iterator[Receiver]:
    """The dealer's handler on this machine."""
    with Receiver() as receiver:
        yield receiver


def test_request_is_that_of_a_webhook(
    listen: Listen, wth: Wth, handler: Receiver, receiver: Receiver, cast: Cast, deliver: Callable[[], Any]
) -> None:
    cast.owner.endpoint(receiver.url)
    listen("--forward-to", handler.url)
    cast.owner.listing(model="Œuvre d’Heure № 7")
    [forwarded] = handler.wait_for(1)
    deliver()
    [webhook] = receiver.deliveries
    assert forwarded.body == webhook.body
    assert set(forwarded.headers) == set(webhook.headers)
    same = ("Content-Type", "WTH-Event-Id", "WTH-Event-Type", "webhook-id", "Accept-Encoding", "WTH-Delivery-Attempt")
    assert [forwarded.headers[name] for name in same] == [webhook.headers[name] for name in same]
    secret = wth("listen", "--print-secret").stdout.strip()
    event = webhooks.construct_event(forwarded.body, forwarded.headers, secret)
    assert event["event"] == "listing.published"
    assert standardwebhooks.Webhook(secret).verify(forwarded.body, forwarded.headers)["id"] == event["id"]


def test_each_event_is_a_line_and_ctrl_c_prints_a_summary(
    listen: Listen, handler: Receiver, server: Server, cast: Cast
) -> None:
    cast.owner.listing()
    listener = listen("--forward-to", handler.url.removeprefix("http://"))
    cast.owner.listings(2)
    cast.stranger.listing()
    cast.owner.listing(is_test=False)
    first, second = listener.wait_for_lines(2)
    assert " 2 listing.published inv_" in first
    assert " 3 listing.published inv_" in second
    assert " -> 200 (" in second
    assert listener.notes[0].endswith(f" in test mode at {server.site}.")
    assert listener.interrupt() == "Forwarded 2 events, 0 failed. Continue with --from 4."
    assert len(listener.lines) == 2


def test_live_key_gets_live_events(listen: Listen, cast: Cast) -> None:
    cast.owner.go_live()
    listener = listen(key=cast.owner.live_key)
    cast.owner.listing()
    live = cast.owner.listing(is_test=False)
    [line] = listener.wait_for_lines(1)
    assert live.id in line
    assert " in live mode at " in listener.notes[0]
    assert listener.interrupt() == "Received 1 event. Continue with --from 2."


def test_globs_select_types(listen: Listen, api: Client, cast: Cast) -> None:
    listener = listen("--events", "order.*,listing.sold", "--format", "json")
    watch = cast.owner.listing()
    api.order(watch.id)
    printed = [json.loads(line) for line in listener.wait_for_lines(2)]
    assert [row["event"]["event"] for row in printed] == ["order.received", "listing.sold"]
    assert [row["delivery"] for row in printed] == [None, None]
    assert [row["event"] for row in printed] == api.list_all("/events")[1:]
    assert listener.interrupt().endswith("Continue with --from 4.")


def test_past_events_are_replayed_from_a_sequence_or_a_time(listen: Listen, api: Client, cast: Cast) -> None:
    cast.owner.listings(3)
    second = api.list_all("/events")[1]["created_at"]
    for start, sequences in (("2", [2, 3]), (second, [3])):
        listener = listen("--from", start)
        assert [int(line.split()[1]) for line in listener.wait_for_lines(len(sequences))] == sequences
        assert listener.interrupt().endswith("Continue with --from 4.")


def test_failed_request_is_shown_and_the_next_event_follows(listen: Listen, handler: Receiver, cast: Cast) -> None:
    handler.respond = lambda delivered: 500 if delivered.event["sequence"] == 1 else 204
    listener = listen("--forward-to", handler.url, "--format", "json")
    cast.owner.listings(2)
    printed = [json.loads(line)["delivery"] for line in listener.wait_for_lines(2)]
    assert [(row["status"], row["is_success"], row["attempts"]) for row in printed] == [(500, False, 1), (204, True, 1)]
    assert listener.interrupt() == "Forwarded 2 events, 1 failed. Continue with --from 3."


def test_retries_repeat_a_failed_request(listen: Listen, handler: Receiver, cast: Cast) -> None:
    handler.respond = lambda _: 302 if len(handler.deliveries) == 1 else 200
    listener = listen("--forward-to", handler.url, "--retries", "2")
    cast.owner.listing()
    first, second = handler.wait_for(2)
    [line] = listener.wait_for_lines(1)
    assert " -> 200 (" in line
    assert line.endswith(", attempt 2)")
    assert [each.headers["WTH-Delivery-Attempt"] for each in (first, second)] == ["1", "2"]
    assert first.headers["WTH-Delivery-Id"] == second.headers["WTH-Delivery-Id"]
    assert first.body == second.body


def test_ctrl_c_waits_for_the_request_on_its_way(listen: Listen, handler: Receiver, cast: Cast) -> None:
    listener = listen("--forward-to", handler.url)

    def interrupt_and_respond(_: object) -> int:
        listener.process.send_signal(signal.SIGINT)
        return 200

    handler.respond = interrupt_and_respond
    cast.owner.listings(2)
    assert listener.wait() == 0
    assert listener.notes[-1] == "Forwarded 1 event, 0 failed. Continue with --from 2."
    assert len(handler.deliveries) == 1


def test_stopped_handler_is_named(listen: Listen, cast: Cast) -> None:
    listener = listen("--forward-to", "http://127.0.0.1:9/hooks")
    cast.owner.listing()
    [line] = listener.wait_for_lines(1)
    assert "-> no connection; is your handler running? (" in line


def test_further_headers_are_sent(listen: Listen, handler: Receiver, cast: Cast) -> None:
    listen("--forward-to", handler.url, "--header", "Host: shop.example", "--header", "X-Tenant: 7")
    cast.owner.listing()
    [delivered] = handler.wait_for(1)
    assert (delivered.headers["Host"], delivered.headers["X-Tenant"]) == ("shop.example", "7")


def test_secret_stays_the_same_for_each_profile(wth: Wth) -> None:
    first, again = (wth("listen", "--print-secret").stdout for _ in range(2))
    other = wth("listen", "--print-secret", "--profile", "other").stdout
    assert first.startswith("whsec_")
    assert (first == again, first == other) == (True, False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--forward-to", "ftp://localhost/x"), "is not an address like localhost:3000/webhooks"),
        (("--forward-to", "http://"), "is not an address like localhost:3000/webhooks"),
        (("--events", "orders.*"), "'orders.*' matches no event type"),
        (("--from", "yesterday"), "'yesterday' is no sequence such as 41"),
        (("--header", "Host"), "'Host' is not a header"),
        (("--header", "Host: a\r\nB: c"), "is not a header"),
        ((), "No API key. Set WTH_API_KEY, pass --api-key, or save one with `wth login`."),
    ],
)
def test_invalid_options_are_usage_errors(wth: Wth, arguments: tuple[str, ...], message: str) -> None:
    result = wth("listen", *arguments)
    assert result.status == 2
    assert message in result.stderr.replace("\n", " ")
