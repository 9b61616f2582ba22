"""Bulk upsert of customers: each row by itself, by the rules of a single upsert."""

import pytest

from models.customer import Customer
from tests.cast import Cast
from tests.client import Client, error_of


def test_rows_succeed_and_fail_one_by_one_in_order(api: Client, cast: Cast) -> None:
    for given in ({"email": "anna@shop.example"}, {"email": "bea@shop.example"}, {"phone": "+359888123456"}):
        Customer.upsert(cast.owner.actor(), given)
    response = api.post(
        "/customers/bulk",
        {
            "customers": [
                {"email": "new@shop.example"},
                {"phone": "12"},
                {"email": "ANNA@shop.example", "first_name": "Anna"},
                {"first_name": "Nobody"},
                {"email": "bea@shop.example", "phone": "0888123456"},
                {"email": "last@shop.example"},
            ]
        },
    )
    result = response.json()
    assert response.status_code == 200
    assert [result[name] for name in ("object", "created", "matched", "failed")] == ["bulk_result", 2, 1, 3]
    rows = result["results"]
    assert [row["index"] for row in rows] == list(range(6))
    assert [row["status"] for row in rows] == ["created", "failed", "matched", "failed", "failed", "created"]
    assert [row["error"] and (row["error"]["code"], row["error"]["param"]) for row in rows] == [
        None,
        ("validation_failed", "$.customers[1].phone"),
        None,
        ("validation_failed", "$.customers[3]"),
        ("customer_ambiguous", "$.customers[4]"),
        None,
    ]
    assert [bool(row["customer"]) for row in rows] == [row["error"] is None for row in rows]
    assert {row["error"]["request_id"] for row in rows if row["error"]} == {response.headers["X-Request-Id"]}
    assert len(api.list_all("/customers")) == 5


def test_failed_row_leaves_nothing_behind(api: Client, cast: Cast) -> None:
    Customer.upsert(cast.owner.actor(), {"email": "anna@shop.example"})
    Customer.upsert(cast.owner.actor(), {"phone": "+359888123456"})
    before = api.list_all("/customers")
    api.post("/customers/bulk", {"customers": [{"email": "anna@shop.example", "phone": "0888123456", "notes": "x"}]})
    assert api.list_all("/customers") == before
    assert api.list_all("/events") == []


def test_rows_about_one_person_become_one_customer(api: Client) -> None:
    rows = [
        {"email": "anna@shop.example"},
        {"email": "Anna@shop.example", "external_id": "crm-1"},
        {"external_id": "crm-1"},
    ]
    result = api.post("/customers/bulk", {"customers": rows}).json()
    assert [row["status"] for row in result["results"]] == ["created", "matched", "matched"]
    assert [row["customer"]["matched_by"] for row in result["results"]] == [None, "email", "external_id"]
    assert len({row["customer"]["id"] for row in result["results"]}) == len(api.list_all("/customers")) == 1


def test_hundred_rows_are_accepted(api: Client) -> None:
    rows = [{"external_id": str(number)} for number in range(100)]
    result = api.post("/customers/bulk", {"customers": rows}).json()
    assert (result["created"], len(result["results"])) == (100, 100)
    assert [row["customer"]["external_id"] for row in result["results"]] == [row["external_id"] for row in rows]


def test_row_that_breaks_the_schema_fails_the_whole_request(api: Client) -> None:
    rejected = api.post("/customers/bulk", {"customers": [{"email": "a@b.example"}, {"emial": "c@d.example"}]})
    assert error_of(rejected) == (400, "validation_failed", "$.customers[1].emial")
    assert api.list_all("/customers") == []


@pytest.mark.parametrize("count", [0, 101])
def test_request_takes_one_to_a_hundred_rows(api: Client, count: int) -> None:
    rows = [{"external_id": str(number)} for number in range(count)]
    assert error_of(api.post("/customers/bulk", {"customers": rows})) == (400, "validation_failed", "$.customers")


def test_matched_customers_created_by_the_dealer_record_events(api: Client, cast: Cast) -> None:
    for email in ("anna@shop.example", "bea@shop.example"):
        Customer.upsert(cast.owner.actor(), {"email": email})
    rows = [{"email": "anna@shop.example"}, {"email": "new@shop.example"}, {"email": "bea@shop.example"}]
    result = api.post("/customers/bulk", {"customers": rows}).json()
    matched = [row["customer"] for row in result["results"] if row["status"] == "matched"]
    assert [event["data"] for event in api.list_all("/events")] == matched
