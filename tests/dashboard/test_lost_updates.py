"""Two people edit the same row: neither loses a change, and a conflict is shown to the second."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest

from models.customer import Customer
from models.delivery.endpoint import Endpoint
from models.listing import Listing
from tests.cast import Cast
from tests.dashboard.browser import Browser, Page
from tests.dashboard.form_reader import fill


class Edited(NamedTuple):
    """A row with a form, and two of the form's fields: name, new value, another new value."""

    path: str
    first: tuple[str, str, str]
    second: tuple[str, str, str]
    read: Callable[[], Any]


def edit_listing(cast: Cast) -> Edited:
    listing = cast.owner.listing(asking_price_cents=2_349_000, dial_color="black")
    path, price = f"/inventory/{listing.id}", "asking_price_cents"
    return Edited(path, (price, "7777", "8888"), ("dial_color", "blue", "green"), lambda: Listing.get_by_id(listing.id))


def edit_customer(cast: Cast) -> Edited:
    customer, _ = Customer.upsert(cast.owner.actor(), {"email": "ada@shop.example", "notes": "one\ntwo"})
    path, read = f"/clients/{customer.id}", lambda: Customer.get_by_id(customer.id)
    return Edited(path, ("notes", "three\r\nfour", "five"), ("company", "Analytical", "Engines"), read)


def edit_endpoint(cast: Cast) -> Edited:
    endpoint, _ = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    path = f"/channels/custom/endpoints/{endpoint.id}"
    first, second = ("mode", "test", "live"), ("url", "http://127.0.0.1:9/new", "http://127.0.0.1:9/other")
    return Edited(path, first, second, lambda: Endpoint.get_by_id(endpoint.id))


EDITS = [edit_listing, edit_customer, edit_endpoint]


@pytest.fixture(params=EDITS, ids=lambda edit: edit.__name__)
def edited(request: pytest.FixtureRequest, cast: Cast) -> Edited:
    case: Edited = request.param(cast)
    return case


def test_form_saves_only_what_its_user_has_changed(owner: Browser, edited: Edited) -> None:
    (name, mine, _), (other, theirs, _) = edited.first, edited.second
    older = owner.get(edited.path).text
    owner.post(edited.path, fill(owner.get(edited.path).text, "shown", **{name: mine}))
    changed = getattr(edited.read(), name)
    assert owner.post(edited.path, fill(older, "shown", **{other: theirs})).status_code == 200
    assert getattr(edited.read(), name) == changed
    assert getattr(edited.read(), other) == theirs


def test_conflict_shows_both_values_and_saves_nothing(owner: Browser, edited: Edited) -> None:
    name, theirs, mine = edited.second
    older = owner.get(edited.path).text
    owner.post(edited.path, fill(owner.get(edited.path).text, "shown", **{name: theirs}))
    response = owner.post(edited.path, fill(older, "shown", **{name: mine}))
    assert response.status_code == 422
    assert "Somebody changed this field after you opened the page." in response.text
    assert theirs in Page(response.text).text
    assert Page(response.text).value(name) == mine
    assert getattr(edited.read(), name) == theirs


@pytest.mark.parametrize("keeps", [True, False])
def test_user_chooses_between_the_values(owner: Browser, edited: Edited, keeps: bool) -> None:
    name, theirs, mine = edited.second
    older = owner.get(edited.path).text
    owner.post(edited.path, fill(owner.get(edited.path).text, "shown", **{name: theirs}))
    conflict = owner.post(edited.path, fill(older, "shown", **{name: mine})).text
    choice = [("keep_current", name)] if keeps else []
    assert owner.post(edited.path, fill(conflict, "shown") + choice).status_code == 200
    assert getattr(edited.read(), name) == (theirs if keeps else mine)


def test_equal_changes_are_no_conflict(owner: Browser, edited: Edited) -> None:
    name, value, _ = edited.second
    older = owner.get(edited.path).text
    owner.post(edited.path, fill(owner.get(edited.path).text, "shown", **{name: value}))
    assert owner.post(edited.path, fill(older, "shown", **{name: value})).status_code == 200


def test_change_of_the_shop_is_kept(owner: Browser, cast: Cast) -> None:
    """An import or an API request changes rows too."""
    edited = edit_listing(cast)
    older = owner.get(edited.path).text
    listing = edited.read()
    listing.change(cast.owner.actor(), {"asking_price_cents": 999_900})
    owner.post(edited.path, fill(older, "shown", dial_color="blue"))
    assert (edited.read().asking_price_cents, edited.read().dial_color) == (999_900, "blue")


def test_ticked_boxes_of_two_people_conflict(owner: Browser, cast: Cast) -> None:
    edited = edit_endpoint(cast)
    older = owner.get(edited.path).text
    Endpoint.update(events=["order.*"]).execute()
    fields = [(name, value) for name, value in fill(older, "shown") if name != "events"] + [("events", "listing.*")]
    response = owner.post(edited.path, fields)
    assert response.status_code == 422
    assert Endpoint.get().events == ["order.*"]


def test_of_many_conflicting_forms_at_once_one_is_saved(owner: Browser, cast: Cast) -> None:
    edited = edit_listing(cast)
    page, token = owner.get(edited.path).text, owner.csrf_token()
    forms = [fill(page, "shown", asking_price_cents=str(price)) for price in range(1000, 1008)]
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda form: owner.post(edited.path, form, token=token), forms))
    assert sorted(response.status_code for response in responses) == [200, *[422] * 7]
