"""The audit log, for owners."""

from starlette.responses import Response

from dashboard.visit import Visit
from models import search


def index(visit: Visit) -> Response:
    filters = {"q": visit.given("q")}
    return visit.render("audit.html", found=search.audit_entries(visit.dealer, filters, visit.page), filters=filters)
