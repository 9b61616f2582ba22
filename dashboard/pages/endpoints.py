"""Webhook endpoints: their form, pausing, secrets."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from dashboard.forms.form import Field, Form
from dashboard.pages.channel import integration_of
from dashboard.request import Visit
from models.delivery.endpoint import EVENT_TYPES, MODES, PATTERNS, Endpoint

SETTINGS = "/channels/custom/settings"
HOUR_MS = 3_600_000
GRACES = (("0", "at once"), ("1", "for 1 hour"), ("24", "for 24 hours"), ("72", "for 3 days"), ("168", "for 7 days"))
MODE_NAMES = {"both": "Test and live events", "test": "Test events only", "live": "Live events only"}
FIELDS = (
    Field("url", "Webhook URL", "url", is_required=True, width="full",
          hint="Where we send events by POST. HTTPS, reachable from the Internet, port 443 or 1024 and above."),
    Field("mode", "Receives", "choice", is_required=True, choices=tuple(MODE_NAMES.items()), width="full"),
)  # fmt: skip


def show_new(visit: Visit) -> Response:
    return new_page(visit, blank(), "endpoint_new.html")


def create(visit: Visit) -> Response:
    return create_and_show(visit, "endpoint_new.html", onward=SETTINGS)


def create_and_show(visit: Visit, template: str, *, onward: str, **context: Any) -> Response:
    """The new endpoint's secret, on the one page that ever shows it; or the form with what is wrong."""
    integration_of(visit)
    form, events = _sent(visit)
    if form.is_good and visit.given("count") != str(Endpoint.of(visit.dealer).count()):
        form.errors[""] = "Your endpoints have changed since you opened this page; look at the settings first."
    if form.is_good:
        with form.taking_refusals(), visit.change("endpoint.created", None, form.values["url"][:200]) as made:
            endpoint, secret = Endpoint.register(
                visit.dealer, form.values["url"], events=events, mode=form.values["mode"], skips_echoes=_skips(visit)
            )
            made.subject_id = endpoint.id
    if not form.is_good:
        return new_page(visit, form, template, events, 422, **context)
    return secret_page(visit, secret, onward)


def show(visit: Visit) -> Response:
    endpoint = _endpoint(visit)
    return _page(visit, endpoint, Form(FIELDS, {"url": endpoint.url, "mode": endpoint.mode}), list(endpoint.events))


def change(visit: Visit) -> Response:
    endpoint = _endpoint(visit)
    form, events = _sent(visit)
    if form.is_good:
        with form.taking_refusals(), visit.change("endpoint.updated", endpoint.id, form.values["url"][:200]):
            endpoint.change(url=form.values["url"], mode=form.values["mode"], events=events, skips_echoes=_skips(visit))
    if form.is_good:
        return visit.redirect(SETTINGS, "The endpoint is saved.")
    return _page(visit, endpoint, form, events, 422)


def pause(visit: Visit) -> Response:
    endpoint = _endpoint(visit)
    with visit.change("endpoint.paused", endpoint.id, endpoint.url[:200]):
        endpoint.disable("Paused in the dashboard.")
    return visit.redirect(SETTINGS, "The endpoint is paused; its deliveries wait.")


def enable(visit: Visit) -> Response:
    endpoint = _endpoint(visit)
    with visit.change("endpoint.enabled", endpoint.id, endpoint.url[:200]):
        endpoint.switch_on()
    endpoint.hurry()
    return visit.redirect(SETTINGS, "The endpoint is on; what waited goes out now.")


def rotate(visit: Visit) -> Response:
    endpoint, hours = _endpoint(visit), visit.given("grace_hours")
    grace_ms = int(hours if hours in dict(GRACES) else "24") * HOUR_MS
    with visit.change("secret.rotated", endpoint.id, endpoint.url[:200]):
        secret = endpoint.rotate_secret(grace_ms)
    return secret_page(visit, secret, SETTINGS)


def revoke(visit: Visit) -> Response:
    endpoint = _endpoint(visit)
    with visit.change("secret.previous_revoked", endpoint.id, endpoint.url[:200]):
        endpoint.revoke_previous_secret()
    return visit.redirect(SETTINGS, "The previous secret signs no more.")


def delete(visit: Visit) -> Response:
    endpoint = _endpoint(visit)
    with visit.change("endpoint.deleted", endpoint.id, endpoint.url[:200]):
        endpoint.remove()
    return visit.redirect(SETTINGS, "The endpoint is deleted, with its deliveries.")


def blank() -> Form:
    return Form(FIELDS, {"mode": "both"})


def new_page(
    visit: Visit, form: Form, template: str, events: Sequence[str] = ("*",), status: int = 200, **context: Any
) -> Response:
    return visit.render(
        template,
        status=status,
        form=form,
        events=events,
        event_types=EVENT_TYPES,
        skips_echoes=_skips(visit),
        count=Endpoint.of(visit.dealer).count(),
        **context,
    )


def secret_page(visit: Visit, secret: str, onward: str) -> Response:
    return visit.render(
        "revealed.html",
        title="Your webhook secret",
        label="Webhook secret",
        revealed=secret,
        onward=onward,
        what="secret",
    )


def _page(visit: Visit, endpoint: Endpoint, form: Form, events: list[str], status: int = 200) -> Response:
    return visit.render(
        "endpoint.html",
        status=status,
        endpoint=endpoint,
        form=form,
        events=events,
        event_types=EVENT_TYPES,
        skips_echoes=_skips(visit) if visit.request.method == "POST" else endpoint.skips_echoes,
        graces=GRACES,
    )


def _endpoint(visit: Visit) -> Endpoint:
    return Endpoint.find(visit.dealer, visit.row_id)


def _sent(visit: Visit) -> tuple[Form, list[str]]:
    form = Form.filled(FIELDS, visit.sent)
    events = [pattern for pattern in visit.all_given("events") if pattern in PATTERNS]
    if not events:
        form.errors["events"] = "Choose at least one event, or all of them."
    if form.texts["mode"] not in MODES:
        form.errors["mode"] = "Choose one of the list."
    return form, ["*"] if "*" in events else events


def _skips(visit: Visit) -> bool:
    return visit.given("skips_echoes") == "yes"
