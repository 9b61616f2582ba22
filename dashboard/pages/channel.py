"""Channels › Custom Integration: the overview with its chart, the settings, and the switches."""

from starlette.responses import Response

from dashboard import chart
from dashboard.forms.filter_options import endpoint_choices
from dashboard.request import PageRequest
from errors import Refusal
from models.accounts.api_key import ApiKey
from models.accounts.integration import Integration
from models.dealer import Actor
from models.delivery import stats
from models.delivery.delivery import FAILED, PENDING, Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.ping import send_ping

HOUR_MS = 3_600_000
SPANS = {"24h": (24 * HOUR_MS, 48), "7d": (7 * 24 * HOUR_MS, 56), "30d": (30 * 24 * HOUR_MS, 60)}


def overview(request: PageRequest) -> Response:
    """The wizard at first, the plan for dealers whose tier has no integration."""
    if request.integration is None:
        return request.redirect("/plan")
    endpoints = list(Endpoint.of(request.dealer))
    keys = keys_of(request)
    if not endpoints or not keys:
        return request.redirect("/channels/custom/setup/key") if request.is_owner else _not_set_up(request)
    wanted = request.value("endpoint")
    span = request.value("span") if request.value("span") in SPANS else "24h"
    chosen = next((endpoint for endpoint in endpoints if endpoint.id == wanted), None)
    slices = stats.time_buckets(
        request.dealer, endpoint_id=chosen.id if chosen else None, span_ms=SPANS[span][0], count=SPANS[span][1]
    )
    return request.render(
        "pages/channel_overview.html",
        endpoints=endpoints,
        keys=keys,
        chosen=chosen,
        span=span,
        endpoint_choices=endpoint_choices(endpoints),
        chart=chart.draw(slices),
        waiting=Delivery.of(request.dealer).where(Delivery.state == PENDING).count(),
        given_up=Delivery.of(request.dealer).where(Delivery.state == FAILED).count(),
    )


def settings(request: PageRequest) -> Response:
    if request.integration is None:
        return request.redirect("/plan")
    return request.render(
        "pages/channel_settings.html", endpoints=list(Endpoint.of(request.dealer)), keys=keys_of(request)
    )


def switch_mode(request: PageRequest) -> Response:
    """Test mode on or off."""
    integration, is_test_mode = require_integration(request), request.value("mode") != "live"
    said = "Test mode switched on" if is_test_mode else "Gone live"
    with request.audited_change("integration.mode_changed", None, said):
        integration.switch(is_test_mode=is_test_mode)
    notice = "Test mode is on: live events are recorded but not sent." if is_test_mode else "You are live."
    return request.redirect("/channels/custom", notice)


def switch_activation(request: PageRequest) -> Response:
    integration, is_enabled = require_integration(request), request.value("is_enabled") == "yes"
    said = "Integration switched on" if is_enabled else "Integration switched off"
    with request.audited_change("integration.activation_changed", None, said):
        integration.switch(is_enabled=is_enabled)
    return request.redirect("/channels/custom/settings", f"{said}.")


def ping(request: PageRequest) -> Response:
    """A test event to every endpoint that hears test events; the log shows what became of it."""
    require_integration(request)
    with request.audited_change("integration.pinged", None, "Test event sent"):
        event = send_ping(Actor(request.dealer, is_test=True, origin="dashboard"), None)
    return request.redirect(f"/channels/custom/log?q={event['id']}", "The test event is on its way.")


def require_integration(request: PageRequest) -> Integration:
    """Raises `plan_required`."""
    if request.integration is None:
        raise Refusal("plan_required", "The Custom Integration belongs to the Business plan; upgrade to use it.")
    return request.integration


def keys_of(request: PageRequest) -> dict[str, ApiKey]:
    """By mode, `test` and `live`."""
    return {"test" if key.is_test else "live": key for key in ApiKey.of(request.dealer)}


def _not_set_up(request: PageRequest) -> Response:
    return request.render("pages/channel_not_set_up.html")
