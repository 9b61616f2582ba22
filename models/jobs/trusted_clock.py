"""Trusted clock: the time by which old rows are deleted.

The system clock may jump ahead by mistake, and must not delete what is not old.
A jump and a hub that was stopped look the same. In both cases the trusted clock stands where the hub last was, runs on
at the pace of the hub, and follows the clock once the hub has run for a day without another jump.
"""

import logging

import config
from models.clock import DAY_MS, HOUR_MS, now
from models.database import db
from models.dealer import Dealer
from models.jobs.periodic import PeriodicLock

MAX_GAP_MS = HOUR_MS  # between two calls; the shortest interval of a periodic job is a minute
CONFIRMED_AFTER_MS = DAY_MS
SEEN, TRUSTED, JUMPED = "clock_seen", "clock_trusted", "clock_jumped"  # rows beside those of the periodic jobs
CONSEQUENCE = "If it is right, retention continues after a day of running."

log = logging.getLogger("wth.clock")


def read_trusted_clock() -> int:
    """Return the time (ms) by which rows may be deleted: never later than the clock.

    Call it at least once an hour.
    """
    with db.atomic():
        (seen_at, trusted_at, jumped_at), at = _lock_times(), now()
        gap = at - seen_at
        if gap > MAX_GAP_MS:
            log.warning("Clock is %d h later than when the hub last ran. %s", gap // HOUR_MS, CONSEQUENCE)
            jumped_at = at
        trusted_at = min(at, trusted_at + (gap if 0 <= gap <= MAX_GAP_MS else 0))
        jumped_at = min(at, jumped_at)
        if at - trusted_at <= MAX_GAP_MS or at - jumped_at >= CONFIRMED_AFTER_MS:
            trusted_at = at
        _store({SEEN: at, TRUSTED: trusted_at, JUMPED: jumped_at})
    return trusted_at


def is_clock_trusted() -> bool:
    """Return False while the clock has jumped ahead."""
    return now() - read_trusted_clock() <= MAX_GAP_MS


def _lock_times() -> tuple[int, int, int]:
    """Read the stored times under a lock.

    At first, the hub last ran at the time of its last write.
    """
    first = Dealer.select(Dealer.written_at).order_by(Dealer.written_at.desc()).first()
    seen_at = min(first.written_at, now()) if first else now()
    for name, at in ((SEEN, seen_at), (TRUSTED, seen_at), (JUMPED, 0)):
        PeriodicLock.insert(name=name, done_at=at).on_conflict_ignore().execute()
    query = PeriodicLock.select().where(PeriodicLock.name.in_([SEEN, TRUSTED, JUMPED])).order_by(PeriodicLock.name)
    times = {row.name: row.done_at for row in (query if config.is_sqlite() else query.for_update())}
    return times[SEEN], times[TRUSTED], times[JUMPED]


def _store(times: dict[str, int]) -> None:
    for name, at in times.items():
        PeriodicLock.update(done_at=at).where(PeriodicLock.name == name).execute()
