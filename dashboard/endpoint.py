"""From a http_request to a page and back: who comes in, what forms must carry, what refusals look like."""

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
MOST_FIELDS = 1000

log = logging.getLogger("wth.dashboard")


def page_endpoint(
    page: PageFunction, who: Access, wake_worker: WakeWorker, enqueue_job: EnqueueJob
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that runs the page on a thread with a database connection."""

    async def endpoint(http_request: Request) -> Response:
        token = cookie.read(http_request.cookies.get(cookie.NAME))
        request = PageRequest(
            http_request, wake_worker, enqueue_job, token or cookie.new_token(), sets_cookie=token is None
        )
        if http_request.method == "POST":
            await _read_form(request)
        return await _answer(request, lambda: _admitted(request, page, who))

    return endpoint


async def not_found(http_request: Request, _fault: Exception) -> Response:
    """The answer where no route leads: a page, also for people who are signed in."""
    status = _fault.status_code if isinstance(_fault, HTTPException) else 404
    token = cookie.read(http_request.cookies.get(cookie.NAME)) or cookie.new_token()
    request = PageRequest(http_request, lambda _: None, lambda _: None, token)
    return await _answer(request, lambda: _error_page(_known(request), status, "This page does not exist."))


async def _answer(request: PageRequest, work: Callable[[], Response]) -> Response:
    try:
        return await run_in_thread(work)
    except Refusal as refusal:  # the database is away, so the page must do without it
        request.session = None
        return _error_page(request, 503, refusal.message)
    except Exception:
        log.exception("A page failed: %s %s", request.http_request.method, _place(request.http_request))
        request.session = None
        return _error_page(request, 500, "The error is on our side and has been logged. Try again in a minute.")


def _admitted(request: PageRequest, page: PageFunction, who: Access) -> Response:
    _known(request)
    if request.http_request.method == "POST" and not cookie.is_csrf_token(request.token, request.value("form_token")):
        return _apology(request, 403, "This form is too old or came from elsewhere; go back, reload, send it again.")
    if who != "anyone" and request.session is None:
        return request.redirect(_sign_in_path(request))
    if who == "owner" and not request.is_owner:
        return _error_page(request, 403, "Only owners can do this. Ask an owner of your account.")
    try:
        return page(request)
    except NotFound as refusal:
        return _error_page(request, 404, refusal.message)
    except Refusal as refusal:
        if refusal.code == "service_unavailable":
            raise
        return _error_page(request, 409, refusal.message)


def _known(request: PageRequest) -> PageRequest:
    request.session = Session.find_by_token(request.token)
    return request


def _error_page(request: PageRequest, status: int, message: str) -> Response:
    return request.render("error.html", status=status, code=status, message=message)


def _place(http_request: Request) -> str:
    """The address as the route spells it: what stands in `{token}` belongs into no log."""
    return str(getattr(http_request.scope.get("route"), "path", "no route"))


def _sign_in_path(request: PageRequest) -> str:
    """Afterwards the page that was asked for, with its filters; what was posted is not a page to come back to."""
    if request.http_request.method != "GET" or request.path == "/":
        return "/sign-in"
    query = request.http_request.url.query
    return f"/sign-in?next={quote(f'{request.path}?{query}' if query else request.path)}"


async def _read_form(request: PageRequest) -> None:
    try:
        async with request.http_request.form(max_files=1, max_fields=MOST_FIELDS) as form:
            request.form_data = {name: _texts(form, name) for name in form}
            request.file = await _upload(form)
    except (HTTPException, UnicodeDecodeError, LookupError):
        request.form_data = {}  # without its token it is refused like any other form that is not ours


def _texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]


async def _upload(form: FormData) -> UploadedFile | None:
    for value in form.values():
        if isinstance(value, UploadFile) and value.filename:
            return UploadedFile(value.filename[:200], await value.read())
    return None
