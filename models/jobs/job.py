"""Errands: long work that a person starts from the dashboard and watches, an import or many retries."""

import base64
import zlib
from typing import Any, Self

import peewee

from errors import NotFound, Refusal
from models.base import JsonText, Row, new_id
from models.clock import now
from models.dealer import Dealer

DRAFT, RUNNING, DONE = "draft", "running", "done"
IMPORT, RETRIES = "import", "retries"
STALE_AFTER_MS = 30_000
KEPT_MS = 7 * 24 * 3600 * 1000


class BackgroundJob(Row):
    """A draft waits for a person's yes. One that runs notes its progress; a silent one was cut off."""

    id = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    is_test = peewee.BooleanField()
    kind = peewee.TextField()
    name = peewee.TextField()
    content = peewee.TextField(null=True)
    options = JsonText()
    state = peewee.TextField()
    done = peewee.IntegerField()
    total = peewee.IntegerField()
    outcome = JsonText()
    created_at = peewee.BigIntegerField()
    updated_at = peewee.BigIntegerField()

    class Meta:
        table_name = "errand"  # the released schema's name

    @classmethod
    def create_draft(
        cls,
        dealer: Dealer,
        kind: str,
        *,
        is_test: bool,
        name: str = "",
        content: bytes | None = None,
        options: dict[str, Any] | None = None,
        total: int = 0,
    ) -> Self:
        """Old errands of this dealer go, with the files in them."""
        at = now()
        cls.delete().where(cls.dealer == dealer, cls.created_at < at - KEPT_MS).execute()
        return cls.create(
            id=new_id("err"),
            dealer=dealer,
            is_test=is_test,
            kind=kind,
            name=name,
            content=None if content is None else base64.b85encode(zlib.compress(content, 6)).decode(),
            options=options or {},
            state=DRAFT,
            done=0,
            total=total,
            outcome={},
            created_at=at,
            updated_at=at,
        )

    @classmethod
    def find(cls, dealer: Dealer, kind: str, job_id: str) -> Self:
        job = cls.get_or_none(cls.dealer == dealer, cls.kind == kind, cls.id == job_id)
        if job is None:
            raise NotFound(kind)
        return job

    @property
    def file(self) -> bytes:
        return zlib.decompress(base64.b85decode(self.content or ""))

    @property
    def is_stalled(self) -> bool:
        """Whether the process that ran it has gone."""
        return self.state == RUNNING and self.updated_at < now() - STALE_AFTER_MS

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100

    def start(self, total: int, options: dict[str, Any]) -> None:
        """Raises `job_already_started` when it was begun before: a second click must not do the work twice."""
        begun = BackgroundJob.update(state=RUNNING, total=total, updated_at=now()).where(
            BackgroundJob.id == self.id, BackgroundJob.state == DRAFT
        )
        if not begun.execute():
            raise Refusal("job_already_started", "This has been started already; its progress is on its page.")
        self.options = options
        self.save()
        self.state, self.total = RUNNING, total

    def record_progress(self, done: int, outcome: dict[str, Any]) -> None:
        self.done, self.outcome, self.updated_at = done, outcome, now()
        self.save()

    def finish(self, outcome: dict[str, Any]) -> None:
        """The file is not needed any more."""
        self.state, self.outcome, self.updated_at, self.content = DONE, outcome, now(), None
        self.save()
