"""The arq worker: one job per delivery. It logs no lines about jobs, as the hub logs none.

`DATABASE=copy.db SYNCHRONOUS=NORMAL REDIS_PORT=6390 python -m bench.peers.fastapi_arq.worker`
"""

import os
import socket
from typing import Any, ClassVar

import aiohttp
from aiohttp.resolver import ThreadedResolver
from arq import Retry, run_worker
from arq.connections import RedisSettings
from sqlalchemy import select

from bench.peers.fastapi_arq.database import ReadSession, WriteSession, attempt, delivery, endpoint, event_row
from bench.peers.outgoing import PREVIEW_CHARACTERS, BlockedTarget, check_address, signed_headers
from bench.peers.values import now

FIND = (
    select(delivery.id, delivery.attempts, delivery.event_id, delivery.event_type)
    .add_columns(endpoint.url, endpoint.secret, event_row.body)
    .join(endpoint, endpoint.id == delivery.endpoint_id)
    .join(event_row, event_row.id == delivery.event_id)
    .where(endpoint.is_enabled, delivery.completed_at.is_(None))
)


class GuardedResolver(ThreadedResolver):
    """Resolves host names, and rejects those with an address that is not public."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AddressFamily.AF_INET
    ) -> Any:
        records = await super().resolve(host, port, family)
        for record in records:
            check_address(record["host"])
        return records


async def deliver(ctx: dict[str, Any], delivery_id: str) -> None:
    with ReadSession() as session:
        row = session.execute(FIND.where(delivery.id == delivery_id)).first()
    if row is None:
        return
    number, started_at = row.attempts + 1, now()
    ids = {"delivery_id": row.id, "event_id": row.event_id, "event_type": row.event_type}
    headers = signed_headers(**ids, number=number, secret=row.secret, body=row.body)
    result = await send(ctx["http"], row.url, row.body, headers)
    log_attempt(row, number, started_at, headers, result)
    if result["error"] or not 200 <= result["status"] < 300:
        raise Retry(defer=5 * 2**number)


async def send(http: aiohttp.ClientSession, url: str, body: str, headers: dict[str, str]) -> dict[str, Any]:
    """POST the body, and return the columns of the attempt."""
    try:
        if host := _literal_address(url):  # aiohttp resolves names only
            check_address(host)
        async with http.post(url, data=body.encode(), headers=headers, allow_redirects=False) as response:
            preview = (await response.text())[:PREVIEW_CHARACTERS]
            columns = {"response_headers": dict(response.headers), "response_preview": preview}
            return {"status": response.status, "error": None, **columns}
    except (aiohttp.ClientError, TimeoutError, BlockedTarget) as error:
        return {"status": None, "error": type(error).__name__}


def _literal_address(url: str) -> str | None:
    host = aiohttp.client.URL(url).host
    return host if host and host.replace(".", "").isdigit() else None


def log_attempt(row: Any, number: int, started_at: int, headers: dict[str, str], result: dict[str, Any]) -> None:
    is_success = result["error"] is None and 200 <= result["status"] < 300
    times = {"started_at": started_at, "finished_at": now()}
    with WriteSession.begin() as session:
        columns = {"delivery_id": row.id, "number": number, "trigger": "automatic", "url": row.url}
        session.add(attempt(**columns, request_headers=headers, **times, **result))
        changed = session.get(delivery, row.id)
        changed.state = "succeeded" if is_success else "pending"
        changed.attempts = changed.step = number
        changed.last_status, changed.last_error = result["status"], result["error"]
        changed.completed_at = times["finished_at"] if is_success else None


async def start(ctx: dict[str, Any]) -> None:
    connector = aiohttp.TCPConnector(limit_per_host=10, resolver=GuardedResolver())
    ctx["http"] = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=15, connect=5))


async def stop(ctx: dict[str, Any]) -> None:
    await ctx["http"].close()


class WorkerSettings:
    """arq's settings."""

    functions: ClassVar = [deliver]
    on_startup = start
    on_shutdown = stop
    redis_settings = RedisSettings(port=int(os.environ["REDIS_PORT"]))
    max_jobs = 32
    keep_result = 0
    poll_delay = 0.05


if __name__ == "__main__":
    run_worker(WorkerSettings)
