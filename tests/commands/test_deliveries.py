"""`wth deliveries` and `wth events`: the delivery log, retries and events."""

from collections.abc import Callable

import orjson
import pytest

from models.database import db
from models.delivery.delivery import Delivery
from models.delivery.event import Event
from tests.cast import Cast
from tests.commands.conftest import Wth
from tests.conftest import Clock
from tests.receiver import Receiver

DAYS = 24 * 3600


@pytest.fixture
def failed_delivery_id(cast: Cast, receiver: Receiver, deliver: Callable[[], None], clock: Clock) -> str:
    """ID of a delivery whose attempts are used up. The receiver works again."""
    cast.owner.endpoint(receiver.url)
    receiver.respond = lambda _: 500
    cast.owner.listing()
    for _ in range(10):
        clock.forward(2 * DAYS)
        deliver()
    receiver.respond = lambda _: 200
    [delivery] = Delivery.of(cast.owner.dealer)
    delivery_id: str = delivery.id
    return delivery_id


def test_each_filter_narrows_the_list(wth: Wth, cast: Cast, receiver: Receiver, deliver: Callable[[], None]) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url)
    listing = cast.owner.listing()
    deliver()
    wth("listing", "sell", listing.id)
    cast.stranger.endpoint(receiver.url)
    cast.stranger.listing()

    def events(*options: str) -> list[str]:
        return [row["event"] for row in wth("deliveries", "list", "--json", *options).document["data"]]

    assert events() == ["listing.published", "listing.sold", "listing.published"]
    assert events("--limit", "1") == ["listing.published"]
    owner = ("--dealer", cast.owner.dealer.id)
    assert events(*owner) == ["listing.sold", "listing.published"]
    assert events(*owner, "--state", "succeeded") == ["listing.published"]
    assert events(*owner, "--event", "listing.sold") == ["listing.sold"]
    assert events("--endpoint", endpoint.id, "--resource", listing.id, "--event", "listing.*") == events(*owner)
    assert events(*owner, "--mode", "live") == []
    assert events(*owner, "--since", "1h", "--until", "now") == events(*owner)
    assert events(*owner, "--until", "1h") == []
    assert events(*owner, "--since", "2020-01-01T00:00:00+02:00", "--until", "2020-12-31") == []


def test_invalid_time_is_a_usage_error(wth: Wth) -> None:
    assert wth("deliveries", "list", "--since", "yesterday", "--json").error == (2, "wrong_usage")


def test_show_has_every_attempt_and_the_exact_body(
    wth: Wth, cast: Cast, receiver: Receiver, deliver: Callable[[], None], clock: Clock
) -> None:
    statuses = iter([500, 200])
    receiver.respond = lambda _: next(statuses)
    cast.owner.endpoint(receiver.url)
    cast.owner.listing()
    for _ in range(2):
        clock.forward(60)
        deliver()
    [delivery] = Delivery.of(cast.owner.dealer)
    document = wth("deliveries", "show", delivery.id, "--json").document
    assert (document["state"], document["attempts"], document["last_status"]) == ("succeeded", 2, 200)
    assert [attempt["status"] for attempt in document["attempt_log"]] == [500, 200]
    assert document["body"].encode() == receiver.deliveries[0].body
    assert document["body"] in wth("deliveries", "show", delivery.id).stdout


def test_stored_headers_that_are_not_json_are_shown_as_text(
    wth: Wth, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    cast.owner.endpoint(receiver.url)
    cast.owner.listing()
    deliver()
    db.execute_sql("UPDATE attempt SET response_headers = '{\"X-Json\":'")
    [delivery] = Delivery.of(cast.owner.dealer)
    [attempt] = wth("deliveries", "show", delivery.id, "--json").document["attempt_log"]
    assert attempt["response_headers"] == {"(unreadable)": '{"X-Json":'}


def test_control_characters_do_not_reach_the_terminal(
    wth: Wth, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    cast.owner.endpoint(receiver.url)
    cast.owner.listing(title="\x1b[2J\x9b2Jwatch")
    deliver()
    [delivery] = Delivery.of(cast.owner.dealer)
    stdout = wth("deliveries", "show", delivery.id).stdout
    assert "\x1b" not in stdout
    assert "\x9b" not in stdout


def test_retry_sends_the_delivery_again(
    wth: Wth, failed_delivery_id: str, receiver: Receiver, deliver: Callable[[], None], cast: Cast
) -> None:
    before = len(receiver.deliveries)
    assert wth("deliveries", "retry", failed_delivery_id, "--json").document["state"] == "pending"
    deliver()
    assert len(receiver.deliveries) == before + 1
    assert Delivery.get_by_id(failed_delivery_id).state == "succeeded"


def test_dry_run_counts_and_sends_nothing(wth: Wth, failed_delivery_id: str) -> None:
    result = wth("deliveries", "retry-failed", "--since", "2020-01-01", "--dry-run", "--json")
    assert result.document == {"matched": 1, "retried": 0}
    assert Delivery.get_by_id(failed_delivery_id).state == "failed"


def test_failed_deliveries_in_a_time_range_are_retried(
    wth: Wth, failed_delivery_id: str, cast: Cast, deliver: Callable[[], None]
) -> None:
    other_selections = (
        ("--dealer", cast.stranger.dealer.id),
        ("--mode", "live"),
        ("--endpoint", "we_other"),
        ("--until", "90d"),
    )
    for options in other_selections:
        result = wth("deliveries", "retry-failed", "--since", "2020-01-01", *options, "--json")
        assert result.document == {"matched": 0, "retried": 0}
    result = wth("deliveries", "retry-failed", "--since", "30d", "--json")
    assert result.document == {"matched": 1, "retried": 1}
    deliver()
    assert Delivery.get_by_id(failed_delivery_id).state == "succeeded"


def test_events_are_listed_in_order_newest_or_after_a_sequence(wth: Wth, cast: Cast) -> None:
    cast.owner.listings(3)
    cast.owner.listing(is_test=False)
    cast.stranger.listing()
    owner = ("events", "list", "--json", "--dealer", cast.owner.dealer.id)

    def sequences(*options: str) -> list[int]:
        return [event["sequence"] for event in wth(*owner, "--mode", "test", *options).document["data"]]

    assert sequences() == [1, 2, 3]
    assert sequences("--limit", "2") == [2, 3]
    assert sequences("--after", "0", "--limit", "2") == [1, 2]
    assert sequences("--after", "3") == []
    assert len(wth(*owner).document["data"]) == 4
    assert len(wth("events", "list", "--json").document["data"]) == 5
    [live] = wth(*owner, "--mode", "live").document["data"]
    assert live == orjson.loads(Event.get_by_id(live["id"]).body)
