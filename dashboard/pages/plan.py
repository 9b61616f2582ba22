"""What the tiers include and cost."""

from starlette.responses import Response

from dashboard.request import PageRequest
from models.dealer import PLANS


def show(request: PageRequest) -> Response:
    return request.render("pages/plan.html", plans=list(PLANS.values()), current=request.dealer.plan)
