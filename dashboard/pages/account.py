"""Account pages.

Users change their password, sign out everywhere, and switch between Live and Sandbox.
"""

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from dashboard import cookie
from dashboard.forms.form import Field, Form
from dashboard.pages.sign_in import NEW_PASSWORD, open_session, replace_token
from dashboard.redirects import safe_path
from dashboard.request import PageRequest
from models.accounts.session import Session

CHANGE_PASSWORD = (
    Field("current", "Current password", "password", is_required=True, width="full", autocomplete="current-password"),
    *NEW_PASSWORD,
)


def show(request: PageRequest) -> Response:
    return request.render(
        "pages/account.html", form=Form(CHANGE_PASSWORD), session_count=Session.count_of(request.user)
    )


def change_password(request: PageRequest) -> Response:
    """Set a new password and sign out all other browsers of this user."""
    form = Form.parse(CHANGE_PASSWORD, request.form_data)
    with form.collect_refusals():
        if form.is_valid and request.session is not None:
            request.session.confirm_password(form.values["current"])
            token = Session.change_password(request.user, form.values["password"])
            notice = "Password changed. All other browsers are signed out."
            return open_session(request, request.user, token, "/account", notice)
    return request.render("pages/account.html", status=422, form=form, session_count=Session.count_of(request.user))


def sign_out_everywhere(request: PageRequest) -> Response:
    Session.close_all(request.user)
    return replace_token(request, cookie.new_token(), "/sign-in")


def switch_view(request: PageRequest) -> Response:
    """Switch every page to live or sandbox data.

    Leads to the page `to`, or to the page itself or the nearest one above that both sides have.
    """
    request.user.view(is_test=request.value("view") == "test")
    to = request.value("to")
    return request.redirect(safe_path(to) if to else _nearest_page(request.http_request.app, request.value("from")))


def _nearest_page(app: Starlette, path: str) -> str:
    """The page itself where it exists on both sides, else the nearest page above it.

    A page with an id in its path shows one row, which the other side does not have.
    """
    pages = {route.path for route in app.routes if isinstance(route, Route) and _is_shared_page(route)}
    while path not in pages and path:
        path = path.rpartition("/")[0]
    return path or "/"


def _is_shared_page(route: Route) -> bool:
    return "GET" in (route.methods or ()) and not route.param_convertors
