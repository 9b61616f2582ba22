"""Custom Integration pages.

They are the overview with the delivery chart, settings, mode, activation and the test event.
"""

from starlette.responses import Response

import config
from dashboard.chart import Chart, build_chart
from dashboard.forms.filter_options import list_endpoint_choices
from dashboard.request import PageRequest
from errors import Refusal
from models.accounts.api_key import ApiKey
from models.accounts.integration import Integration
from models.clock import DAY_MS
from models.dealer import Actor
from models.delivery import stats
from models.delivery.delivery import FAILED, PENDING
from models.delivery.endpoint import Endpoint
from models.delivery.ping import send_ping
from models.search.delivery_log import DeliveryQuery, deliveries_matching
from models.search.pagination import count_rows

MODE_NAMES = {"both": "Test and live data", "test": "Test data only", "live": "Live data only"}  # of an endpoint
SPANS = {"24h": (DAY_MS, 48), "7d": (7 * DAY_MS, 56), "30d": (30 * DAY_MS, 60)}  # length, buckets


def show(request: PageRequest) -> Response:
    """Show the overview of the Custom Integration.

    Redirects to the plan if it has no integration, and owners to the setup wizard until there is an
    endpoint and a key.
    """
    if request.integration is None:
        return request.redirect("/plan")
    endpoints, keys = list(Endpoint.of(request.dealer)), list_keys(request)
    if not endpoints or not keys:
        is_owner = request.is_owner
        return (
            request.redirect("/channels/custom/setup/key")
            if is_owner
            else request.render("pages/channel_not_set_up.html")
        )
    span = request.value("span") if request.value("span") in SPANS else "24h"
    chosen = next((endpoint for endpoint in endpoints if endpoint.id == request.value("endpoint")), None)
    return request.render(
        "pages/channel_overview.html",
        endpoints=endpoints,
        keys=keys,
        chosen=chosen,
        span=span,
        endpoint_choices=list_endpoint_choices(endpoints),
        chart=_build_chart(request, chosen, span),
        pending_count=count_rows(_list_deliveries(request, PENDING)),
        failed_count=count_rows(_list_deliveries(request, FAILED)),
    )


def show_settings(request: PageRequest) -> Response:
    if request.integration is None:
        return request.redirect("/plan")
    return request.render(
        "pages/channel_settings.html",
        endpoints=list(Endpoint.of(request.dealer)),
        keys=list_keys(request),
        mode_names=MODE_NAMES,
        has_mail=config.has_mail(),
    )


def switch_mode(request: PageRequest) -> Response:
    """Turn test mode on or off."""
    integration, is_test_mode = require_integration(request), request.value("mode") != "live"
    summary = "Test mode turned on" if is_test_mode else "Went live"
    with request.audited_change("integration.mode_changed", None, summary):
        integration.switch(is_test_mode=is_test_mode)
    notice = "Test mode is on. Live events are recorded but not delivered." if is_test_mode else "You're live."
    return request.redirect("/channels/custom", notice)


def switch_activation(request: PageRequest) -> Response:
    """Enable or disable the integration."""
    integration, is_enabled = require_integration(request), request.value("is_enabled") == "yes"
    summary = "Integration enabled" if is_enabled else "Integration disabled"
    with request.audited_change("integration.activation_changed", None, summary):
        integration.switch(is_enabled=is_enabled)
    return request.redirect("/channels/custom/settings", f"{summary}.")


def ping(request: PageRequest) -> Response:
    """Send a test event to every endpoint that accepts test events.

    Redirects to the log of its deliveries, in the sandbox.
    """
    require_integration(request)
    with request.audited_change("integration.pinged", None, "Test event sent") as change:
        request.user.view(is_test=True)
        event = send_ping(Actor(request.dealer, is_test=True, origin="dashboard"), None)
        change.path = f"/channels/custom/log?q={event['id']}"
    return request.redirect(change.path, "Test event queued.")


def require_integration(request: PageRequest) -> Integration:
    """Return the dealer's integration.

    Raises `plan_required` if the plan does not include it.
    """
    if request.integration is None:
        message = "Your plan doesn't include the Custom Integration. Upgrade to Business to use it."
        raise Refusal("plan_required", message)
    return request.integration


def list_keys(request: PageRequest) -> dict[str, ApiKey]:
    """API keys by mode, `test` and `live`."""
    return {"test" if key.is_test else "live": key for key in ApiKey.of(request.dealer)}


def _list_deliveries(request: PageRequest, state: str) -> DeliveryQuery:
    return deliveries_matching(request.dealer, {"state": state, "mode": request.mode})


def _build_chart(request: PageRequest, endpoint: Endpoint | None, span: str) -> Chart:
    span_ms, count = SPANS[span]
    endpoint_id = endpoint.id if endpoint else None
    return build_chart(stats.time_buckets(request.actor, endpoint_id=endpoint_id, span_ms=span_ms, count=count))
