"""The checks of a hub: database, migrations, worker, queue, rate limits, disk.

Their sentences are public. They contain no addresses, versions or messages of drivers.
"""

import asyncio
import shutil
import time
from collections.abc import Mapping

import config
from contract.rate_limit_windows import WindowStorage
from models import schema
from models.database import ping_database
from models.delivery.worker_heartbeat import DECIDED_AFTER_SECONDS, LiveWorkers, WorkerHeartbeat
from models.thread_pool import run_lookup
from monitoring.readiness import OK, Readiness, ReadinessCheck
from tasks.queues import huey_queues

MIB = 1024 * 1024
MIN_FREE_BYTES = 100 * MIB

UNCHECKED = "Not checked, because the database is unavailable."
DATABASE = "The database is unavailable. Run `wth check` on the hub's machine: it says why."
MIGRATIONS = "Migrations are pending. Run `wth migrate`."
WORKER = "No worker is running, so no webhooks are sent. Start `wth worker`."
QUEUE = "The queue is unavailable, so webhooks are late. Run `wth check` on the hub's machine: it says why."
RATE_LIMITS = "Rate limits cannot be counted, so API requests get 503. Start the server of WTH_RATE_LIMIT_URL."
DISK = f"The disk of the database has less than {MIN_FREE_BYTES // MIB} MiB left. Free some space."


def create_readiness(storage: WindowStorage) -> Readiness:
    """Create the checks of this process. `storage` is its rate-limit storage."""
    return Readiness(
        [
            ReadinessCheck(_check_database, {"database": DATABASE, "migrations": UNCHECKED}),
            ReadinessCheck(WorkerCheck().run, {"worker": UNCHECKED}),
            ReadinessCheck(_check_queue, {"queue": QUEUE}),
            ReadinessCheck(RateLimitCheck(storage).run, {"rate_limits": RATE_LIMITS}),
            ReadinessCheck(_check_disk, {"disk": DISK}),
        ]
    )


async def _check_database() -> Mapping[str, str]:
    return {"database": OK, "migrations": MIGRATIONS if await run_lookup(_has_pending_migrations) else OK}


def _has_pending_migrations() -> bool:
    ping_database()
    return bool(schema.list_pending())


class WorkerCheck:
    """Finds out whether a worker lives, by counters that rise."""

    def __init__(self) -> None:
        self._workers = LiveWorkers()

    async def run(self) -> Mapping[str, str]:
        await self._observe()
        if self._workers.has_undecided(time.monotonic()):
            await asyncio.sleep(DECIDED_AFTER_SECONDS)
            await self._observe()
        return {"worker": OK if self._workers.count(time.monotonic()) else WORKER}

    async def _observe(self) -> None:
        self._workers.observe(await run_lookup(WorkerHeartbeat.read), time.monotonic())


async def _check_queue() -> Mapping[str, str]:
    await asyncio.to_thread(huey_queues.count_waiting)
    return {"queue": OK}


class RateLimitCheck:
    """Asks the storage of rate limits for a response."""

    def __init__(self, storage: WindowStorage) -> None:
        self._storage = storage

    async def run(self) -> Mapping[str, str]:
        return {"rate_limits": OK if await self._storage.check() else RATE_LIMITS}


async def _check_disk() -> Mapping[str, str]:
    """Check the disk of a SQLite database; PostgreSQL has a disk of its own."""
    return {"disk": DISK if config.is_sqlite() and await asyncio.to_thread(_is_disk_full) else OK}


def _is_disk_full() -> bool:
    folder = config.sqlite_path(config.DATABASE_URL).parent
    return shutil.disk_usage(folder).free < MIN_FREE_BYTES
