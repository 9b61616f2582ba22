"""Every table: search and filters in the address, a count, pages that keep both, and a message without results."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.site import PAGES
from models.accounts.audit import AuditEntry
from models.base import Row, new_id
from models.customer import Customer
from models.database import db
from models.delivery.delivery import Delivery
from models.delivery.event import Event
from models.listing import Listing
from models.order import Order
from tests.cast import Cast
from tests.client import Client
from tests.dashboard.browser import Browser, Page, page
from tests.dashboard.conftest import OWNER, STAFF
from tests.dashboard.rows import record_audit_entry

EXCERPTS = ("/",)  # the overview shows the first rows of tables that have pages of their own
LISTS = [path for method, path, _, who in PAGES if method == "GET" and who != "anyone" and "{" not in path]
KINDS: dict[type[Row], str] = {
    Listing: "inv", Customer: "cus", Order: "ord", Event: "evt", Delivery: "dlv", AuditEntry: "aud"
}  # fmt: skip
COPIES = 60


def multiply(row: Row, copies: int) -> None:
    """The row again and again, an instant apart."""
    name, values = KINDS[type(row)], row.columns()
    sequence = {"sequence": values["sequence"] + 100} if "sequence" in values else {}
    rows = [
        {
            **values,
            **{column: first + number for column, first in sequence.items()},
            "id": new_id(name),
            "created_at": values["created_at"] + number,
        }
        for number in range(copies)
    ]
    type(row).insert_many(rows).execute()


@pytest.fixture
def rows(cast: Cast) -> None:
    """More of everything than one page shows, all of it about Omega."""
    actor = cast.owner.actor()
    cast.owner.endpoint("http://127.0.0.1:9/omega")
    listing = cast.owner.listing()
    buyer = {"email": "bea@omega.example", "company": "Omega"}
    Order.place(actor, {"items": [{"listing_id": listing.id}], "customer": buyer})
    record_audit_entry(actor, OWNER, "listing.created", listing.id, "Omega Speedmaster")
    with db.atomic():
        for kind in KINDS:
            multiply(kind.select().get(), COPIES)


def tables(browser: Browser) -> dict[str, Page]:
    """The pages with a table, whatever their names."""
    shown = {path: page(browser.get(path)) for path in LISTS if path not in EXCERPTS}
    return {path: one for path, one in shown.items() if one.of("table")}


def next_page(shown: Page) -> dict[str, list[str]]:
    """What stands in the link to the next page; nothing when there is none."""
    links = shown.of("a", rel="next")
    return parse_qs(urlsplit(links[0]["href"]).query) if links else {}


def filters_of(shown: Page) -> list[tuple[str, str]]:
    """Each choice of each filter."""
    found = re.search(r'<form method="get" class="filters.*?</form>', shown.source, re.S)
    assert found
    selects = re.findall(r'<select name="(\w+)">(.*?)</select>', found[0], re.S)
    return [(name, value) for name, inside in selects for value in re.findall(r'<option value="([^"]+)"', inside)]


def test_every_table_is_searched_filtered_counted_and_turned(owner: Browser, rows: None) -> None:
    found = tables(owner)
    assert len(found) >= 6
    for path, shown in found.items():
        assert re.search(r"1–50 of \d+ \w+", shown.text), path
        assert shown.of("input", type="search", name="q"), path
        choices = filters_of(shown)
        assert choices, path
        for name, value in choices:
            kept = next_page(page(owner.get(f"{path}?q=omega&{name}={value}")))
            if kept:
                assert kept == {"q": ["omega"], name: [value], "page": ["2"]}, path
                break
        else:
            pytest.fail(f"{path}: no filter leaves more than a page")


def test_every_table_offers_a_way_out_when_there_are_no_results(owner: Browser, rows: None) -> None:
    for path in tables(owner):
        empty = page(owner.get(f"{path}?q=zzzzz"))
        assert "No results" in empty.text, path
        assert empty.value("q") == "zzzzz", path
        assert len(empty.of("a", href=path)) >= 2, path  # beside the filters, and below the sentence


@pytest.fixture
def two_of_each(cast: Cast, api: Client) -> None:
    """An order of each channel, a client who bought nothing, a change by each person on each side."""
    actor = cast.owner.actor()
    first, second = cast.owner.listings(2)
    api.order(first.id)
    Order.place(actor, {"items": [{"listing_id": second.id}], "customer": {"email": "bea@omega.example"}})
    Customer.upsert(actor, {"email": "nobody@omega.example"})
    record_audit_entry(actor, OWNER, "listing.created", first.id, "Speedmaster")
    record_audit_entry(cast.owner.actor(is_test=False), STAFF, "order.received", None, "Sale recorded")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/orders?origin=api", "1–1 of 1 order"),
        ("/orders?since=2020-01-01", "1–2 of 2 orders"),
        ("/orders?until=2020-01-01", "No results"),
        ("/orders?until={today}", "1–2 of 2 orders"),
        ("/clients?orders=yes", "1–2 of 2 clients"),
        ("/clients?orders=no", "1–1 of 1 client"),
        ("/clients?since={today}", "1–3 of 3 clients"),
        ("/inventory?since={today}&status=sold", "1–2 of 2 watches"),
        (f"/audit?email={STAFF}", "1–1 of 1 change"),
        ("/audit?noun=listing", "1–1 of 1 change"),
        ("/audit?side=live", "1–1 of 1 change"),
        ("/audit?until=nonsense", "1–2 of 2 changes"),
        ("/channels/custom/events?origin=api", "1–2 of 2 events"),
    ],
)
def test_filters_narrow_their_table(owner: Browser, two_of_each: None, address: str, said: str) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert said in page(owner.get(address.format(today=today))).text
