"""Many customers in one call: each row by itself, a refused one leaves the others standing."""

from collections.abc import Sequence

from errors import Refusal
from models.customer import Customer
from models.database import db
from models.dealer import Actor
from spec import types
from spec.catalogue import api_error


def bulk_upsert(actor: Actor, rows: Sequence[types.CustomerInput]) -> types.BulkResult:
    """One transaction for all rows."""
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
            customer, matched_by = Customer.upsert(actor, row, at=f"$.customers[{index}]")
    except Refusal as refusal:
        return {"index": index, "status": "failed", "customer": None, "error": api_error(refusal, actor.request_id)}
    shape: types.UpsertedCustomer = {**customer.to_dict(), "matched_by": matched_by}
    return {"index": index, "status": "created" if matched_by is None else "matched", "customer": shape, "error": None}
