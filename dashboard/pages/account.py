"""A person's own account: password, sessions, and the side of the dashboard that they look at."""

from starlette.responses import Response

from dashboard import cookie
from dashboard.forms.form import Field, Form
from dashboard.pages.sign_in import NEW_PASSWORD, arrive
from dashboard.request import Visit
from models.accounts.session import Session

CHANGE = (
    Field("current", "Current password", "secret", is_required=True, width="full", autocomplete="current-password"),
    *NEW_PASSWORD,
)
ROWS = ("/inventory", "/orders", "/clients")
BOTH_SIDES = (
    "/account",
    "/audit",
    "/plan",
    "/inventory/new",
    "/inventory/import",
    "/orders/new",
    "/clients/new",
    "/channels/custom",
    "/channels/custom/settings",
    "/channels/custom/log",
    "/channels/custom/events",
    "/channels/custom/signature",
)


def show(visit: Visit) -> Response:
    return visit.render("account.html", form=Form(CHANGE), sessions=Session.count_of(visit.user))


def change_password(visit: Visit) -> Response:
    """All other browsers of this person are signed out."""
    form = Form.filled(CHANGE, visit.sent)
    with form.taking_refusals():
        if form.is_good and visit.session is not None:
            visit.session.confirm_password(form.values["current"])
            visit.user.change_password(form.values["password"])
            Session.close_all(visit.user, but=visit.session)
            return visit.redirect("/account", "Your password is changed; other browsers are signed out.")
    return visit.render("account.html", status=422, form=form, sessions=Session.count_of(visit.user))


def sign_out_everywhere(visit: Visit) -> Response:
    Session.close_all(visit.user)
    return arrive(visit, cookie.fresh_token(), "/sign-in")


def switch_view(visit: Visit) -> Response:
    """Live or sandbox: for listings, orders, clients and events."""
    user = visit.user
    user.views_test = visit.given("view") == "test"
    user.save()
    return visit.redirect(_other_side_of(visit.given("from")))


def _other_side_of(path: str) -> str:
    """The same table or page; one row's page, which the other side does not have, gives way to its table."""
    if path in BOTH_SIDES:
        return path
    section = "/" + path.strip("/").partition("/")[0]
    return section if section in ROWS else "/"
