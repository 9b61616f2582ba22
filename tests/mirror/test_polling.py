"""Shops without a public address: long polling of the events."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from watchtraderhub.mirror import Mirror, StaleMirrorError, polling
from watchtraderhub.mirror.handlers import matches

from tests.cast import Cast
from tests.clients.flaky_hub import serve_flaky
from tests.conftest import Clock
from tests.hub import Server
from tests.journeys.processes import eventually
from tests.mirror.small_shop import UNAVAILABLE, SmallShop
from tests.tasks.traffic import edit


def polled(mirror: Mirror, work: Callable[[], None]) -> None:
    """Run the poll loop in a thread while `work` runs."""
    stop = threading.Event()
    thread = threading.Thread(target=mirror.run, kwargs={"stop": stop, "wait": 1})
    thread.start()
    try:
        work()
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()


def test_polling_applies_events_as_they_are_recorded(shop: SmallShop, cast: Cast) -> None:
    with shop.mirror() as mirror:
        mirror.start()

        def record() -> None:
            watch = cast.owner.listing()
            eventually(lambda: shop.applied == [1])
            edit(cast.owner, watch, 700_00)
            eventually(lambda: shop.prices == {watch.id: 700})

        polled(mirror, record)
    assert shop.applied == [1, 2]


def test_polling_survives_errors_of_the_hub_and_of_handlers(
    shop: SmallShop,
    server: Server,
    cast: Cast,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(polling, "FIRST_DELAY_SECONDS", 0.01)
    failures = [OSError("The shop's disk is full.")]

    def fail_once(connection: Any, event: Any) -> None:
        if failures:
            raise failures.pop()

    with serve_flaky(server.site, {}) as hub:
        shop.site = hub.url
        with shop.mirror(max_retries=0) as mirror:
            mirror.start()
            cast.owner.listing()
            hub.outcomes["GET /events"] = [UNAVAILABLE]
            shop.before_handling = fail_once
            with caplog.at_level(logging.ERROR, "watchtraderhub.mirror"):
                polled(mirror, lambda: eventually(lambda: shop.applied == [1]))
    assert [record.exc_info[0].__name__ for record in caplog.records if record.exc_info and record.exc_info[0]] == [
        "ServiceUnavailableError",
        "OSError",
    ]


def test_polling_ends_when_only_a_snapshot_helps(shop: SmallShop, cast: Cast, clock: Clock) -> None:
    watch = cast.owner.listing()
    with shop.mirror() as mirror:
        mirror.start()
        edit(cast.owner, watch, 700_00)
        clock.forward(31 * 24 * 3600)
        edit(cast.owner, watch, 800_00)
        with pytest.raises(StaleMirrorError):
            mirror.run()


@pytest.mark.parametrize(
    ("pattern", "event_type", "expected"),
    [
        ("listing.sold", "listing.sold", True),
        ("listing.*", "listing.sold", True),
        ("*", "shipment.sent", True),
        ("listing.*", "listings.sold", False),
        ("listing", "listing.sold", False),
        ("order.*", "listing.sold", False),
    ],
)
def test_patterns_match_as_subscriptions_do(pattern: str, event_type: str, expected: bool) -> None:
    assert matches(pattern, event_type) is expected
