"""The audit log page, for owners."""

from starlette.responses import Response

from dashboard.forms.filters import parse_time_range, read_filters
from dashboard.request import PageRequest
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
    ("event", "Triggered events"),
    ("sandbox", "Sandbox"),
)


def index(request: PageRequest) -> Response:
    filters = read_filters(request, FILTERS)
    return request.render(
        "pages/audit.html",
        results=tables.search_audit_entries(request.dealer, parse_time_range(filters), request.page),
        filters=filters,
        nouns=NOUNS,
        people=[(user.email, user.email) for user in User.of(request.dealer)],
    )
