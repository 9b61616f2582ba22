"""The audit log, for owners."""

from starlette.responses import Response

from dashboard.forms.filters import filters_of, in_ms
from dashboard.request import Visit
from models.accounts.user import User
from models.search import tables

FILTERS = ("q", "email", "noun", "side", "since", "until")
NOUNS = (
    ("listing", "Watches"),
    ("inventory", "Imports"),
    ("order", "Orders"),
    ("customer", "Clients"),
    ("endpoint", "Endpoints"),
    ("secret", "Secrets"),
    ("key", "API keys"),
    ("integration", "Mode and activation"),
    ("delivery", "Retries"),
    ("sandbox", "Sandbox"),
)


def index(visit: Visit) -> Response:
    filters = filters_of(visit, FILTERS)
    return visit.render(
        "audit.html",
        found=tables.audit_entries(visit.dealer, in_ms(filters), visit.page),
        filters=filters,
        nouns=NOUNS,
        people=[(user.email, user.email) for user in User.of(visit.dealer)],
    )
