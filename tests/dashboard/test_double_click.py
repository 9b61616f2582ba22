"""A form that creates something, sent several times by impatient clicks, creates it once."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import peewee
import pytest

from models import retention
from models.accounts.submitted_form import KEPT_MS
from models.accounts.user import User
from models.clock import now
from models.customer import Customer
from models.delivery.delivery import FAILED, Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event
from models.delivery.ping import send_ping
from models.jobs.job import BackgroundJob
from models.listing import Listing
from models.order import Order
from tests.cast import Cast
from tests.dashboard.browser import Browser, page
from tests.dashboard.conftest import People
from tests.dashboard.form_reader import fill

CUSTOM = "/channels/custom"
WATCH = {"brand": "Nomos", "model": "Tangente", "asking_price_cents": "1650"}


class Creating(NamedTuple):
    """A page with the form, what the user fills in, and the rows that count."""

    path: str
    fields: dict[str, str]
    rows: "type[peewee.Model]"
    action: str = ""


FORMS = [
    Creating("/inventory/new", WATCH, Listing),
    Creating("/orders/new", {"listing_id": "", "email": "ada@shop.example"}, Order),
    Creating("/clients/new", {"last_name": "Lovelace", "email": "ada@shop.example"}, Customer),
    Creating("/users", {"email": "ben@uhrenhaus.example", "role": "staff"}, User),
    Creating(f"{CUSTOM}/endpoints/new", {"url": "http://127.0.0.1:9/new"}, Endpoint),
    Creating(f"{CUSTOM}/setup/endpoint", {"url": "http://127.0.0.1:9/new"}, Endpoint),
    Creating(f"{CUSTOM}/events", {"type": "integration.test_event"}, Event, f"{CUSTOM}/events/trigger"),
    Creating(f"{CUSTOM}/setup/ping", {}, Event),
    Creating(CUSTOM, {}, Event, f"{CUSTOM}/ping"),
    Creating(f"{CUSTOM}/retries", {}, BackgroundJob),
]


@pytest.fixture(params=FORMS, ids=lambda form: form.action or form.path)
def creating(request: pytest.FixtureRequest, cast: Cast) -> Creating:
    """The form, with the rows that its page needs."""
    form: Creating = request.param
    if form.rows is Order:
        return form._replace(fields={**form.fields, "listing_id": cast.owner.listing().id})
    if form.path != f"{CUSTOM}/setup/endpoint":
        cast.owner.endpoint("http://127.0.0.1:9/hooks")
        send_ping(cast.owner.actor(), None)
        Delivery.update(state=FAILED, completed_at=now()).execute()
    return form


def count(creating: Creating) -> int:
    return int(creating.rows.select().count())


def test_several_clicks_create_one(owner: Browser, creating: Creating) -> None:
    form = fill(owner.get(creating.path).text, "form_token", **creating.fields)
    before, token = count(creating), owner.csrf_token()
    with ThreadPoolExecutor(4) as pool:
        action = creating.action or creating.path
        responses = list(pool.map(lambda _: owner.post(action, form, token=token), range(4)))
    assert {response.status_code for response in responses} == {200}
    assert count(creating) - before == 1


def test_later_click_leads_to_the_result(owner: Browser, cast: Cast) -> None:
    form = fill(owner.get("/inventory/new").text, "form_token", **WATCH)
    first, second = (owner.post("/inventory/new", form) for _ in range(2))
    assert second.url == first.url
    assert "This form was sent twice. It was saved once." in page(second).text


def test_form_opened_again_creates_another(owner: Browser, cast: Cast) -> None:
    for _ in range(2):
        owner.post("/inventory/new", fill(owner.get("/inventory/new").text, "form_token", **WATCH))
    assert Listing.select().count() == 2


def test_rejected_form_can_be_corrected(owner: Browser, cast: Cast) -> None:
    form = fill(owner.get("/inventory/new").text, "form_token", **{**WATCH, "asking_price_cents": "much"})
    rejected = owner.post("/inventory/new", form)
    assert rejected.status_code == 422
    owner.post("/inventory/new", fill(rejected.text, "form_token", asking_price_cents="1650"))
    assert Listing.select().count() == 1


def test_token_of_another_dealer_has_no_effect(people: People) -> None:
    form = fill(people.owner.get("/inventory/new").text, "form_token", **WATCH)
    people.owner.post("/inventory/new", form)
    assert "Watch added to your inventory." in page(people.stranger.post("/inventory/new", form)).text


def test_tokens_are_deleted_after_two_days(owner: Browser, cast: Cast) -> None:
    owner.post("/inventory/new", fill(owner.get("/inventory/new").text, "form_token", **WATCH))
    assert retention.delete_old_submitted_forms(now()) == 0
    assert retention.delete_old_submitted_forms(now() + KEPT_MS + 1000) == 1
