"""The sandbox: sample listings for new integrations, and their reset."""

import pytest

from models import batches, sandbox
from models.customer import Customer
from models.dealer import Dealer
from models.delivery.event import Event
from models.listing import Listing
from models.onboarding import create_dealer
from models.order import Order
from tests.cast import Cast, Person


def titles(person: Person, *, is_test: bool = True) -> list[str]:
    return sorted(row.title for row in Listing.of(person.actor(is_test=is_test)))


def test_new_integration_starts_with_a_dozen_published_test_listings() -> None:
    dealer, _ = create_dealer(
        name="New Shop", email="anna@shop.example", password="correct horse", tier="business", country="BG"
    )
    rows = list(Listing.select().where(Listing.dealer == dealer, Listing.status == "in_stock"))
    assert len(rows) == 12
    assert all(row.is_test and row.is_published for row in rows)
    assert len({row.title for row in rows}) == 12


def test_dealer_without_the_integration_gets_no_sandbox() -> None:
    dealer, _ = create_dealer(
        name="Small Shop", email="bea@shop.example", password="correct horse", tier="starter", country="BG"
    )
    assert not Listing.select().where(Listing.dealer == dealer).exists()


@pytest.fixture
def played(cast: Cast) -> Person:
    """The sandbox after a day of trying things out, with live rows beside it."""
    sandbox.fill(cast.owner.dealer)
    for is_test in (True, False):
        actor = cast.owner.actor(is_test=is_test)
        listing = cast.owner.listing(is_test=is_test, model="Own")
        Order.place(actor, {"items": [{"listing_id": listing.id}], "customer": {"email": "anna@shop.example"}})
    return cast.owner


def test_reset_restores_the_samples_and_deletes_the_rest(played: Person, cast: Cast) -> None:
    sandbox.fill(cast.stranger.dealer)
    sandbox.reset(played.dealer)
    assert titles(played) == titles(cast.stranger)
    assert [row.status for row in Listing.of(played.actor())].count("sold") == 1
    for noun, count in ((Order, 1), (Customer, 2)):
        assert noun.of(played.actor()).count() == noun.of(cast.stranger.actor()).count() == count


def test_two_resets_at_once_leave_one_set_of_samples(played: Person) -> None:
    first = sandbox.restore_listings(played.dealer)
    second = sandbox.restore_listings(played.dealer)
    sandbox.finish_reset(played.dealer, second)
    sandbox.finish_reset(played.dealer, first)
    assert [noun.of(played.actor()).count() for noun in (Listing, Order, Customer)] == [13, 1, 2]


def test_reset_leaves_live_rows_and_other_dealers_alone(played: Person, cast: Cast) -> None:
    theirs = cast.stranger.listing()
    sandbox.reset(played.dealer)
    live = played.actor(is_test=False)
    assert [noun.of(live).count() for noun in (Listing, Order, Customer)] == [1, 1, 1]
    assert Listing.find(cast.stranger.actor(), theirs.id).title == theirs.title


def test_reset_continues_the_event_sequence(played: Person) -> None:
    sandbox.reset(played.dealer)
    rows = Event.select().where(Event.dealer == played.dealer, Event.is_test).order_by(Event.sequence)
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))


def test_reset_deletes_many_rows_in_several_transactions(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "BATCH", 2)
    monkeypatch.setattr(batches, "TRANSACTION_SECONDS", 0)
    monkeypatch.setattr(batches, "PAUSE_SECONDS", 0)
    cast.owner.listings(5)
    before = Dealer.get_by_id(cast.owner.dealer.id).written_at
    sandbox.reset(cast.owner.dealer)
    assert Listing.of(cast.owner.actor()).count() == 13
    assert Dealer.get_by_id(cast.owner.dealer.id).written_at >= before + 4


def test_order_placed_during_a_reset_keeps_its_watch_and_its_customer(cast: Cast) -> None:
    listing = cast.owner.listing()
    at = sandbox.restore_listings(cast.owner.dealer)
    customer = {"email": "anna@shop.example"}
    order = Order.place(cast.owner.actor(), {"items": [{"listing_id": listing.id}], "customer": customer})
    cast.owner.listing()
    sandbox.finish_reset(cast.owner.dealer, at)
    assert order.id in [row.id for row in Order.of(cast.owner.actor())]
    assert Order.of(cast.owner.actor()).count() == 2
    assert Listing.find(cast.owner.actor(), listing.id).status == "sold"
