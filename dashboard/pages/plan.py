"""The plan page: what each tier includes and costs."""

from starlette.responses import Response

from dashboard.request import PageRequest
from models.dealer import PLANS


def show(request: PageRequest) -> Response:
    return request.render("pages/plan.html", plans=list(PLANS.values()), current=request.dealer.plan)
