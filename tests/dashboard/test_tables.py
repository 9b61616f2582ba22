"""Every table has a search, filters, a count, pagination that keeps both, and a link out of an empty result."""

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
from tests.request_log import record, write

# The overview shows the first rows of tables that have pages of their own. A dealer has 50 users at most.
WITHOUT_PAGES = ("/", "/users")
PATHS = [path for method, path, _, who in PAGES if method == "GET" and who != "anyone" and "{" not in path]
ID_PREFIXES: dict[type[Row], str] = {
    Listing: "inv", Customer: "cus", Order: "ord", Event: "evt", Delivery: "dlv", AuditEntry: "aud"
}  # fmt: skip
COPIES = 60


def insert_copies(row: Row, copies: int) -> None:
    """Insert copies of the row, 1 ms apart."""
    name, values = ID_PREFIXES[type(row)], row.columns()
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
    """More than a page of rows in every table, all of them about Omega."""
    actor = cast.owner.actor()
    cast.owner.endpoint("http://127.0.0.1:9/omega")
    listing = cast.owner.listing()
    buyer = {"email": "bea@omega.example", "company": "Omega"}
    Order.place(actor, {"items": [{"listing_id": listing.id}], "customer": buyer})
    record_audit_entry(actor, OWNER, "listing.created", listing.id, "Omega Speedmaster")
    write(*[record(cast.owner, path="/api/v1/omega") for _ in range(COPIES)])
    with db.atomic():
        for kind in ID_PREFIXES:
            insert_copies(kind.select().get(), COPIES)


def tables(browser: Browser) -> dict[str, Page]:
    """All pages with a table, by path."""
    shown = {path: page(browser.get(path)) for path in PATHS if path not in WITHOUT_PAGES}
    return {path: html for path, html in shown.items() if html.of("table")}


def next_page_query(shown: Page) -> dict[str, list[str]]:
    """The query of the link to the next page; empty if there is none."""
    links = shown.of("a", rel="next")
    return parse_qs(urlsplit(links[0]["href"]).query) if links else {}


def list_filter_options(shown: Page) -> list[tuple[str, str]]:
    """(name, value) of every option of every filter."""
    found = re.search(r'<form method="get" class="filters.*?</form>', shown.source, re.S)
    assert found
    selects = re.findall(r'<select name="(\w+)">(.*?)</select>', found[0], re.S)
    return [(name, value) for name, inside in selects for value in re.findall(r'<option value="([^"]+)"', inside)]


def test_every_table_has_search_filters_a_count_and_pages(owner: Browser, rows: None) -> None:
    found = tables(owner)
    assert len(found) >= 6
    for path, shown in found.items():
        assert re.search(r"1–50 of \d+ \w+", shown.text), path
        assert shown.of("input", type="search", name="q"), path
        choices = list_filter_options(shown)
        assert choices, path
        for name, value in choices:
            kept = next_page_query(page(owner.get(f"{path}?q=omega&{name}={value}")))
            if kept:
                assert kept == {"q": ["omega"], name: [value], "page": ["2"]}, path
                break
        else:
            pytest.fail(f"{path}: no filter leaves more than a page")


def test_every_table_without_results_links_to_all_rows(owner: Browser, rows: None) -> None:
    for path in tables(owner):
        empty = page(owner.get(f"{path}?q=zzzzz"))
        assert "No results" in empty.text, path
        assert empty.value("q") == "zzzzz", path
        assert len(empty.of("a", href=path)) >= 2, path  # beside the filters, and below the sentence


@pytest.fixture
def filterable_rows(cast: Cast, api: Client) -> None:
    """An order of each origin, a client without orders, an audit entry by each user in each mode."""
    actor = cast.owner.actor()
    first, second = cast.owner.listings(2)
    api.order(first.id)
    Order.place(actor, {"items": [{"listing_id": second.id}], "customer": {"email": "bea@omega.example"}})
    Customer.upsert(actor, {"email": "nobody@omega.example"})
    record_audit_entry(actor, OWNER, "listing.created", first.id, "Speedmaster")
    record_audit_entry(cast.owner.actor(is_test=False), STAFF, "order.received", None, "Sale recorded")


@pytest.mark.parametrize(
    ("address", "expected"),
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
def test_filters_narrow_their_table(owner: Browser, filterable_rows: None, address: str, expected: str) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert expected in page(owner.get(address.format(today=today))).text
