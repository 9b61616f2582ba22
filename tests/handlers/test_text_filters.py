"""Filters by text: one result for every spelling of a text, on every database and locale."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import config
from models.customer import Customer
from models.database import db
from models.listing import Listing
from models.order import Order
from tests.cast import Cast
from tests.client import Client, error_of

FORMS: dict[str, Callable[[str], str]] = {
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "upper": lambda text: unicodedata.normalize("NFC", text).upper(),
    "lower": lambda text: unicodedata.normalize("NFC", text).lower(),
}
# Letters and combining marks. The upper case of ı is I, whose lower case is i; U+0345 has a letter as its upper case.
LETTERS = st.characters(categories=["L", "Mn"], exclude_characters="ı\u0345")
FEW = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize(
    ("stored", "value"),
    [
        (nfd("Hermès"), "Hermès"),
        ("Hermès", nfd("HERMÈS")),
        ("Ракета", "РАКЕТА"),
        ("Éterna", "éterna"),
        ("Škoda Time", nfd("ŠKODA TIME")),
        ("Glashütte Straße", "GLASHÜTTE STRASSE"),
        ("ΣΊΓΜΑΣ", "σίγμας"),
        ("Å", "\u212b"),
    ],
)
def test_brand_and_reference_are_found_in_every_spelling(api: Client, cast: Cast, stored: str, value: str) -> None:
    listing = cast.owner.listing(brand=stored, reference=stored)
    cast.owner.listing(brand="Tudor", reference=None)
    assert ids(api.list_all("/listings", brand=value)) == [listing.id]
    assert ids(api.list_all("/listings", reference=value)) == [listing.id]
    assert api.get(f"/listings/{listing.id}").json()["brand"] == stored


@pytest.mark.usefixtures("unmetered")
@FEW
@given(
    text=st.text(LETTERS, min_size=1, max_size=12), stored=st.sampled_from([*FORMS]), given_=st.sampled_from([*FORMS])
)
def test_case_and_normalization_form_never_matter(api: Client, cast: Cast, text: str, stored: str, given_: str) -> None:
    Listing.delete().execute()
    listing = cast.owner.listing(brand=FORMS[stored](text))
    assert ids(api.list_all("/listings", brand=FORMS[given_](text))) == [listing.id]
    assert api.list_all("/listings", brand=f"{FORMS[given_](text)}x") == []


def test_changed_brand_is_found_by_its_new_name_only(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing(brand="Hermès")
    listing.change(cast.owner.actor(), {"brand": "Éterna"})
    assert ids(api.list_all("/listings", brand="ÉTERNA")) == [listing.id]
    assert api.list_all("/listings", brand="hermès") == []


def test_external_id_is_one_in_both_normalization_forms_but_not_in_another_case(api: Client, cast: Cast) -> None:
    first = api.post("/customers", {"external_id": nfd("kunde-ö")}).json()
    again = api.post("/customers", {"external_id": "kunde-ö"}).json()
    other = api.post("/customers", {"external_id": "KUNDE-Ö"}).json()
    assert (again["id"], again["matched_by"], other["matched_by"]) == (first["id"], "external_id", None)
    for spelling in ("kunde-ö", nfd("kunde-ö")):
        assert ids(api.list_all("/customers", external_id=spelling)) == [first["id"]]
        assert ids(api.list_all("/customers", external_id=spelling.upper())) == [other["id"]]


def test_order_with_the_external_id_of_another_one_is_rejected_in_both_forms(api: Client, cast: Cast) -> None:
    first, second = cast.owner.listings(2)
    order = api.order(first.id, external_id=nfd("größe-1")).json()
    rejected = api.order(second.id, external_id="größe-1")
    assert error_of(rejected) == (409, "duplicate_external_id", "$.external_id")
    assert ids(api.list_all("/orders", external_id="größe-1")) == [order["id"]]
    assert api.order(second.id, external_id="GRÖSSE-1").status_code == 201


def insert_second_spelling(row: Any, prefix: str, external_id: str) -> str:
    """Insert a copy with another external id, as earlier releases could; return its id."""
    row_id = f"{prefix}_{'2' * 24}"
    type(row)(**{**row.columns(), "id": row_id, "external_id": external_id}).save(force_insert=True)
    return row_id


def test_of_two_spellings_of_earlier_releases_each_matches_its_own_customer(api: Client, cast: Cast) -> None:
    first = api.post("/customers", {"external_id": "kunde-ö"}).json()["id"]
    second = insert_second_spelling(Customer.get_by_id(first), "cus", nfd("kunde-ö"))
    for spelling, customer_id in (("kunde-ö", first), (nfd("kunde-ö"), second)):
        assert api.post("/customers", {"external_id": spelling, "notes": "VIP"}).json()["id"] == customer_id
    assert sorted(ids(api.list_all("/customers", external_id="kunde-ö"))) == sorted([first, second])


def test_third_spelling_of_two_existing_customers_is_ambiguous(api: Client) -> None:
    first = api.post("/customers", {"external_id": "\u212b\u00f6"}).json()["id"]
    insert_second_spelling(Customer.get_by_id(first), "cus", nfd("\u00c5\u00f6"))
    assert error_of(api.post("/customers", {"external_id": "\u00c5\u00f6"})) == (409, "customer_ambiguous", "$")


def test_rows_that_the_previous_release_writes_keep_their_external_id(api: Client, cast: Cast) -> None:
    first, second = cast.owner.listings(2)
    order = api.order(first.id, external_id="web-1", customer={"external_id": "crm-1"}).json()
    for model in (Order, Customer):
        model.update(external_id_normalized=None, search_text=None).execute()
    assert error_of(api.order(second.id, external_id="web-1"))[1] == "duplicate_external_id"
    assert api.post("/customers", {"external_id": "crm-1"}).json()["id"] == order["customer"]["id"]


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """SQLite's plans of the statements that read listings, customers or orders."""
    steps: list[str] = []
    run: Any = db.execute_sql

    def explain(sql: str, values: Any = ()) -> Any:
        if sql.startswith("SELECT") and re.search("listing|customer|sales_order", sql):
            steps.extend(str(row[3]) for row in run(f"EXPLAIN QUERY PLAN {sql}", values).fetchall())
        return run(sql, values)

    monkeypatch.setattr(db, "execute_sql", explain)
    return steps


@pytest.mark.skipif(not config.is_sqlite(), reason="PostgreSQL plans by the size of the tables, and these are empty")
@pytest.mark.parametrize(
    ("model", "filters", "index"),
    [
        (Listing, {"brand": "Rolex"}, "listing_brand"),
        (Listing, {"reference": "126610LN"}, "listing_reference"),
        (Customer, {"email": "anna@shop.example"}, "customer_email"),
        (Customer, {"external_id": "crm-1"}, "customer_external_id_normalized"),
        (Order, {"external_id": "web-1"}, "sales_order_external_id_normalized"),
    ],
)
def test_filter_reads_an_index(cast: Cast, plans: list[str], model: Any, filters: dict[str, str], index: str) -> None:
    model.page(cast.owner.actor(), filters, after=None, limit=25, since=None)
    assert f"INDEX {index} " in plans[0]
    assert "ORDER BY" not in "".join(plans[1:2])


@pytest.mark.skipif(not config.is_sqlite(), reason="PostgreSQL plans by the size of the tables, and these are empty")
def test_matching_reads_the_rows_with_the_identifier_only(cast: Cast, plans: list[str]) -> None:
    actor, listing = cast.owner.actor(), cast.owner.listing(sku="A-1")
    plans.clear()
    list(Listing.with_skus(actor, ["A-1", "A-2"]))
    buyer = {"external_id": "crm-1", "email": "anna@shop.example", "phone": "+359888123456"}
    Order.place(actor, {"items": [{"listing_id": listing.id}], "customer": buyer, "external_id": "web-1"})
    wide = [step for step in plans if re.search(r"SCAN (?!CONSTANT ROW)|\(dealer_id=\? AND is_test=\?\)", step)]
    assert (wide, len(plans) > 10) == ([], True)
