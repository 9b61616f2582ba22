"""Customers: upserts match one record per person by its identifiers."""

import pytest

from models.customer import Customer
from tests.cast import Cast, create_person
from tests.client import Client, error_of
from tests.hub import Server

ANNA = {"external_id": "crm-1", "email": "anna@shop.example", "phone": "+359888123456"}


def test_unknown_customer_is_created(api: Client) -> None:
    response = api.post("/customers", {**ANNA, "first_name": "Anna", "metadata": {"segment": "vip"}})
    customer = response.json()
    assert (response.status_code, customer["matched_by"]) == (201, None)
    stored = api.get(f"/customers/{customer['id']}").json()
    assert {**stored, "matched_by": None} == customer
    assert {name: stored[name] for name in ANNA} == ANNA
    assert (stored["object"], stored["is_test"], stored["metadata"]) == ("customer", True, {"segment": "vip"})


@pytest.mark.parametrize("known_by", ANNA)
def test_customer_is_matched_by_each_identifier(api: Client, known_by: str) -> None:
    known = api.post("/customers", {known_by: ANNA[known_by]}).json()
    response = api.post("/customers", {**ANNA, "first_name": "Anna"})
    assert (response.status_code, response.json()["matched_by"]) == (200, known_by)
    assert response.json()["id"] == known["id"]
    assert {name: response.json()[name] for name in ANNA} == ANNA


def test_external_id_comes_before_email_and_email_before_phone(api: Client) -> None:
    api.post("/customers", ANNA)
    assert api.post("/customers", ANNA).json()["matched_by"] == "external_id"
    assert api.post("/customers", {"email": ANNA["email"], "phone": ANNA["phone"]}).json()["matched_by"] == "email"
    assert api.post("/customers", {"external_id": "crm-2", "phone": ANNA["phone"]}).json()["matched_by"] == "phone"


@pytest.mark.parametrize("written", ["ANNA@SHOP.EXAMPLE", "Anna@shop.example", "anna@Shop.Example"])
def test_email_is_matched_in_any_case(api: Client, written: str) -> None:
    known = api.post("/customers", {"email": "anna@shop.example"}).json()
    assert api.post("/customers", {"email": written}).json()["id"] == known["id"]


@pytest.mark.parametrize("written", ["0888 123 456", "00359888123456", "+359 (88) 812-3456", "0888/123456"])
def test_phone_is_matched_in_every_bulgarian_notation(api: Client, written: str) -> None:
    known = api.post("/customers", {"phone": "+359888123456"}).json()
    assert known["phone"] == "+359888123456"
    assert api.post("/customers", {"phone": written}).json()["id"] == known["id"]


@pytest.mark.parametrize(
    ("country", "written", "number"),
    [
        ("BG", "02 981 1234", "+35929811234"),
        ("DE", "030 23125014", "+493023125014"),
        ("GB", "020 7946 0958", "+442079460958"),
        ("IT", "06 698 12345", "+390669812345"),
        ("US", "(212) 555-0123", "+12125550123"),
    ],
)
def test_phone_without_country_code_gets_the_dealers_country(
    server: Server, country: str, written: str, number: str
) -> None:
    client = Client(server.url, create_person("Shop abroad", country=country).test_key)
    assert client.post("/customers", {"phone": written}).json()["phone"] == number
    assert client.post("/customers", {"phone": "+49 30 23125014"}).json()["phone"] == "+493023125014"


NO_PHONES = ["12", "0888", "phone", "+359", "+", "0", "+999888123456", "1" * 40, "٠٨٨٨", "0888 123 456 789 012"]


@pytest.mark.parametrize("written", NO_PHONES)
def test_incomplete_phone_number_is_rejected(api: Client, written: str) -> None:
    rejected = api.post("/customers", {"email": "anna@shop.example", "phone": written})
    assert error_of(rejected) == (400, "validation_failed", "$.phone")
    assert api.list_all("/customers") == []


def test_phone_in_other_digits_is_the_same_number(api: Client) -> None:
    known = api.post("/customers", {"phone": "+359888123456"}).json()
    assert api.post("/customers", {"phone": "٠٨٨٨١٢٣٤٥٦"}).json()["id"] == known["id"]


@pytest.mark.parametrize("given", [{}, {"first_name": "Anna"}, {"email": None, "phone": None, "external_id": None}])
def test_customer_needs_an_identifier(api: Client, given: dict[str, str | None]) -> None:
    assert error_of(api.post("/customers", given)) == (400, "validation_failed", "$")


def test_match_merges_the_given_fields_and_keeps_the_rest(api: Client) -> None:
    address = {"line1": "Lindenallee 12", "city": "Berlin", "country": "DE"}
    first = {**ANNA, "first_name": "Anna", "last_name": "Weiss", "address": address, "metadata": {"a": "1", "b": "2"}}
    before = api.post("/customers", first).json()
    merged = api.post("/customers", {"external_id": "crm-1", "last_name": "Gold", "metadata": {"b": "3"}}).json()
    assert merged["metadata"] == {"a": "1", "b": "3"}
    changed = {name for name in before if before[name] != merged[name]}
    assert changed == {"last_name", "metadata", "updated_at", "matched_by"}
    assert merged["address"] == {**address, "line2": None, "postal_code": None, "region": None}


def test_null_clears_a_field(api: Client) -> None:
    api.post("/customers", {**ANNA, "notes": "Collector"})
    cleared = api.post("/customers", {"external_id": "crm-1", "notes": None, "phone": None}).json()
    assert (cleared["notes"], cleared["phone"], cleared["email"]) == (None, None, ANNA["email"])


def test_match_that_changes_nothing_is_no_change(api: Client) -> None:
    before = api.post("/customers", ANNA).json()
    after = api.post("/customers", {**ANNA, "metadata": {}}).json()
    assert after["updated_at"] == before["updated_at"]
    assert api.list_all("/customers", updated_after=before["updated_at"]) == []


def test_metadata_may_not_grow_beyond_50_entries_by_merging(api: Client) -> None:
    first = {f"a{number}": "" for number in range(50)}
    before = api.post("/customers", {**ANNA, "metadata": first}).json()
    rejected = api.post("/customers", {**ANNA, "metadata": {"one_more": ""}})
    assert error_of(rejected) == (400, "validation_failed", "$.metadata")
    assert api.get(f"/customers/{before['id']}").json()["metadata"] == first
    assert api.post("/customers", {**ANNA, "metadata": {"a0": "changed"}}).status_code == 200


def test_identifiers_of_two_people_are_ambiguous_and_change_nothing(api: Client) -> None:
    people = [api.post("/customers", given).json() for given in ({"email": ANNA["email"]}, {"phone": ANNA["phone"]})]
    for given in (ANNA, {"email": ANNA["email"], "phone": ANNA["phone"], "last_name": "Both"}):
        assert error_of(api.post("/customers", given)) == (409, "customer_ambiguous", "$")
    for person in people:
        person.pop("matched_by")
        assert api.get(f"/customers/{person['id']}").json() == person


def test_match_on_three_identifiers_of_one_person_is_not_ambiguous(api: Client) -> None:
    known = api.post("/customers", ANNA).json()
    assert api.post("/customers", ANNA).json()["id"] == known["id"]


def matched_events(api: Client) -> list[tuple[str, str]]:
    return [(event["data"]["id"], event["data"]["matched_by"]) for event in api.list_all("/events", type="customer.*")]


@pytest.mark.parametrize("origin", ["dashboard", "import"])
def test_customer_created_by_the_dealer_is_claimed_once(api: Client, cast: Cast, origin: str) -> None:
    known, _ = Customer.upsert(cast.owner.actor(origin=origin), {"email": ANNA["email"], "notes": "Collector"})
    assert matched_events(api) == []
    assert api.post("/customers", ANNA).json()["notes"] == "Collector"
    assert matched_events(api) == [(known.id, "email")]
    api.post("/customers", ANNA)
    api.order(cast.owner.listing().id, customer=ANNA)
    assert len(matched_events(api)) == 1


def test_customer_created_by_the_integration_records_no_match(api: Client, cast: Cast) -> None:
    api.post("/customers", ANNA)
    api.post("/customers", ANNA)
    Customer.upsert(cast.owner.actor(), {**ANNA, "notes": "Seen in the shop"})
    api.post("/customers", ANNA)
    assert matched_events(api) == []


def test_order_claims_a_customer_created_by_the_dealer(api: Client, cast: Cast) -> None:
    known, _ = Customer.upsert(cast.owner.actor(), {"phone": ANNA["phone"]})
    api.order(cast.owner.listing().id, customer={"phone": "0888123456"})
    assert matched_events(api) == [(known.id, "phone")]


def test_event_shows_the_customer_after_the_merge(api: Client, cast: Cast) -> None:
    Customer.upsert(cast.owner.actor(), {"email": ANNA["email"]})
    merged = api.post("/customers", {**ANNA, "first_name": "Anna"}).json()
    assert api.list_all("/events", type="customer.matched")[0]["data"] == merged


def test_order_of_two_customers_with_one_email_is_ambiguous(api: Client, cast: Cast) -> None:
    """The dashboard lets a family share an address: the API must not guess who it is."""
    first, _ = Customer.upsert(cast.owner.actor(), {"external_id": "a", "email": "family@shop.example"})
    second, _ = Customer.upsert(cast.owner.actor(), {"external_id": "b", "phone": ANNA["phone"]})
    Customer.update(email="family@shop.example", email_folded="family@shop.example").where(
        Customer.id == second.id
    ).execute()
    rejected = api.order(cast.owner.listing().id, customer={"email": "family@shop.example"})
    assert error_of(rejected) == (409, "customer_ambiguous", "$.customer")
    assert api.list_all("/orders") == []
    assert first.id != second.id
