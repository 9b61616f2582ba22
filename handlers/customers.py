"""Customers: lists, one, upsert by identifiers, many at once."""

from typing import Any

from models.base import instant
from models.customer import Customer, bulk_result
from models.dealer import Actor
from models.page import Page


def list_customers(
    actor: Actor,
    limit: int,
    after: str | None,
    updated_after: str | None,
    email: str | None,
    external_id: str | None,
) -> Page:
    since = instant(updated_after, param="updated_after")
    filters = {"email": email, "external_id": external_id}
    return Customer.page(actor, filters, after=after, limit=limit, since=since)


def get_customer(actor: Actor, customer_id: str) -> dict[str, Any]:
    return Customer.find(actor, customer_id).to_dict()


def upsert_customer(actor: Actor, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    customer, matched_by = Customer.upsert(actor, body)
    return {**customer.to_dict(), "matched_by": matched_by}, 201 if matched_by is None else 200


def bulk_upsert_customers(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    return bulk_result(actor, Customer.bulk_upsert(actor, body["customers"]))
