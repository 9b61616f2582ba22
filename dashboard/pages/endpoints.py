"""Webhook endpoints: their form, pausing, secrets."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from dashboard.forms.form import Field, Form
from dashboard.pages.channel import require_integration
from dashboard.request import PageRequest
from models.delivery.endpoint import MODES, Endpoint
from models.delivery.event_types import EVENT_TYPES, PATTERNS

SETTINGS = "/channels/custom/settings"
HOUR_MS = 3_600_000
GRACES = (("0", "at once"), ("1", "for 1 hour"), ("24", "for 24 hours"), ("72", "for 3 days"), ("168", "for 7 days"))
MODE_NAMES = {"both": "Test and live events", "test": "Test events only", "live": "Live events only"}
FIELDS = (
    Field("url", "Webhook URL", "url", is_required=True, width="full",
          hint="Where we send events by POST. HTTPS, reachable from the Internet, port 443 or 1024 and above."),
    Field("mode", "Receives", "choice", is_required=True, choices=tuple(MODE_NAMES.items()), width="full"),
)  # fmt: skip


def show_new(request: PageRequest) -> Response:
    return new_page(request, blank(), "pages/endpoint_new.html")


def create(request: PageRequest) -> Response:
    return create_and_show(request, "pages/endpoint_new.html", onward=SETTINGS)


def create_and_show(request: PageRequest, template: str, *, onward: str, **context: Any) -> Response:
    """The new endpoint's secret, on the one page that ever shows it; or the form with what is wrong."""
    require_integration(request)
    form, events = _sent(request)
    if form.is_valid and request.value("count") != str(Endpoint.of(request.dealer).count()):
        form.errors[""] = "Your endpoints have changed since you opened this page; look at the settings first."
    if form.is_valid:
        with (
            form.collect_refusals(),
            request.audited_change("endpoint.created", None, form.values["url"][:200]) as made,
        ):
            endpoint, secret = Endpoint.register(
                request.dealer,
                form.values["url"],
                events=events,
                mode=form.values["mode"],
                skips_echoes=_skips(request),
            )
            made.subject_id = endpoint.id
    if not form.is_valid:
        return new_page(request, form, template, events, 422, **context)
    return secret_page(request, secret, onward)


def show(request: PageRequest) -> Response:
    endpoint = _endpoint(request)
    return _page(request, endpoint, Form(FIELDS, {"url": endpoint.url, "mode": endpoint.mode}), list(endpoint.events))


def change(request: PageRequest) -> Response:
    endpoint = _endpoint(request)
    form, events = _sent(request)
    if form.is_valid:
        with form.collect_refusals(), request.audited_change("endpoint.updated", endpoint.id, form.values["url"][:200]):
            endpoint.change(
                url=form.values["url"], mode=form.values["mode"], events=events, skips_echoes=_skips(request)
            )
    if form.is_valid:
        return request.redirect(SETTINGS, "The endpoint is saved.")
    return _page(request, endpoint, form, events, 422)


def pause(request: PageRequest) -> Response:
    endpoint = _endpoint(request)
    with request.audited_change("endpoint.paused", endpoint.id, endpoint.url[:200]):
        endpoint.disable("Paused in the dashboard.")
    return request.redirect(SETTINGS, "The endpoint is paused; its deliveries wait.")


def enable(request: PageRequest) -> Response:
    endpoint = _endpoint(request)
    with request.audited_change("endpoint.enabled", endpoint.id, endpoint.url[:200]):
        endpoint.activate()
    endpoint.expedite()
    return request.redirect(SETTINGS, "The endpoint is on; what waited goes out now.")


def rotate(request: PageRequest) -> Response:
    endpoint, hours = _endpoint(request), request.value("grace_hours")
    grace_ms = int(hours if hours in dict(GRACES) else "24") * HOUR_MS
    with request.audited_change("secret.rotated", endpoint.id, endpoint.url[:200]):
        secret = endpoint.rotate_secret(grace_ms)
    return secret_page(request, secret, SETTINGS)


def revoke(request: PageRequest) -> Response:
    endpoint = _endpoint(request)
    with request.audited_change("secret.previous_revoked", endpoint.id, endpoint.url[:200]):
        endpoint.revoke_previous_secret()
    return request.redirect(SETTINGS, "The previous secret signs no more.")


def delete(request: PageRequest) -> Response:
    endpoint = _endpoint(request)
    with request.audited_change("endpoint.deleted", endpoint.id, endpoint.url[:200]):
        endpoint.remove()
    return request.redirect(SETTINGS, "The endpoint is deleted, with its deliveries.")


def blank() -> Form:
    return Form(FIELDS, {"mode": "both"})


def new_page(
    request: PageRequest, form: Form, template: str, events: Sequence[str] = ("*",), status: int = 200, **context: Any
) -> Response:
    return request.render(
        template,
        status=status,
        form=form,
        events=events,
        event_types=EVENT_TYPES,
        skips_echoes=_skips(request),
        count=Endpoint.of(request.dealer).count(),
        **context,
    )


def secret_page(request: PageRequest, secret: str, onward: str) -> Response:
    return request.render(
        "pages/secret_revealed.html",
        title="Your webhook secret",
        label="Webhook secret",
        revealed=secret,
        onward=onward,
        what="secret",
    )


def _page(request: PageRequest, endpoint: Endpoint, form: Form, events: list[str], status: int = 200) -> Response:
    return request.render(
        "pages/endpoint.html",
        status=status,
        endpoint=endpoint,
        form=form,
        events=events,
        event_types=EVENT_TYPES,
        skips_echoes=_skips(request) if request.http_request.method == "POST" else endpoint.skips_echoes,
        graces=GRACES,
    )


def _endpoint(request: PageRequest) -> Endpoint:
    return Endpoint.find(request.dealer, request.row_id)


def _sent(request: PageRequest) -> tuple[Form, list[str]]:
    form = Form.parse(FIELDS, request.form_data)
    events = [pattern for pattern in request.values("events") if pattern in PATTERNS]
    if not events:
        form.errors["events"] = "Choose at least one event, or all of them."
    if form.texts["mode"] not in MODES:
        form.errors["mode"] = "Choose one of the list."
    return form, ["*"] if "*" in events else events


def _skips(request: PageRequest) -> bool:
    return request.value("skips_echoes") == "yes"
