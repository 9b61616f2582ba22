"""Request of a page.

It gives the session, form data, audited changes, and the responses that a page can return.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

import config
from dashboard import cookie, rendering
from dashboard.form_parsing import UploadedFile
from dashboard.redirects import page_of
from models.accounts.audit import AuditEntry
from models.accounts.integration import Integration
from models.accounts.session import Session
from models.accounts.submitted_form import SubmittedForm
from models.accounts.user import User
from models.dealer import Actor, Dealer
from models.delivery.notice import Notice
from telemetry import log_context

WakeWorker = Callable[[str], None]
EnqueueJob = Callable[[str], None]

MAX_SUMMARY_LENGTH = 200


@dataclass
class AuditedChange:
    """Change in progress.

    A page that creates a row sets `subject_id` once the row has its ID, and `path` to the page with the result, where
    a form that is sent twice leads.
    """

    subject_id: str | None
    path: str = "/"


@dataclass
class PageRequest:
    """One request to a page function.

    `token` is the session token in the browser's cookie; `session` is None while nobody is signed in.
    """

    http_request: Request
    wake_worker: WakeWorker
    enqueue_job: EnqueueJob
    token: str
    session: Session | None = None
    form_data: Mapping[str, list[str]] = field(default_factory=dict)
    file: UploadedFile | None = None
    sets_cookie: bool = False

    @property
    def user(self) -> User:
        if self.session is None:
            raise LookupError("Nobody is signed in.")
        user: User = self.session.user
        return user

    @cached_property
    def dealer(self) -> Dealer:
        dealer: Dealer = self.user.dealer
        return dealer

    @cached_property
    def integration(self) -> Integration | None:
        """None for dealers whose plan does not include it."""
        integration: Integration | None = Integration.get_or_none(Integration.dealer == self.dealer)
        return integration if self.dealer.plan.has_custom_integration else None

    @cached_property
    def is_test(self) -> bool:
        """True if the user views the sandbox.

        The last choice of the user counts, by default the integration's mode.
        """
        if self.integration is None:
            return False
        views_test: bool | None = self.user.views_test
        return self.integration.is_test_mode if views_test is None else views_test

    @property
    def mode(self) -> str:
        """The mode in view, `test` or `live`."""
        return "test" if self.is_test else "live"

    @property
    def is_owner(self) -> bool:
        return bool(self.user.role == "owner")

    @cached_property
    def actor(self) -> Actor:
        log_context.bind(mode=self.mode)
        return Actor(self.dealer, self.is_test, "dashboard")

    @property
    def path(self) -> str:
        """The requested path.

        Never read it from `Request.url`, which begins with the client's Host header.
        """
        path: str = self.http_request.scope["path"]
        return path

    @property
    def query(self) -> str:
        """The query string as sent, without characters outside ASCII."""
        query_string: bytes = self.http_request.scope["query_string"]
        return query_string.decode("ascii", "ignore")

    @property
    def client_address(self) -> str:
        """The network address of the browser, "" if it has none."""
        return self.http_request.client.host if self.http_request.client else ""

    @property
    def row_id(self) -> str:
        """The `{id}` of the path."""
        return self.path_value("id")

    def path_value(self, name: str) -> str:
        """A variable part of the path, without NUL.

        PostgreSQL does not accept NUL in text.
        """
        value: str = self.http_request.path_params[name]
        return value.replace("\0", "")

    def value(self, name: str) -> str:
        """A form field, or a query parameter of a GET, without NUL. Empty if missing."""
        if self.http_request.method == "POST":
            return (self.form_data.get(name) or [""])[0].replace("\0", "")
        return self.http_request.query_params.get(name, "").replace("\0", "")

    def values(self, name: str) -> list[str]:
        return [value.replace("\0", "") for value in self.form_data.get(name, [])]

    @property
    def page(self) -> int:
        """The page number of a table, from 1."""
        text = self.http_request.query_params.get("page", "1")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1

    def url_with(self, **changes: Any) -> str:
        """Build this page's URL with changed query parameters.

        None or "" removes a parameter. The page number starts again at 1.
        """
        query = {name: value for name, value in self.http_request.query_params.items() if name != "page"}
        query.update(changes)
        encoded = urlencode({name: value for name, value in query.items() if value not in (None, "")})
        return f"{self.path}?{encoded}" if encoded else self.path

    @contextmanager
    def audited_change(
        self, action: str, subject_id: str | None, summary: str, *, is_test: bool | None = None
    ) -> Iterator[AuditedChange]:
        """Commit the change made inside together with its audit entry.

        Wakes the worker afterwards. `action` is `noun.past_participle`.
        The first 200 characters of `summary` are kept.
        `is_test` is the mode of the changed rows, by default the mode in view. Raises SubmittedBefore if the form has a
        token and was submitted before.
        """
        change = AuditedChange(subject_id)
        actor = self.actor if is_test is None else replace(self.actor, is_test=is_test)
        form_token = self.value("form_token")
        with self.dealer.locked():
            SubmittedForm.reject_repetition(self.dealer, form_token)
            yield change
            SubmittedForm.record(self.dealer, form_token, change.path)
            self.dealer.count_written(self._form_bytes())
            AuditEntry.record(actor, self.user.email, action, change.subject_id, summary[:MAX_SUMMARY_LENGTH])
        self.wake_worker(self.dealer.id)

    def _form_bytes(self) -> int:
        return sum(len(value.encode()) for values in self.form_data.values() for value in values)

    def render(self, template: str, *, status: int = 200, **context: Any) -> Response:
        html = rendering.render(template, {**self._build_layout_context(), **context})
        return self._with_cookie(HTMLResponse(html, status))

    def redirect(self, path: str, notice: str | None = None, *, is_problem: bool = False) -> Response:
        """Respond to a form with a redirect (303). The next page shows the notice once."""
        if notice is not None and self.session is not None:
            self.session.leave_notice(notice, is_problem=is_problem)
        return self._with_cookie(RedirectResponse(path, 303))

    def _with_cookie(self, response: Response) -> Response:
        if self.sets_cookie:
            cookie.write(response, self.token)
        return response

    def _build_layout_context(self) -> dict[str, Any]:
        """The variables that layout.html needs on every page."""
        context = {
            "request": self,
            "csrf_token": cookie.csrf_token(self.token),
            "form_token": SubmittedForm.new_token(),
            "docs_url": f"{config.PUBLIC_URL}/docs",
            "notice": None,
            "warnings": [],
        }
        if self.session is not None:
            context["notice"] = self.session.take_notice()
            context["warnings"] = list(Notice.open_for(self.dealer).limit(5))
            context["current_page"] = self._current_page()
        return context

    def _current_page(self) -> str:
        """Path and query of the page that the user sees.

        After a form was posted, this is the page of the form.
        """
        if self.http_request.method == "POST":
            return page_of(self.http_request.headers.get("Referer", ""))
        return f"{self.path}?{self.query}" if self.query else self.path
