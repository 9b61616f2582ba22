"""From a request to a page and back: who comes in, what forms must carry, what refusals look like."""

import logging
from collections.abc import Awaitable, Callable
from typing import Literal
from urllib.parse import quote

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboard import cookie
from dashboard.request import Ring, StartErrand, Upload, Visit
from errors import NotFound, Refusal
from models.accounts.session import Session
from models.thread_pool import on_thread

Page = Callable[[Visit], Response]
Who = Literal["anyone", "staff", "owner"]
MOST_FIELDS = 1000

log = logging.getLogger("wth.dashboard")


def door(page: Page, who: Who, ring: Ring, start_errand: StartErrand) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that runs the page on a thread with a database connection."""

    async def endpoint(request: Request) -> Response:
        token = cookie.read(request.cookies.get(cookie.NAME))
        visit = Visit(request, ring, start_errand, token or cookie.fresh_token(), sets_cookie=token is None)
        if request.method == "POST":
            await _read_form(visit)
        return await _answer(visit, lambda: _admitted(visit, page, who))

    return endpoint


async def no_page(request: Request, _fault: Exception) -> Response:
    """The answer where no route leads: a page, also for people who are signed in."""
    status = _fault.status_code if isinstance(_fault, HTTPException) else 404
    token = cookie.read(request.cookies.get(cookie.NAME)) or cookie.fresh_token()
    visit = Visit(request, lambda _: None, lambda _: None, token)
    return await _answer(visit, lambda: _apology(_known(visit), status, "There is no such page."))


async def _answer(visit: Visit, work: Callable[[], Response]) -> Response:
    try:
        return await on_thread(work)
    except Refusal as refusal:  # the database is away, so the page must do without it
        visit.session = None
        return _apology(visit, 503, refusal.message)
    except Exception:
        log.exception("A page failed: %s %s", visit.request.method, _place(visit.request))
        visit.session = None
        return _apology(visit, 500, "Something went wrong on our side. It has been logged; please try again.")


def _admitted(visit: Visit, page: Page, who: Who) -> Response:
    _known(visit)
    if visit.request.method == "POST" and not cookie.is_form_token(visit.token, visit.given("form_token")):
        return _apology(visit, 403, "This form is too old or came from elsewhere; go back, reload, send it again.")
    if who != "anyone" and visit.session is None:
        return visit.redirect(_sign_in_path(visit))
    if who == "owner" and not visit.is_owner:
        return _apology(visit, 403, "Only owners may do this; ask an owner of your account.")
    try:
        return page(visit)
    except NotFound as refusal:
        return _apology(visit, 404, refusal.message)
    except Refusal as refusal:
        if refusal.code == "service_unavailable":
            raise
        return _apology(visit, 409, refusal.message)


def _known(visit: Visit) -> Visit:
    visit.session = Session.by_token(visit.token)
    return visit


def _apology(visit: Visit, status: int, message: str) -> Response:
    return visit.render("apology.html", status=status, code=status, message=message)


def _place(request: Request) -> str:
    """The address as the route spells it: what stands in `{token}` belongs into no log."""
    return str(getattr(request.scope.get("route"), "path", "no route"))


def _sign_in_path(visit: Visit) -> str:
    """Afterwards the page that was asked for, with its filters; what was posted is not a page to come back to."""
    if visit.request.method != "GET" or visit.path == "/":
        return "/sign-in"
    query = visit.request.url.query
    return f"/sign-in?next={quote(f'{visit.path}?{query}' if query else visit.path)}"


async def _read_form(visit: Visit) -> None:
    try:
        async with visit.request.form(max_files=1, max_fields=MOST_FIELDS) as form:
            visit.sent = {name: _texts(form, name) for name in form}
            visit.file = await _upload(form)
    except (HTTPException, UnicodeDecodeError, LookupError):
        visit.sent = {}  # without its token it is refused like any other form that is not ours


def _texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]


async def _upload(form: FormData) -> Upload | None:
    for value in form.values():
        if isinstance(value, UploadFile) and value.filename:
            return Upload(value.filename[:200], await value.read())
    return None
