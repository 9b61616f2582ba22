"""Wraps page functions: session, CSRF check, role check, error pages."""

import logging
from collections.abc import Awaitable, Callable
from typing import Literal
from urllib.parse import quote

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboard import cookie
from dashboard.request import EnqueueJob, PageRequest, UploadedFile, WakeWorker
from errors import NotFound, Refusal
from models.accounts.session import Session
from models.thread_pool import run_in_thread

PageFunction = Callable[[PageRequest], Response]
Access = Literal["anyone", "staff", "owner"]
MAX_FIELDS = 1000
MAX_FILE_NAME_LENGTH = 200

EXPIRED_FORM = "This form has expired. Go back, reload the page and submit it again."

log = logging.getLogger("wth.dashboard")


def wrap_page(
    page: PageFunction, access: Access, wake_worker: WakeWorker, enqueue_job: EnqueueJob
) -> Callable[[Request], Awaitable[Response]]:
    """Return a Starlette endpoint that runs the page function.

    The function runs in a thread with a database connection.
    """

    async def endpoint(http_request: Request) -> Response:
        token = cookie.read(http_request.cookies.get(cookie.NAME))
        request = PageRequest(
            http_request, wake_worker, enqueue_job, token or cookie.new_token(), sets_cookie=token is None
        )
        if http_request.method == "POST":
            await _read_form(request)
        return await _respond(request, lambda: _run_page(request, page, access))

    return endpoint


async def show_not_found(http_request: Request, error: Exception) -> Response:
    """Show an error page for an unknown route (404) or a wrong method (405).

    This is the application's exception handler for both.
    """
    status = error.status_code if isinstance(error, HTTPException) else 404
    token = cookie.read(http_request.cookies.get(cookie.NAME)) or cookie.new_token()
    request = PageRequest(http_request, lambda _: None, lambda _: None, token)
    return await _respond(request, lambda: _show_not_found(request, status))


async def _respond(request: PageRequest, work: Callable[[], Response]) -> Response:
    """Run the work, and turn its failure into an error page.

    The error page needs no database, and so no session.
    """
    try:
        return await run_in_thread(work)
    except Refusal as refusal:  # only `service_unavailable` gets here
        request.session = None
        return _render_error(request, 503, refusal.message)
    except Exception:
        path = _route_path(request.http_request)
        log.exception("Unhandled exception while serving a page: %s %s", request.http_request.method, path)
        request.session = None
        return _render_error(request, 500, "The error is on our side and has been logged. Try again in a minute.")


def _run_page(request: PageRequest, page: PageFunction, access: Access) -> Response:
    request.session = Session.find_by_token(request.token)
    if rejection := _reject(request, access):
        return rejection
    try:
        return page(request)
    except NotFound as refusal:
        return _render_error(request, 404, refusal.message)
    except Refusal as refusal:
        if refusal.code == "service_unavailable":
            raise
        return _render_error(request, 409, refusal.message)


def _reject(request: PageRequest, access: Access) -> Response | None:
    """The response to a request that must not reach the page, None for any other."""
    has_csrf_token = cookie.is_csrf_token(request.token, request.value("csrf_token"))
    if request.http_request.method == "POST" and not has_csrf_token:
        return _render_error(request, 403, EXPIRED_FORM)
    if access != "anyone" and request.session is None:
        return request.redirect(_sign_in_path(request))
    if access == "owner" and not request.is_owner:
        return _render_error(request, 403, "Only owners can do this. Ask an owner of your account.")
    return None


def _show_not_found(request: PageRequest, status: int) -> Response:
    request.session = Session.find_by_token(request.token)
    return _render_error(request, status, "This page does not exist.")


def _render_error(request: PageRequest, status: int, message: str) -> Response:
    return request.render("error.html", status=status, code=status, message=message)


def _route_path(http_request: Request) -> str:
    """The path as the route declares it: never log the value of {token}."""
    return str(getattr(http_request.scope.get("route"), "path", "no route"))


def _sign_in_path(request: PageRequest) -> str:
    """Build the path of the sign-in page, which leads back to the requested page.

    After a form there is no page to lead back to.
    """
    if request.http_request.method != "GET" or request.path == "/":
        return "/sign-in"
    query = request.http_request.url.query
    return f"/sign-in?next={quote(f'{request.path}?{query}' if query else request.path)}"


async def _read_form(request: PageRequest) -> None:
    try:
        async with request.http_request.form(max_files=1, max_fields=MAX_FIELDS) as form:
            request.form_data = {name: _text_values(form, name) for name in form}
            request.file = await _read_upload(form)
    except (HTTPException, UnicodeDecodeError, LookupError):
        request.form_data = {}  # the CSRF token is missing, so the request is rejected


def _text_values(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]


async def _read_upload(form: FormData) -> UploadedFile | None:
    for value in form.values():
        if isinstance(value, UploadFile) and value.filename:
            return UploadedFile(value.filename[:MAX_FILE_NAME_LENGTH], await value.read())
    return None
