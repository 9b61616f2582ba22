"""Channels › Custom Integration: the overview with its chart, the settings, and the switches."""

from starlette.responses import Response

from dashboard import chart
from dashboard.forms.filter_options import endpoint_choices
from dashboard.request import Visit
from errors import Refusal
from models.accounts.integration import ApiKey, Integration
from models.dealer import Actor
from models.delivery import stats
from models.delivery.delivery import FAILED, PENDING, Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.ping import send_ping

HOUR_MS = 3_600_000
SPANS = {"24h": (24 * HOUR_MS, 48), "7d": (7 * 24 * HOUR_MS, 56), "30d": (30 * 24 * HOUR_MS, 60)}


def overview(visit: Visit) -> Response:
    """The wizard at first, the plan for dealers whose tier has no integration."""
    if visit.integration is None:
        return visit.redirect("/plan")
    endpoints = list(Endpoint.of(visit.dealer))
    keys = keys_of(visit)
    if not endpoints or not keys:
        return visit.redirect("/channels/custom/setup/key") if visit.is_owner else _not_set_up(visit)
    wanted = visit.given("endpoint")
    span = visit.given("span") if visit.given("span") in SPANS else "24h"
    chosen = next((endpoint for endpoint in endpoints if endpoint.id == wanted), None)
    slices = stats.slices(
        visit.dealer, endpoint_id=chosen.id if chosen else None, span_ms=SPANS[span][0], count=SPANS[span][1]
    )
    return visit.render(
        "channel_overview.html",
        endpoints=endpoints,
        keys=keys,
        chosen=chosen,
        span=span,
        endpoint_choices=endpoint_choices(endpoints),
        chart=chart.draw(slices),
        waiting=Delivery.of(visit.dealer).where(Delivery.state == PENDING).count(),
        given_up=Delivery.of(visit.dealer).where(Delivery.state == FAILED).count(),
    )


def settings(visit: Visit) -> Response:
    if visit.integration is None:
        return visit.redirect("/plan")
    return visit.render("channel_settings.html", endpoints=list(Endpoint.of(visit.dealer)), keys=keys_of(visit))


def switch_mode(visit: Visit) -> Response:
    """Test mode on or off."""
    integration, is_test_mode = integration_of(visit), visit.given("mode") != "live"
    said = "Test mode switched on" if is_test_mode else "Gone live"
    with visit.change("integration.mode_changed", None, said):
        integration.switch(is_test_mode=is_test_mode)
    notice = "Test mode is on: live events are recorded but not sent." if is_test_mode else "You are live."
    return visit.redirect("/channels/custom", notice)


def switch_activation(visit: Visit) -> Response:
    integration, is_enabled = integration_of(visit), visit.given("is_enabled") == "yes"
    said = "Integration switched on" if is_enabled else "Integration switched off"
    with visit.change("integration.activation_changed", None, said):
        integration.switch(is_enabled=is_enabled)
    return visit.redirect("/channels/custom/settings", f"{said}.")


def ping(visit: Visit) -> Response:
    """A test event to every endpoint that hears test events; the log shows what became of it."""
    integration_of(visit)
    with visit.change("integration.pinged", None, "Test event sent"):
        event = send_ping(Actor(visit.dealer, is_test=True, origin="dashboard"), None)
    return visit.redirect(f"/channels/custom/log?q={event['id']}", "The test event is on its way.")


def integration_of(visit: Visit) -> Integration:
    """Raises `plan_required`."""
    if visit.integration is None:
        raise Refusal("plan_required", "The Custom Integration belongs to the Business plan; upgrade to use it.")
    return visit.integration


def keys_of(visit: Visit) -> dict[str, ApiKey]:
    """By mode, `test` and `live`."""
    return {"test" if key.is_test else "live": key for key in ApiKey.of(visit.dealer)}


def _not_set_up(visit: Visit) -> Response:
    return visit.render("channel_not_set_up.html")
