"""Responses to forms that came too late.

They lead to sign-in or to the current state, with the input kept.
"""

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Match, Route

from dashboard.forms.form import Form
from dashboard.kept_form import KeptForm
from dashboard.pages.sign_in import SIGN_IN, render_sign_in
from dashboard.redirects import page_of, safe_path
from dashboard.request import PageRequest
from errors import NotFound, Refusal

SESSION_ENDED = "You were signed out. Sign in to continue with your input."


def ask_to_sign_in(request: PageRequest, kept: KeptForm) -> Response:
    """Show the sign-in page for a form whose session has ended.

    The user submits the form after signing in.
    """
    return render_sign_in(request, Form(SIGN_IN), 403, message=SESSION_ENDED, kept=kept.text)


def ask_to_submit_again(request: PageRequest, kept: KeptForm) -> Response:
    """Show a form whose page belongs to an earlier session, for a second look."""
    return request.render("pages/kept_form.html", status=403, kept=kept)


def lead_to_current_state(request: PageRequest, refusal: Refusal) -> Response:
    """Redirect to the page of the form, or of a row that is gone to the page above."""
    page = safe_path(page_of(request.http_request.headers.get("referer", "")))
    if isinstance(refusal, NotFound):
        page = request.path.partition(f"/{request.http_request.path_params.get('id', '')}")[0]
    path, _, query = page.partition("?")
    found = _find_page(request.http_request.app, path)
    return request.redirect(f"{path}?{query}" if query and found == path else found, refusal.message, is_problem=True)


def _find_page(app: Starlette, path: str) -> str:
    """Return the nearest path at or above this one that is a page."""
    while path and not _is_page(app, path):
        path = path.rpartition("/")[0]
    return path or "/"


def _is_page(app: Starlette, path: str) -> bool:
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(isinstance(route, Route) and route.matches(scope)[0] is Match.FULL for route in app.routes)
