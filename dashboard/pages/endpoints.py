"""Webhook endpoint pages.

They create, edit, pause, enable and delete endpoints, and rotate and revoke secrets.
"""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from dashboard.forms.form import Field, Form
from dashboard.pages.channel import MODE_NAMES, require_integration
from dashboard.request import PageRequest
from errors import Refusal
from models.clock import HOUR_MS
from models.delivery.endpoint import MODES, ROTATED_ALREADY, Endpoint, check_host
from models.delivery.event_types import EVENT_TYPES, PATTERNS

SETTINGS = "/channels/custom/settings"
DEFAULT_GRACE_HOURS = "24"
GRACE_PERIODS = (
    ("0", "Immediately"),
    ("1", "After 1 hour"),
    ("24", "After 24 hours"),
    ("72", "After 3 days"),
    ("168", "After 7 days"),
)
FIELDS = (
    Field("url", "Webhook URL", "url", is_required=True, width="full",
          hint="We send events to this URL by POST. It must use HTTPS, be reachable from the Internet, and use "
          "port 443, or 1024 and above."),
    Field("mode", "Send events about", "choice", is_required=True, choices=tuple(MODE_NAMES.items()), width="full"),
)  # fmt: skip


def show_new(request: PageRequest) -> Response:
    return render_new(request, blank_form(), "pages/endpoint_new.html")


def create(request: PageRequest) -> Response:
    return create_and_reveal(request, "pages/endpoint_new.html", next_url=SETTINGS)


def create_and_reveal(request: PageRequest, template: str, *, next_url: str, **context: Any) -> Response:
    """Create the endpoint and show its secret, or show the form with its errors.

    No other page shows the secret.
    """
    require_integration(request)
    form, events = _parse_form(request)
    if form.is_valid and request.value("count") != str(Endpoint.of(request.dealer).count()):
        form.errors[""] = "Your endpoints have changed since you opened this page. Check the settings first."
    _check_host(form)
    if form.is_valid:
        summary = form.values["url"]
        with form.collect_refusals(), request.audited_change("endpoint.created", None, summary) as change:
            endpoint, secret = Endpoint.register(
                request.dealer,
                form.values["url"],
                events=events,
                mode=form.values["mode"],
                skips_echoes=_skips_echoes(request),
            )
            change.subject_id = endpoint.id
    if not form.is_valid:
        return render_new(request, form, template, events, 422, **context)
    return render_secret(request, secret, next_url)


def show(request: PageRequest) -> Response:
    endpoint = _find_endpoint(request)
    form = Form(FIELDS, {"url": endpoint.url, "mode": endpoint.mode})
    return _render_endpoint(request, endpoint, form, list(endpoint.events))


def update(request: PageRequest) -> Response:
    endpoint = _find_endpoint(request)
    form, events = _parse_form(request)
    _check_host(form)
    if form.is_valid:
        summary = form.values["url"]
        with form.collect_refusals(), request.audited_change("endpoint.updated", endpoint.id, summary):
            endpoint.change(
                url=form.values["url"], mode=form.values["mode"], events=events, skips_echoes=_skips_echoes(request)
            )
    if form.is_valid:
        return request.redirect(SETTINGS, "Endpoint updated.")
    return _render_endpoint(request, endpoint, form, events, 422)


def pause(request: PageRequest) -> Response:
    endpoint = _find_endpoint(request)
    with request.audited_change("endpoint.paused", endpoint.id, endpoint.url):
        endpoint.disable("Paused in the dashboard.")
    return request.redirect(SETTINGS, "Endpoint paused. Its events are queued until you enable it.")


def enable(request: PageRequest) -> Response:
    endpoint = _find_endpoint(request)
    with request.audited_change("endpoint.enabled", endpoint.id, endpoint.url):
        endpoint.activate()
    endpoint.expedite()
    return request.redirect(SETTINGS, "Endpoint enabled. Queued deliveries are sent now.")


def rotate_secret(request: PageRequest) -> Response:
    endpoint, hours = _find_endpoint(request), request.value("grace_hours")
    grace_ms = int(hours if hours in dict(GRACE_PERIODS) else DEFAULT_GRACE_HOURS) * HOUR_MS
    if request.value("replaces") != endpoint.secret_version:  # the form was sent a second time
        raise Refusal("secret_changed", ROTATED_ALREADY)
    with request.audited_change("secret.rotated", endpoint.id, endpoint.url):
        secret = endpoint.rotate_secret(grace_ms)
    return render_secret(request, secret, SETTINGS)


def revoke_previous_secret(request: PageRequest) -> Response:
    endpoint = _find_endpoint(request)
    with request.audited_change("secret.previous_revoked", endpoint.id, endpoint.url):
        endpoint.revoke_previous_secret()
    return request.redirect(SETTINGS, "Previous secret revoked.")


def delete(request: PageRequest) -> Response:
    endpoint = _find_endpoint(request)
    endpoint.delete_deliveries()
    with request.audited_change("endpoint.deleted", endpoint.id, endpoint.url):
        endpoint.remove()
    return request.redirect(SETTINGS, "Endpoint and its deliveries deleted.")


def blank_form() -> Form:
    return Form(FIELDS, {"mode": "both"})


def render_new(
    request: PageRequest, form: Form, template: str, events: Sequence[str] = ("*",), status: int = 200, **context: Any
) -> Response:
    return request.render(
        template,
        status=status,
        form=form,
        events=events,
        event_types=EVENT_TYPES,
        skips_echoes=_skips_echoes(request),
        count=Endpoint.of(request.dealer).count(),
        **context,
    )


def render_secret(request: PageRequest, secret: str, next_url: str) -> Response:
    return request.render(
        "pages/secret_revealed.html",
        title="Your webhook secret",
        label="Webhook secret",
        revealed=secret,
        next_url=next_url,
        kind="secret",
    )


def _render_endpoint(
    request: PageRequest, endpoint: Endpoint, form: Form, events: list[str], status: int = 200
) -> Response:
    return request.render(
        "pages/endpoint.html",
        status=status,
        endpoint=endpoint,
        form=form,
        events=events,
        event_types=EVENT_TYPES,
        skips_echoes=_skips_echoes(request) if request.http_request.method == "POST" else endpoint.skips_echoes,
        grace_periods=GRACE_PERIODS,
    )


def _find_endpoint(request: PageRequest) -> Endpoint:
    return Endpoint.find(request.dealer, request.row_id)


def _parse_form(request: PageRequest) -> tuple[Form, list[str]]:
    """The form, and the event types and patterns to subscribe to."""
    form = Form.parse(FIELDS, request.form_data)
    events = [pattern for pattern in request.values("events") if pattern in PATTERNS]
    if not events:
        form.errors["events"] = "Choose at least one event type."
    if form.texts["mode"] not in MODES:
        form.errors["mode"] = "Choose an option from the list."
    return form, ["*"] if "*" in events else events


def _check_host(form: Form) -> None:
    """Look up the host before the transaction, which must not wait for a name server."""
    if form.is_valid:
        with form.collect_refusals():
            check_host(form.values["url"])


def _skips_echoes(request: PageRequest) -> bool:
    return request.value("skips_echoes") == "yes"
