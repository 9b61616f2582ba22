"""Customers: list, get, upsert by identifiers, bulk upsert."""

from models.bulk import bulk_upsert
from models.clock import parse_rfc3339_parameter
from models.cursor import ListPage
from models.customer import Customer
from models.dealer import Actor
from spec import types


def list_customers(
    actor: Actor,
    limit: int,
    after: str | None,
    updated_after: str | None,
    email: str | None,
    external_id: str | None,
) -> ListPage:
    since = parse_rfc3339_parameter(updated_after, param="updated_after")
    filters = {"email": email, "external_id": external_id}
    return Customer.page(actor, filters, after=after, limit=limit, since=since)


def get_customer(actor: Actor, customer_id: str) -> types.Customer:
    return Customer.find(actor, customer_id).to_dict()


def upsert_customer(actor: Actor, body: types.CustomerInput) -> tuple[types.UpsertedCustomer, int]:
    customer, matched_by = Customer.upsert(actor, body)
    return {**customer.to_dict(), "matched_by": matched_by}, 201 if matched_by is None else 200


def bulk_upsert_customers(actor: Actor, body: types.BulkCustomersInput) -> types.BulkResult:
    return bulk_upsert(actor, body["customers"])
