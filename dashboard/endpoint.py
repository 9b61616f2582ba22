"""Wraps page functions: session, CSRF check, role check, error pages."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from dashboard import cookie
from dashboard.form_parsing import FormData, check_content_type, parse_form
from dashboard.kept_form import KeptForm, can_be_kept, is_own_form
from dashboard.recovery import ask_to_sign_in, ask_to_submit_again, lead_to_current_state
from dashboard.request import EnqueueJob, PageRequest, WakeWorker
from dashboard.request_body import MAX_ANONYMOUS_BYTES, MAX_UPLOAD_BYTES, check_length, read_body, upload_slot
from errors import NotFound, Refusal
from models.accounts.session import Session
from models.accounts.submitted_form import SubmittedBefore, SubmittedForm
from models.thread_pool import run_for_visitor, run_hashing, run_in_thread, run_lookup
from telemetry import log_context

PageFunction = Callable[[PageRequest], Response]
RunPage = Callable[[Callable[[], Response]], Awaitable[Response]]
Access = Literal["anyone", "staff", "owner"]

SENT_TWICE = "This form was sent twice. It was saved once."
EXPIRED_FORM = "This form has expired. Go back, reload the page and submit it again."

log = logging.getLogger("wth.dashboard")


@dataclass(frozen=True)
class PageLimits:
    """Limits of one route: the size of its form, and the threads that it runs on."""

    body_bytes: int
    hashes_password: bool
    is_heavy: bool


def wrap_page(
    page: PageFunction, access: Access, limits: PageLimits, wake_worker: WakeWorker, enqueue_job: EnqueueJob
) -> Callable[[Request], Awaitable[Response]]:
    """Return a Starlette endpoint that runs the page function.

    Session and role are checked first, on threads that no page can occupy. A form is read only then, within its
    limits, and parsed in the thread that runs the function, one of the dealer's share.
    """

    async def endpoint(http_request: Request) -> Response:
        token = cookie.read(http_request.cookies.get(cookie.NAME))
        request = PageRequest(
            http_request, wake_worker, enqueue_job, token or cookie.new_token(), sets_cookie=token is None
        )
        return await _respond(request, _serve(request, page, access, limits))

    return endpoint


async def show_not_found(http_request: Request, error: Exception) -> Response:
    """Show an error page for an unknown route (404) or a wrong method (405).

    This is the application's exception handler for both.
    """
    status = error.status_code if isinstance(error, HTTPException) else 404
    token = cookie.read(http_request.cookies.get(cookie.NAME)) or cookie.new_token()
    request = PageRequest(http_request, lambda _: None, lambda _: None, token)
    page = run_for_visitor(lambda: _show_not_found(request, status), address=request.client_address)
    return await _respond(request, page)


async def _respond(request: PageRequest, response: Awaitable[Response]) -> Response:
    """Await the response, and turn a failure into an error page.

    The error page needs no database, and so no session.
    """
    try:
        return await response
    except Refusal as refusal:  # only `service_unavailable` gets here
        status, message = 503, refusal.message
    except HTTPException as error:
        status, message = error.status_code, error.detail
    except ClientDisconnect:
        log.info("The browser left before it had sent the form: %s", _route_path(request.http_request))
        return Response(status_code=400)  # nobody receives it
    except Exception:
        path = _route_path(request.http_request)
        log.exception("Unhandled exception while serving a page: %s %s", request.http_request.method, path)
        status, message = 500, "The error is on our side and has been logged. Try again in a minute."
    request.session = None
    return _render_error(request, status, message)


async def _serve(request: PageRequest, page: PageFunction, access: Access, limits: PageLimits) -> Response:
    await run_lookup(lambda: _find_session(request))
    run = _choose_threads(request, limits)
    if rejection := _find_rejection(request, access):
        if request.session is not None or not is_own_form(request.http_request):
            return await run(rejection)
        if not can_be_kept(request.http_request, MAX_ANONYMOUS_BYTES):
            return await run(lambda: request.redirect("/sign-in?expired=1"))
        limits = replace(limits, body_bytes=MAX_ANONYMOUS_BYTES)
    if request.http_request.method != "POST":
        return await run(lambda: _run_page(request, page))
    return await _serve_form(request, page, access, limits)


async def _serve_form(request: PageRequest, page: PageFunction, access: Access, limits: PageLimits) -> Response:
    content_type = request.http_request.headers.get("content-type", "")
    check_content_type(content_type)
    check_length(request.http_request, limits.body_bytes)
    async with AsyncExitStack() as stack:
        if limits.body_bytes == MAX_UPLOAD_BYTES:
            await stack.enter_async_context(upload_slot(request.user.dealer.id))
        body = await stack.enter_async_context(read_body(request.http_request, limits.body_bytes))
        run = _choose_threads(request, limits)
        return await run(lambda: _submit(request, page, access, parse_form(content_type, body)))


def _choose_threads(request: PageRequest, limits: PageLimits) -> RunPage:
    """The threads for the page. Visitors have a share by their network address."""
    if limits.hashes_password and request.http_request.method == "POST":
        is_known = cookie.is_known_browser(request.http_request.cookies)
        return partial(run_hashing, address=request.client_address, is_known=is_known)
    if request.session is None:
        return partial(run_for_visitor, address=request.client_address)
    return partial(run_in_thread, dealer_id=request.user.dealer.id, is_heavy=limits.is_heavy)


def _find_session(request: PageRequest) -> None:
    request.session = Session.find_by_token(request.token)
    if request.session is not None:
        log_context.bind(dealer=request.user.dealer.id, user=request.user.id)


def _find_rejection(request: PageRequest, access: Access) -> Callable[[], Response] | None:
    """Find the response to a request that must not reach the page.

    It is None for any other request. Rendering it needs the database.
    """
    if access != "anyone" and request.session is None:
        return lambda: request.redirect(_sign_in_path(request))
    if access == "owner" and not request.is_owner:
        return lambda: _render_error(request, 403, "Only owners can do this. Ask an owner of your account.")
    if request.http_request.method == "POST" and _is_cross_site(request.http_request):
        return lambda: _render_error(request, 403, EXPIRED_FORM)
    return None


def _submit(request: PageRequest, page: PageFunction, access: Access, form: FormData) -> Response:
    """Run the page, if the user is still signed in and has the role.

    Both may have changed while the form was read.
    """
    _find_session(request)
    kept = KeptForm.of(request.path, form.fields)
    if rejection := _find_rejection(request, access):
        is_kept = request.session is None and is_own_form(request.http_request)
        return ask_to_sign_in(request, kept) if is_kept else rejection()
    request.form_data, request.file = form.fields, form.file
    if cookie.is_csrf_token(request.token, request.value("csrf_token")):
        return _run_page(request, page)
    if not is_own_form(request.http_request):
        return _render_error(request, 403, EXPIRED_FORM)
    if access == "anyone":
        return request.redirect(f"{request.path}?expired=1" if request.path != "/sign-out" else "/")
    return ask_to_submit_again(request, kept)


def _run_page(request: PageRequest, page: PageFunction) -> Response:
    """Run the page.

    A form that fails because it has succeeded before leads to its result.
    """
    try:
        response = _call_page(request, page)
        if response.status_code >= 400 and request.session is not None:
            SubmittedForm.reject_repetition(request.dealer, request.value("form_token"))
    except SubmittedBefore as form:
        return request.redirect(form.path, SENT_TWICE)
    return response


def _call_page(request: PageRequest, page: PageFunction) -> Response:
    try:
        return page(request)
    except Refusal as refusal:
        if refusal.code == "service_unavailable":
            raise
        if request.session is not None and is_own_form(request.http_request):
            return lead_to_current_state(request, refusal)
        return _render_error(request, 404 if isinstance(refusal, NotFound) else 409, refusal.message)


def _is_cross_site(http_request: Request) -> bool:
    """Return True if, by its own account, the browser was on another site.

    This reads the Fetch Metadata header and saves reading the body. The CSRF token in the form still decides, also for
    browsers without that header.
    """
    return http_request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def _show_not_found(request: PageRequest, status: int) -> Response:
    _find_session(request)
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
    return f"/sign-in?next={quote(f'{request.path}?{request.query}' if request.query else request.path)}"
