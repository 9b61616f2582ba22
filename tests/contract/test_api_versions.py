"""Pinned versions: an integration keeps the representation of its version.

The older version here is fictional: before 2026-05-07 a listing's `model` was called `name`, and an order's items
were called `lines`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from contract import api_versions
from contract.api_versions import Retirement
from models.accounts.integration import Integration
from spec import version_changes
from spec.document import read_document
from spec.version_changes import VersionChange, downgrade
from tests.cast import Cast
from tests.client import Client
from tests.receiver import Receiver

OLDER, NEWEST = "2025-11-01", "2026-05-07"


def renamed(new: str, old: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda row: {old if name == new else name: value for name, value in row.items()}


RENAMES = VersionChange(NEWEST, {"listing": renamed("model", "name"), "order": renamed("items", "lines")})


@pytest.fixture(autouse=True)
def history(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two versions; the older one is deprecated."""
    monkeypatch.setattr(version_changes, "CHANGES", (RENAMES,))
    retired = Retirement(datetime(2026, 6, 1, tzinfo=UTC), datetime(2027, 6, 1, 12, tzinfo=UTC))
    monkeypatch.setattr(api_versions, "RETIREMENTS", {OLDER: retired})


@pytest.fixture
def pinned(cast: Cast) -> None:
    """The owner is pinned to the older version."""
    Integration.update(api_version=OLDER).where(Integration.dealer == cast.owner.dealer).execute()


def test_new_integrations_are_pinned_to_the_version_of_the_document(api: Client) -> None:
    assert api.get("/me").json()["api_version"] == read_document()["info"]["version"] == NEWEST


def test_pinned_integration_gets_the_representation_of_its_version(api: Client, cast: Cast, pinned: None) -> None:
    listing = cast.owner.listing(model="Speedmaster")
    single, page = api.get(f"/listings/{listing.id}").json(), api.get("/listings").json()
    assert (single["name"], "model" in single) == ("Speedmaster", False)
    assert page["data"] == [single]
    order = api.order(listing.id, metadata={"object": "listing", "model": "mine"}).json()
    assert [line["model"] for line in order["lines"]] == ["Speedmaster"]
    assert order["metadata"] == {"object": "listing", "model": "mine"}


def test_other_integrations_get_the_current_version(
    api: Client, stranger_api: Client, cast: Cast, pinned: None
) -> None:
    cast.stranger.listing(model="Santos")
    response = stranger_api.get("/listings")
    assert response.json()["data"][0]["model"] == "Santos"
    assert response.headers["X-API-Version"] == NEWEST
    assert "Deprecation" not in response.headers


def test_replay_has_the_bytes_of_the_first_response(api: Client, cast: Cast, pinned: None) -> None:
    listing = cast.owner.listing()
    first, second = (api.order(listing.id, key="once") for _ in range(2))
    assert second.headers["Idempotent-Replay"] == "true"
    assert first.content == second.content
    assert "lines" in second.json()


def test_etag_depends_on_the_version(api: Client, cast: Cast, pinned: None) -> None:
    path = f"/listings/{cast.owner.listing().id}"
    etag = api.get(path).headers["ETag"]
    assert api.get(path, headers={"If-None-Match": etag}).status_code == 304
    Integration.update(api_version=NEWEST).where(Integration.dealer == cast.owner.dealer).execute()
    assert api.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_event_is_frozen_in_the_version_that_was_pinned(
    api: Client, cast: Cast, receiver: Receiver, deliver: Callable[[], None], pinned: None
) -> None:
    receiver.validates_bodies = False  # the bodies have the older version, the document is the current one
    cast.owner.endpoint(receiver.url)
    cast.owner.listing(model="Before")
    Integration.update(api_version=NEWEST).where(Integration.dealer == cast.owner.dealer).execute()
    cast.owner.listing(model="After")
    deliver()
    before, after = (delivered.event for delivered in receiver.deliveries)
    assert (before["api_version"], before["data"]["name"]) == (OLDER, "Before")
    assert (after["api_version"], after["data"]["model"]) == (NEWEST, "After")


def test_event_is_not_downgraded_again(api: Client, cast: Cast, pinned: None) -> None:
    listing = cast.owner.listing(model="Speedmaster")
    api.order(listing.id)
    events = {event["event"]: event for event in api.list_all("/events")}
    assert events["listing.published"]["data"]["name"] == "Speedmaster"
    assert events["order.received"]["data"]["lines"][0]["listing_id"] == listing.id
    assert {event["api_version"] for event in events.values()} == {OLDER}


def send_invalid_order(api: Client) -> requests.Response:
    return api.post("/orders", {"items": []})


@pytest.mark.parametrize("call", [lambda api: api.get("/me"), send_invalid_order], ids=["success", "error"])
def test_every_response_of_a_retired_version_says_when_it_ends(
    api: Client, pinned: None, call: Callable[[Client], requests.Response]
) -> None:
    headers = call(api).headers
    assert headers["X-API-Version"] == OLDER
    assert headers["Deprecation"] == "@1780272000"
    assert headers["Sunset"] == "Tue, 01 Jun 2027 12:00:00 GMT"
    assert headers["Link"] == '<http://hub.test/docs/versioning>; rel="deprecation"; type="text/html"'


def test_changes_are_undone_newest_first_down_to_the_pinned_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    earlier = VersionChange("2025-11-01", {"listing": renamed("name", "title")})
    monkeypatch.setattr(version_changes, "CHANGES", (RENAMES, earlier))
    listing = {"object": "listing", "model": "Tank"}
    assert downgrade(listing, NEWEST) == listing
    assert downgrade(listing, OLDER) == {"object": "listing", "name": "Tank"}
    assert downgrade({"data": [listing]}, "2025-01-01") == {"data": [{"object": "listing", "title": "Tank"}]}
