"""One request of one person: who they are, what they sent, and the ways to answer."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

import config
from dashboard import cookie, rendering
from dashboard.redirects import page_of
from models.accounts.audit import AuditEntry
from models.accounts.integration import Integration
from models.accounts.session import Session
from models.accounts.user import User
from models.dealer import Actor, Dealer
from models.delivery.notice import Notice

WakeWorker = Callable[[str], None]
EnqueueJob = Callable[[str], None]


@dataclass
class UploadedFile:
    """A file that came with a form."""

    name: str
    content: bytes


@dataclass
class AuditedChange:
    """`subject_id` may be set inside, when what is made has its id."""

    subject_id: str | None


@dataclass
class PageRequest:
    """`token` names the browser; `session` is None while nobody is signed in. `sent` holds a form's fields."""

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
        """None for dealers whose plan has none."""
        found: Integration | None = Integration.get_or_none(Integration.dealer == self.dealer)
        return found if self.dealer.plan.has_custom_integration else None

    @cached_property
    def is_test(self) -> bool:
        """Which side is shown: the person's last choice, at first the sandbox while test mode is on."""
        if self.integration is None:
            return False
        chosen: bool | None = self.user.views_test
        return self.integration.is_test_mode if chosen is None else chosen

    @property
    def is_owner(self) -> bool:
        return bool(self.user.role == "owner")

    @cached_property
    def actor(self) -> Actor:
        return Actor(self.dealer, self.is_test, "dashboard")

    @property
    def path(self) -> str:
        return self.http_request.url.path

    @property
    def row_id(self) -> str:
        """The `{id}` of the address."""
        row_id: str = self.http_request.path_params["id"]
        return row_id.replace("\0", "")

    def value(self, name: str) -> str:
        """One field of the form, or what stands in the query of a GET; without NUL, which PostgreSQL does not take."""
        if self.http_request.method == "POST":
            return (self.form_data.get(name) or [""])[0].replace("\0", "")
        return self.http_request.query_params.get(name, "").replace("\0", "")

    def values(self, name: str) -> list[str]:
        return [value.replace("\0", "") for value in self.form_data.get(name, [])]

    @property
    def page(self) -> int:
        text = self.http_request.query_params.get("page", "1")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1

    def url_with(self, **changes: Any) -> str:
        """This page's address with other parameters; None or an empty text leaves one out."""
        query = {name: value for name, value in self.http_request.query_params.items() if name != "page"}
        query.update(changes)
        text = urlencode({name: value for name, value in query.items() if value not in (None, "")})
        return f"{self.path}?{text}" if text else self.path

    @contextmanager
    def audited_change(self, action: str, subject_id: str | None, summary: str) -> Iterator["AuditedChange"]:
        """What is done inside and its line in the audit log, both or neither; the worker is woken after."""
        change = AuditedChange(subject_id)
        with self.dealer.locked():
            yield change
            AuditEntry.record(self.actor, self.user.email, action, change.subject_id, summary)
        self.wake_worker(self.dealer.id)

    def render(self, template: str, *, status: int = 200, **context: Any) -> Response:
        whole = {**self._frame(), **context}
        return self._signed(HTMLResponse(rendering.render(template, whole), status))

    def redirect(self, path: str, notice: str | None = None) -> Response:
        """The answer to a form: a GET of a page, which shows the notice once."""
        if notice is not None and self.session is not None:
            self.session.leave_notice(notice)
        return self._signed(RedirectResponse(path, 303))

    def _signed(self, response: Response) -> Response:
        if self.sets_cookie:
            cookie.write(response, self.token)
        return response

    def _frame(self) -> dict[str, Any]:
        """What the layout needs on every page."""
        frame = {"request": self, "form_token": cookie.csrf_token(self.token), "docs_url": f"{config.PUBLIC_URL}/docs"}
        if self.session is None:
            return {**frame, "notice": None, "warnings": []}
        warnings = list(Notice.open_for(self.dealer).limit(5))
        return {**frame, "notice": self.session.take_notice(), "warnings": warnings, "page": page_of(self.http_request)}
