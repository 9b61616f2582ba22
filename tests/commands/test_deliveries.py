"""The delivery log, sending again, and the events behind it."""

from collections.abc import Callable

import orjson
import pytest

from models.delivery.delivery import Delivery
from models.delivery.event import Event
from tests.cast import Cast
from tests.commands.conftest import Wth
from tests.conftest import Clock
from tests.receiver import Receiver

DAYS = 24 * 3600


@pytest.fixture
def given_up(cast: Cast, receiver: Receiver, deliver: Callable[[], None], clock: Clock) -> str:
    """The id of a delivery that failed until it was given up; the receiver works again."""
    cast.owner.endpoint(receiver.url)
    receiver.respond = lambda _: 500
    cast.owner.listing()
    for _ in range(10):
        clock.forward(2 * DAYS)
        deliver()
    receiver.respond = lambda _: 200
    [delivery] = Delivery.of(cast.owner.dealer)
    identifier: str = delivery.id
    return identifier


def test_list_is_narrowed_by_each_filter(wth: Wth, cast: Cast, receiver: Receiver, deliver: Callable[[], None]) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url)
    listing = cast.owner.listing()
    deliver()
    wth("listing", "sell", listing.id)
    cast.stranger.endpoint(receiver.url)
    cast.stranger.listing()

    def found(*options: str) -> list[str]:
        return [row["event"] for row in wth("deliveries", "list", "--json", *options).document["data"]]

    assert found() == ["listing.published", "listing.sold", "listing.published"]
    assert found("--limit", "1") == ["listing.published"]
    owner = ("--dealer", cast.owner.dealer.id)
    assert found(*owner) == ["listing.sold", "listing.published"]
    assert found(*owner, "--state", "succeeded") == ["listing.published"]
    assert found(*owner, "--event", "listing.sold") == ["listing.sold"]
    assert found("--endpoint", endpoint.id, "--resource", listing.id, "--event", "listing.*") == found(*owner)
    assert found(*owner, "--mode", "live") == []
    assert found(*owner, "--since", "1h", "--until", "now") == found(*owner)
    assert found(*owner, "--until", "1h") == []
    assert found(*owner, "--since", "2020-01-01T00:00:00+02:00", "--until", "2020-12-31") == []


def test_time_that_cannot_be_read_is_wrong_usage(wth: Wth) -> None:
    assert wth("deliveries", "list", "--since", "yesterday", "--json").refusal == (2, "wrong_usage")


def test_show_has_every_attempt_and_the_very_body(
    wth: Wth, cast: Cast, receiver: Receiver, deliver: Callable[[], None], clock: Clock
) -> None:
    answers = iter([500, 200])
    receiver.respond = lambda _: next(answers)
    cast.owner.endpoint(receiver.url)
    cast.owner.listing()
    for _ in range(2):
        clock.forward(60)
        deliver()
    [delivery] = Delivery.of(cast.owner.dealer)
    shown = wth("deliveries", "show", delivery.id, "--json").document
    assert (shown["state"], shown["attempts"], shown["last_status"]) == ("succeeded", 2, 200)
    assert [attempt["status"] for attempt in shown["attempt_log"]] == [500, 200]
    assert shown["body"].encode() == receiver.deliveries[0].body
    assert shown["body"] in wth("deliveries", "show", delivery.id).stdout


def test_text_of_a_receiver_cannot_steer_the_terminal(
    wth: Wth, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    cast.owner.endpoint(receiver.url)
    cast.owner.listing(title="\x1b[2J\x9b2Jwatch")
    deliver()
    [delivery] = Delivery.of(cast.owner.dealer)
    said = wth("deliveries", "show", delivery.id).stdout
    assert "\x1b" not in said
    assert "\x9b" not in said


def test_retry_sends_again(
    wth: Wth, given_up: str, receiver: Receiver, deliver: Callable[[], None], cast: Cast
) -> None:
    before = len(receiver.deliveries)
    assert wth("deliveries", "retry", given_up, "--json").document["state"] == "pending"
    deliver()
    assert len(receiver.deliveries) == before + 1
    assert Delivery.get_by_id(given_up).state == "succeeded"


def test_dry_run_counts_and_sends_nothing(wth: Wth, given_up: str) -> None:
    said = wth("deliveries", "retry-failed", "--since", "2020-01-01", "--dry-run", "--json")
    assert said.document == {"matched": 1, "retried": 0}
    assert Delivery.get_by_id(given_up).state == "failed"


def test_failed_deliveries_of_a_time_are_sent_again(
    wth: Wth, given_up: str, cast: Cast, deliver: Callable[[], None]
) -> None:
    elsewhere = (
        ("--dealer", cast.stranger.dealer.id),
        ("--mode", "live"),
        ("--endpoint", "we_other"),
        ("--until", "90d"),
    )
    for options in elsewhere:
        said = wth("deliveries", "retry-failed", "--since", "2020-01-01", *options, "--json")
        assert said.document == {"matched": 0, "retried": 0}
    said = wth("deliveries", "retry-failed", "--since", "30d", "--json")
    assert said.document == {"matched": 1, "retried": 1}
    deliver()
    assert Delivery.get_by_id(given_up).state == "succeeded"


def test_events_are_listed_in_order_the_newest_or_those_after_a_sequence(wth: Wth, cast: Cast) -> None:
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
