"""Bulk upsert of customers: each row succeeds or fails by itself."""

from collections.abc import Sequence

from errors import Refusal
from models.customer import Customer
from models.database import db
from models.dealer import Actor
from spec import types
from spec.catalogue import error_detail


def bulk_upsert(actor: Actor, rows: Sequence[types.CustomerInput]) -> types.BulkResult:
    """Upsert all rows in one transaction, each in a savepoint of its own.

    Returns one result per row, in the order of the rows.
    """
    with actor.dealer.locked():
        results = [_upsert(actor, index, row) for index, row in enumerate(rows)]
    statuses = [row["status"] for row in results]
    return {
        "object": "bulk_result",
        "created": statuses.count("created"),
        "matched": statuses.count("matched"),
        "failed": statuses.count("failed"),
        "results": results,
    }


def _upsert(actor: Actor, index: int, row: types.CustomerInput) -> types.BulkRow:
    try:
        with db.atomic():
            customer, matched_by = Customer.upsert(actor, row, path=f"$.customers[{index}]")
    except Refusal as error:
        return {"index": index, "status": "failed", "customer": None, "error": error_detail(error, actor.request_id)}
    upserted: types.UpsertedCustomer = {**customer.to_dict(), "matched_by": matched_by}
    status: types.BulkRowStatus = "created" if matched_by is None else "matched"
    return {"index": index, "status": status, "customer": upserted, "error": None}
