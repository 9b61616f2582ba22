"""What the tiers include and cost."""

from starlette.responses import Response

from dashboard.request import Visit
from models.dealer import PLANS


def show(visit: Visit) -> Response:
    return visit.render("plan.html", plans=list(PLANS.values()), current=visit.dealer.plan)
