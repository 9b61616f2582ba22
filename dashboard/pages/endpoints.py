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
    form = Form.parse(FIELDS, request.form_data)
    form.texts |= {"events": _join(request.values("events")), "skips_echoes": request.value("skips_echoes")}
    _check_choices(form)
    _check_host(form)
    if form.is_valid:
        summary = form.values["url"]
        with form.collect_refusals(), request.audited_change("endpoint.created", None, summary) as change:
            endpoint, secret = Endpoint.register(
                request.dealer,
                form.values["url"],
                events=_list_events(form),
                mode=form.values["mode"],
                skips_echoes=_skips_echoes(form),
            )
            change.subject_id, change.path = endpoint.id, SETTINGS
    if not form.is_valid:
        return render_new(request, form, template, 422, **context)
    return render_secret(request, secret, next_url)


def show(request: PageRequest) -> Response:
    endpoint = _find_endpoint(request)
    return _render_endpoint(request, endpoint, Form.show(FIELDS, _format_fields(endpoint)))


def update(request: PageRequest) -> Response:
    endpoint = _find_endpoint(request)
    form_data = {**request.form_data, "events": [_join(request.values("events"))]}
    form = Form.parse_edit(FIELDS, form_data, _format_fields(endpoint))
    _check_choices(form)
    _check_host(form)
    if form.is_valid:
        summary = form.values["url"]
        with form.collect_refusals(), request.audited_change("endpoint.updated", endpoint.id, summary):
            form.require_unchanged(_format_fields(_find_endpoint(request)))
            endpoint.change(
                url=form.values["url"],
                mode=form.values["mode"],
                events=_list_events(form),
                skips_echoes=_skips_echoes(form),
            )
    if form.is_valid:
        return request.redirect(SETTINGS, "Endpoint updated.")
    return _render_endpoint(request, endpoint, form, 422)


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
    return Form(FIELDS, {"mode": "both", "events": "*"})


def render_new(request: PageRequest, form: Form, template: str, status: int = 200, **context: Any) -> Response:
    return request.render(template, status=status, form=form, **_list_choices(form), **context)


def render_secret(request: PageRequest, secret: str, next_url: str) -> Response:
    return request.render(
        "pages/secret_revealed.html",
        title="Your webhook secret",
        label="Webhook secret",
        revealed=secret,
        next_url=next_url,
        kind="secret",
    )


def _render_endpoint(request: PageRequest, endpoint: Endpoint, form: Form, status: int = 200) -> Response:
    choices = {**_list_choices(form), "grace_periods": GRACE_PERIODS}
    return request.render("pages/endpoint.html", status=status, endpoint=endpoint, form=form, **choices)


def _list_choices(form: Form) -> dict[str, Any]:
    """The ticked boxes of the form, for its template."""
    return {"events": _list_events(form), "event_types": EVENT_TYPES, "skips_echoes": _skips_echoes(form)}


def _find_endpoint(request: PageRequest) -> Endpoint:
    return Endpoint.find(request.dealer, request.row_id)


def _format_fields(endpoint: Endpoint) -> dict[str, str]:
    """The endpoint's fields and ticked boxes as the form shows them."""
    skips_echoes = "yes" if endpoint.skips_echoes else ""
    events = _join(endpoint.events)
    return {"url": endpoint.url, "mode": endpoint.mode, "events": events, "skips_echoes": skips_echoes}


def _join(patterns: Sequence[str]) -> str:
    """Join the event types and patterns that exist. All events include every other."""
    known = sorted(pattern for pattern in set(patterns) if pattern in PATTERNS)
    return "*" if "*" in known else ",".join(known)


def _list_events(form: Form) -> list[str]:
    return [pattern for pattern in form.texts.get("events", "").split(",") if pattern]


def _skips_echoes(form: Form) -> bool:
    return form.texts.get("skips_echoes") == "yes"


def _check_choices(form: Form) -> None:
    if not _list_events(form):
        form.errors["events"] = "Choose at least one event type."
    if form.texts["mode"] not in MODES:
        form.errors["mode"] = "Choose an option from the list."


def _check_host(form: Form) -> None:
    """Look up the host before the transaction, which must not wait for a name server."""
    if form.is_valid:
        with form.collect_refusals():
            check_host(form.values["url"])
