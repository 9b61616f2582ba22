"""`wth endpoint`: webhook endpoints and their secrets."""

from collections.abc import Callable

import pytest
from standardwebhooks import Webhook

import config
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from tests.cast import Cast
from tests.commands.conftest import Wth
from tests.receiver import Receiver


def create(wth: Wth, cast: Cast, url: str, *options: str) -> tuple[str, str]:
    created = wth("endpoint", "create", "--dealer", cast.owner.dealer.id, "--url", url, *options, "--json").document
    return created["endpoint_id"], created["secret"]


def test_new_endpoint_receives_its_subscriptions_signed_with_its_secret(
    wth: Wth, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    _, secret = create(wth, cast, receiver.url, "--events", "listing.sold, order.*", "--mode", "test")
    listing = cast.owner.listing()
    wth("listing", "sell", listing.id)
    deliver()
    assert receiver.events == ["listing.sold"]
    [delivered] = receiver.deliveries
    Webhook(secret).verify(delivered.body, {name.lower(): value for name, value in delivered.headers.items()})


def test_paused_endpoint_receives_nothing_until_it_is_enabled(
    wth: Wth, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    endpoint_id, _ = create(wth, cast, receiver.url)
    assert wth("endpoint", "pause", endpoint_id, "--json").document["is_enabled"] is False
    cast.owner.listing()
    deliver()
    assert receiver.events == []
    assert wth("endpoint", "enable", endpoint_id).stdout == f"{endpoint_id} is enabled.\n"
    deliver()
    assert receiver.events == ["listing.published"]


def test_list_shows_the_dealers_own_endpoints(wth: Wth, cast: Cast, receiver: Receiver) -> None:
    endpoint_id, secret = create(wth, cast, receiver.url)
    cast.stranger.endpoint(receiver.url)
    result = wth("endpoint", "list", "--dealer", cast.owner.dealer.id, "--json")
    assert [row["id"] for row in result.document["data"]] == [endpoint_id]
    assert secret not in result.stdout


def test_rotation_has_two_secrets_until_the_previous_one_is_revoked(wth: Wth, cast: Cast, receiver: Receiver) -> None:
    endpoint_id, first = create(wth, cast, receiver.url)
    rotated = wth("endpoint", "rotate", endpoint_id, "--grace", "48h", "--json").document
    assert rotated["endpoint_id"] == endpoint_id
    assert rotated["secret"] not in ("", first)
    assert rotated["previous_secret_expires_at"].endswith("Z")
    assert wth("endpoint", "rotate", endpoint_id, "--json").error == (1, "rotation_running")
    revoked = wth("endpoint", "revoke-previous", endpoint_id, "--json").document
    assert revoked["previous_secret_expires_at"] is None
    without_grace = wth("endpoint", "rotate", endpoint_id, "--grace", "0", "--json").document
    assert without_grace["previous_secret_expires_at"] is None


def test_grace_is_a_duration_of_at_most_seven_days(wth: Wth, cast: Cast, receiver: Receiver) -> None:
    endpoint_id, _ = create(wth, cast, receiver.url)
    assert wth("endpoint", "rotate", endpoint_id, "--grace", "soon", "--json").error == (2, "wrong_usage")
    assert wth("endpoint", "rotate", endpoint_id, "--grace", "8d", "--json").error == (1, "validation_failed")


def test_unknown_event_type_is_rejected(wth: Wth, cast: Cast) -> None:
    dealer = ("--dealer", cast.owner.dealer.id, "--json")
    result = wth("endpoint", "create", "--url", "http://127.0.0.1:9/", "--events", "listing.lost", *dealer)
    assert result.error == (1, "validation_failed")
    assert "'listing.lost'" in result.document["error"]["message"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/hooks", "http://localhost:9000/", "https://10.0.0.5/hooks"])
def test_rejected_local_url_names_the_setting_for_development(
    wth: Wth, cast: Cast, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(config, "ALLOW_PRIVATE_WEBHOOKS", False)
    result = wth("endpoint", "create", "--url", url, "--dealer", cast.owner.dealer.id, "--json")
    assert result.error == (1, "validation_failed")
    assert "WTH_ALLOW_PRIVATE_WEBHOOKS=1" in result.document["error"]["message"]


@pytest.mark.parametrize("options", [("https:///hooks",), ("https://10.0.0.5/", "--events", "listing.lost")])
def test_setting_is_not_named_where_it_would_not_help(
    wth: Wth, cast: Cast, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.setattr(config, "ALLOW_PRIVATE_WEBHOOKS", options[0].startswith("https://10"))
    result = wth("endpoint", "create", "--dealer", cast.owner.dealer.id, "--json", "--url", *options)
    assert result.error == (1, "validation_failed")
    assert "WTH_ALLOW_PRIVATE_WEBHOOKS" not in result.document["error"]["message"]


def test_deleted_endpoint_takes_its_deliveries_along_in_several_transactions(
    wth: Wth, cast: Cast, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.delivery.endpoint.DELETE_BATCH", 2)
    monkeypatch.setattr("models.batches.PAUSE_SECONDS", 0)
    endpoint_id, _ = create(wth, cast, receiver.url)
    kept, _ = cast.owner.endpoint(receiver.url)
    cast.owner.listings(5)
    endpoint = Endpoint.find(cast.owner.dealer, endpoint_id)
    endpoint.delete_deliveries()
    assert [Delivery.select().where(Delivery.endpoint == row).count() for row in (endpoint, kept)] == [1, 5]
    assert wth("endpoint", "delete", endpoint_id).status == 0
    assert Endpoint.of(cast.owner.dealer).count() == 1


def test_deleted_endpoint_is_gone(wth: Wth, cast: Cast, receiver: Receiver) -> None:
    endpoint_id, _ = create(wth, cast, receiver.url)
    cast.owner.listing()
    assert wth("endpoint", "delete", endpoint_id).status == 0
    assert Endpoint.of(cast.owner.dealer).count() == 0
    assert wth("endpoint", "delete", endpoint_id, "--json").error == (1, "endpoint_not_found")
