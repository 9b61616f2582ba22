"""Background jobs that a user starts: imports, bulk retries, sandbox resets.

At most MAX_RUNNING run at once, and one of each dealer. The others are queued.
"""

import base64
import zlib
from typing import Any, Self, cast

import peewee

from errors import NotFound, Refusal
from models.base import JsonText, Row, new_id
from models.clock import DAY_MS, MINUTE_MS, now
from models.database import db
from models.dealer import Dealer

DRAFT, RUNNING, DONE = "draft", "running", "done"
IMPORT, RETRIES, SANDBOX_RESET = "import", "retries", "sandbox_reset"
STALLED_AFTER_MS = 30_000
# Workers of earlier builds save nothing before their first rows, and run the job meanwhile.
UNMARKED_STALLED_AFTER_MS = 2 * MINUTE_MS
MAX_RUNNING = 2
MAX_RUNS = 5  # of a job that is interrupted again and again
RETENTION_MS = 7 * DAY_MS
MAX_DRAFTS = 5  # per dealer, because a draft may hold a file of 16 MiB


class BackgroundJob(Row):
    """A background job of one dealer, with its progress.

    A draft waits for the user's confirmation. `done` and `total` count rows or deliveries; `outcome` depends on the
    kind, and its `runs` counts how often the job was begun: a started job with 0 is queued.
    `content` is the uploaded file, compressed with zlib and encoded in base85.
    """

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
        """Create a draft.

        Delete the dealer's jobs older than a week, and all but the newest five drafts. Raises `too_many_requests`.
        """
        at = now()
        stored = None if content is None else base64.b85encode(zlib.compress(content, 6)).decode()
        cls.delete().where(cls.dealer == dealer, cls.created_at < at - RETENTION_MS).execute()
        with db.atomic():
            dealer.count_written(len(content or b""))
            draft = cls.create(
                id=new_id("err"),
                dealer=dealer,
                is_test=is_test,
                kind=kind,
                name=name,
                content=stored,
                options=options or {},
                state=DRAFT,
                done=0,
                total=total,
                outcome={},
                created_at=at,
                updated_at=at,
            )
        cls._delete_old_drafts(dealer)
        return draft

    @classmethod
    def _delete_old_drafts(cls, dealer: Dealer) -> None:
        is_draft = (cls.dealer == dealer) & (cls.state == DRAFT)
        newest = cls.select(cls.id).where(is_draft).order_by(cls.created_at.desc(), cls.id).limit(MAX_DRAFTS)
        cls.delete().where(is_draft, cls.id.not_in(newest)).execute()

    @classmethod
    def find(cls, dealer: Dealer, kind: str, job_id: str) -> Self:
        """Return one of the dealer's jobs.

        Raises `import_not_found` or `retries_not_found`.
        """
        query = cls.select(*cls.columns_without_file())
        job = query.where(cls.dealer == dealer, cls.kind == kind, cls.id == job_id).first()
        if job is None:
            raise NotFound(kind)
        return cast("Self", job)

    @classmethod
    def find_file(cls, dealer_id: str, job_id: str) -> bytes:
        """Return the uploaded file of a dealer's unfinished job.

        Raises `import_not_found`.
        """
        has_file = (cls.kind == IMPORT) & cls.content.is_null(False)
        job = cls.get_or_none(cls.dealer == dealer_id, cls.id == job_id, has_file)
        if job is None:
            raise NotFound(IMPORT)
        return job.file

    @classmethod
    def columns_without_file(cls) -> list[peewee.Field]:
        """Return the columns for readers that do not need the file of up to 16 MiB."""
        return [column for column in cls._meta.sorted_fields if column.name != "content"]

    @property
    def file(self) -> bytes:
        """The uploaded file."""
        return zlib.decompress(base64.b85decode(self.content or ""))

    @property
    def is_queued(self) -> bool:
        """True if the job has been started and waits for its turn."""
        return self.state == RUNNING and self.outcome == {"runs": 0}

    @property
    def is_stalled(self) -> bool:
        """True if a running job has not reported progress for 30 seconds.

        Its process has probably died. Another one continues the job within a minute. A job without `runs` may be run
        by a worker of an earlier build, and has two minutes until its first progress.
        """
        stalled_after_ms = STALLED_AFTER_MS if self.outcome else UNMARKED_STALLED_AFTER_MS
        return self.state == RUNNING and not self.is_queued and self.updated_at < now() - stalled_after_ms

    @property
    def is_abandoned(self) -> bool:
        """True if the job was interrupted too often to be continued."""
        return self.is_stalled and bool(self.outcome) and int(self.outcome.get("runs", MAX_RUNS)) >= MAX_RUNS

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100

    def start(self, total: int, options: dict[str, Any]) -> None:
        """Turn the draft into a running job, in one statement.

        Raises `job_already_started` for a job that is not a draft: a second click must not do the work twice.
        """
        changes = {"state": RUNNING, "total": total, "options": options, "outcome": {"runs": 0}, "updated_at": now()}
        query = BackgroundJob.update(changes).where(BackgroundJob.id == self.id, BackgroundJob.state == DRAFT)
        if not query.execute():
            raise Refusal("job_already_started", "This job has already started. Its page shows the progress.")
        for name, value in changes.items():
            setattr(self, name, value)

    def record_progress(self, done: int, outcome: dict[str, Any]) -> None:
        """Save the number of rows done and the outcome so far.

        In the transaction that writes the rows, it makes sure that none is written twice. Raises JobTakenOver.
        """
        self._save_progress(done, outcome, {})

    def finish(self, outcome: dict[str, Any]) -> None:
        """Mark the job as done and delete its file. Raises JobTakenOver."""
        self._save_progress(self.done, outcome, {"state": DONE, "content": None})

    def _save_progress(self, done: int, outcome: dict[str, Any], changes: dict[str, Any]) -> None:
        changes |= {"done": done, "outcome": {**outcome, "runs": self.outcome["runs"]}, "updated_at": now()}
        is_current = (BackgroundJob.done == self.done) & (BackgroundJob.state == RUNNING)
        if not BackgroundJob.update(changes).where(BackgroundJob.id == self.id, is_current).execute():
            raise JobTakenOver(self.id)
        for name, value in changes.items():
            setattr(self, name, value)


class JobTakenOver(Exception):  # noqa: N818 - nothing is wrong: another worker continues the job
    """Another worker has continued the job, because this one reported no progress."""
