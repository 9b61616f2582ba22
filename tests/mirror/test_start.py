"""First and later starts of a mirror, and positions that the hub cannot continue."""

from collections.abc import Callable
from functools import partial

import pytest
from watchtraderhub import StatusError
from watchtraderhub.mirror import Mirror, NotStartedError, StaleMirrorError

from models.database import connection
from models.delivery.event import Event
from models.listing import Listing
from tests.cast import Cast
from tests.client import Client
from tests.clients.flaky_hub import serve_flaky
from tests.conftest import Clock
from tests.hub import Server
from tests.mirror.conftest import Capture
from tests.mirror.small_shop import ServedShop, SmallShop
from tests.proxy import between
from tests.tasks.traffic import edit

DAY_SECONDS = 24 * 3600


def hub_prices(api: Client) -> dict[str, float]:
    return {row["id"]: row["asking_price_eur"] for row in api.list_all("/listings")}


def test_first_start_copies_the_inventory_and_handles_no_past_event(shop: SmallShop, cast: Cast, api: Client) -> None:
    cast.owner.listings(120)  # more than a page
    with shop.mirror() as mirror:
        mirror.start()
        assert mirror.position() == 120
    assert shop.prices == hub_prices(api)
    assert shop.applied == []


def edits(cast: Cast, watches: list[Listing]) -> list[Callable[[], None]]:
    """Functions that change one watch each, from the thread of a proxy."""

    def change(watch: Listing) -> None:
        with connection():
            edit(cast.owner, watch, 700_00)

    return [partial(change, watch) for watch in watches]


@pytest.mark.parametrize("moment", ["GET /listings", "GET /events"])
def test_snapshot_of_a_changing_hub_belongs_to_its_position(
    shop: SmallShop, server: Server, cast: Cast, api: Client, moment: str
) -> None:
    """Watches change before and after the lists are read, in two rounds."""
    watches = cast.owner.listings(3)
    with serve_flaky(server.site, {moment: [*edits(cast, watches[:2])]}) as hub:
        shop.site = hub.url
        with shop.mirror() as mirror:
            mirror.start()
            newest = api.list_all("/events")[-1]["sequence"]
            assert mirror.position() == newest  # what the snapshot contains is not handled again
            assert shop.prices == hub_prices(api)
            mirror.catch_up()
    assert shop.applied == []


@pytest.mark.parametrize("moment", ["GET /listings", "GET /events"])
def test_snapshot_ends_although_the_hub_never_rests(
    shop: SmallShop, server: Server, cast: Cast, api: Client, moment: str
) -> None:
    watches = cast.owner.listings(15)
    with serve_flaky(server.site, {moment: [*edits(cast, watches)]}) as hub:
        shop.site = hub.url
        with shop.mirror() as mirror:
            mirror.start()
            mirror.catch_up()
            assert mirror.position() == api.list_all("/events")[-1]["sequence"]
    assert shop.prices == hub_prices(api)


def test_later_start_catches_up(shop: SmallShop, cast: Cast) -> None:
    with shop.mirror() as mirror:
        mirror.start()
    watch = cast.owner.listing()
    edit(cast.owner, watch, 700_00)
    with shop.mirror() as mirror:
        mirror.start()
    assert (shop.applied, shop.prices) == ([1, 2], {watch.id: 700})


def test_start_after_four_weeks_without_deliveries_misses_nothing(shop: SmallShop, cast: Cast, clock: Clock) -> None:
    watch = cast.owner.listing()
    with shop.mirror() as mirror:
        mirror.start()
    for day in range(28):
        clock.forward(DAY_SECONDS)
        edit(cast.owner, watch, 1000_00 + day * 100)
    with shop.mirror() as mirror:
        mirror.start()
    assert (shop.applied, shop.prices) == (list(range(2, 30)), {watch.id: 1027})


def test_process_that_forks_after_the_start_has_connections_of_its_own(
    shop: SmallShop, server: Server, cast: Cast
) -> None:
    with between(server.site) as (proxy, shop.site), shop.mirror(timeout=5, max_retries=0) as mirror:
        mirror.start()
        proxy.silence()  # as if another process read the responses on the connections of the start
        cast.owner.listing()
        mirror.catch_up()
    assert shop.applied == [1]


def test_later_start_works_while_the_hub_is_unavailable(shop: SmallShop) -> None:
    with shop.mirror() as mirror:
        mirror.start()
    shop.site = "http://127.0.0.1:9"
    with shop.mirror(max_retries=0) as mirror:
        mirror.start()
        assert mirror.position() == -1


def test_events_that_the_hub_no_longer_lists_need_a_snapshot(
    shop: SmallShop, cast: Cast, api: Client, clock: Clock
) -> None:
    watch = cast.owner.listing()
    with shop.mirror() as mirror:
        mirror.start()
        edit(cast.owner, watch, 700_00)
        clock.forward(31 * DAY_SECONDS)
        edit(cast.owner, watch, 800_00)
        with pytest.raises(StaleMirrorError, match=r"no longer lists the event after sequence 1.*take_snapshot"):
            mirror.catch_up()
        assert (shop.applied, shop.prices) == ([], {watch.id: 6250.5})
        mirror.take_snapshot()
        assert (mirror.position(), shop.prices) == (3, hub_prices(api))
        edit(cast.owner, watch, 900_00)
        mirror.catch_up()
    assert (shop.applied, shop.prices) == ([4], {watch.id: 900})


def test_hub_without_recent_events_is_mirrored(shop: SmallShop, cast: Cast, clock: Clock) -> None:
    watch = cast.owner.listing()
    clock.forward(31 * DAY_SECONDS)
    with shop.mirror() as mirror:
        mirror.start()
        assert shop.prices == {watch.id: 6250.5}
        edit(cast.owner, watch, 700_00)
        mirror.catch_up()
        assert mirror.position() == 2
    assert (shop.applied, shop.prices) == ([2], {watch.id: 700})


def test_restored_hub_is_noticed_and_a_snapshot_follows_it(
    shop: SmallShop, cast: Cast, captured: Capture, api: Client
) -> None:
    """The hub forgets two events, as after restoring a backup, and records others with their numbers."""
    watch = cast.owner.listing()
    edit(cast.owner, watch, 700_00)
    with shop.mirror() as mirror:
        mirror.start()
        forget_events(cast, after=0)
        edit(cast.owner, watch, 800_00)
        edit(cast.owner, watch, 900_00)
        deliveries = captured()[-1:]
        with ServedShop(shop, mirror) as served:
            assert deliveries[0].event["sequence"] == 2
            assert served.send(deliveries) == [500]
        mirror.take_snapshot()
        assert (mirror.position(), shop.prices) == (2, hub_prices(api))


def test_snapshot_follows_a_hub_whose_numbers_went_back(shop: SmallShop, cast: Cast, api: Client) -> None:
    watch = cast.owner.listing()
    edit(cast.owner, watch, 700_00)
    with shop.mirror() as mirror:
        mirror.start()
        forget_events(cast, after=1)
        mirror.take_snapshot()
        assert (mirror.position(), shop.prices) == (1, hub_prices(api))


def test_key_of_another_dealer_needs_a_snapshot(shop: SmallShop, cast: Cast) -> None:
    cast.stranger.listing()
    with shop.mirror() as mirror:
        mirror.start()
    shop.key = cast.stranger.test_key
    with shop.mirror() as mirror, pytest.raises(StaleMirrorError, match="cursor for this API key"):
        mirror.start()


def test_wrong_key_is_an_error_of_the_client(shop: SmallShop) -> None:
    shop.key = "wth_unknown"
    with shop.mirror() as mirror, pytest.raises(StatusError):
        mirror.start()


def test_two_mirrors_in_one_database_have_positions_of_their_own(shop: SmallShop, cast: Cast) -> None:
    cast.owner.listing()
    with shop.mirror() as mirror:
        mirror.start()
        other = Mirror(mirror._client, shop.data.database, name="other")
        with pytest.raises(NotStartedError, match=r"Call mirror.start\(\)"):
            other.catch_up()
        other.start()
        cast.owner.listing()
        mirror.catch_up()
        assert (mirror.position(), other.position()) == (2, 1)


def forget_events(cast: Cast, after: int) -> None:
    """Bring the hub's event log back to an earlier state, as restoring a backup does."""
    dealer = cast.owner.dealer
    Event.delete().where(Event.dealer == dealer, Event.sequence > after).execute()
    type(dealer).update(test_sequence=after).where(type(dealer).id == dealer.id).execute()
