"""A person's own account: password, sessions, and the side of the dashboard that they look at."""

from starlette.responses import Response

from dashboard import cookie
from dashboard.forms.form import Field, Form
from dashboard.pages.sign_in import NEW_PASSWORD, arrive
from dashboard.request import PageRequest
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


def show(request: PageRequest) -> Response:
    return request.render("pages/account.html", form=Form(CHANGE), sessions=Session.count_of(request.user))


def change_password(request: PageRequest) -> Response:
    """All other browsers of this person are signed out."""
    form = Form.parse(CHANGE, request.form_data)
    with form.collect_refusals():
        if form.is_valid and request.session is not None:
            request.session.confirm_password(form.values["current"])
            request.user.change_password(form.values["password"])
            Session.close_all(request.user, but=request.session)
            return request.redirect("/account", "Your password is changed; other browsers are signed out.")
    return request.render("pages/account.html", status=422, form=form, sessions=Session.count_of(request.user))


def sign_out_everywhere(request: PageRequest) -> Response:
    Session.close_all(request.user)
    return arrive(request, cookie.fresh_token(), "/sign-in")


def switch_view(request: PageRequest) -> Response:
    """Live or sandbox: for listings, orders, clients and events."""
    user = request.user
    user.views_test = request.value("view") == "test"
    user.save()
    return request.redirect(_other_side_of(request.value("from")))


def _other_side_of(path: str) -> str:
    """The same table or page; one row's page, which the other side does not have, gives way to its table."""
    if path in BOTH_SIDES:
        return path
    section = "/" + path.strip("/").partition("/")[0]
    return section if section in ROWS else "/"
