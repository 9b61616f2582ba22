"""Times every page and operation as the ASGI application sees it, and the memory of the process."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from app import create_app
from bench.growth.fill import EMAIL
from bench.growth.requests import FOLLOWED, Values, list_operations, list_pages
from models.database import connection
from spec.document import BASE_PATH
from tests.dashboard.browser import PASSWORD

ROUNDS = 5
LIMIT_MS = 100
VIEWS, AT_ONCE = 500, 16
SITE = "http://hub.test"
SHOWN = 15


class TimedApp:
    """The hub, with the time of its last response in ms: until the last byte of the body."""

    def __init__(self) -> None:
        self.app, self.last_ms = create_app(), 0.0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        started_at = time.perf_counter()
        await self.app(scope, receive, send)
        self.last_ms = (time.perf_counter() - started_at) * 1000


@dataclass
class Times:
    """The times of one URL in ms; the first is that of a cold cache."""

    url: str
    ms: list[float] = field(default_factory=list)

    @property
    def best(self) -> float:
        """The time without other programs: the machine of a run may be shared."""
        return min(self.ms)

    @property
    def p50(self) -> float:
        return median(self.ms)


def run(_rows: int) -> None:
    """Print the slowest URLs, and the memory."""
    with connection():
        person = Values.find_person()
        values = Values(person)
        pages, operations = list(list_pages(values)), list(list_operations(values))
    asyncio.run(_measure(person.live_key, pages, operations))


@asynccontextmanager
async def open_clients(key: str, app: TimedApp | None = None) -> AsyncIterator[tuple[httpx.AsyncClient, ...]]:
    """A browser of the owner, and a client of the API with the key, of one web application in this process."""
    transport = httpx.ASGITransport(app or TimedApp())
    options: Any = {"transport": transport, "base_url": SITE, "timeout": 120}
    bearer = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(**options) as browser, httpx.AsyncClient(**options, headers=bearer) as client:
        page = await browser.get("/sign-in")
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        fields = {"csrf_token": token, "email": EMAIL, "password": PASSWORD}
        done = await browser.post("/sign-in", data=fields, headers={"Origin": SITE, "Sec-Fetch-Site": "same-origin"})
        assert done.status_code == 303, done.text[:500]
        yield browser, client


async def _measure(key: str, pages: list[str], operations: list[str]) -> None:
    app, before = TimedApp(), _memory_mib()
    async with open_clients(key, app) as (browser, client):
        times = [await _time(browser, app, url) for url in pages]
        for url in operations:
            times += await _time_list(client, app, url)
        _report(times)
        measured = _memory_mib()
        await _view(browser, [url for url in pages if "export" not in url])
    print(
        f"Memory: {before:.0f} MiB at start, {measured:.0f} after the table, {_memory_mib():.0f} after {VIEWS} views."
    )


async def _time(client: httpx.AsyncClient, app: TimedApp, url: str) -> Times:
    times = Times(url)
    for _ in range(ROUNDS):
        response = await client.get(url)
        assert response.status_code == 200, (url, response.status_code, response.text[:500])
        times.ms.append(app.last_ms)
    return times


async def _time_list(client: httpx.AsyncClient, app: TimedApp, url: str) -> list[Times]:
    """Time a URL, and some pages after it if it is a list."""
    times = [await _time(client, app, url)]
    for _ in range(FOLLOWED):
        response = await client.get(url)
        cursor = response.json().get("next_cursor") if url.startswith(BASE_PATH) else None
        if cursor is None or not response.json()["data"]:
            break
        base = re.split("[?&]after=", url)[0]
        url = f"{base}{'&' if '?' in base else '?'}after={cursor}"
        times.append(await _time(client, app, url))
    return times


async def _view(browser: httpx.AsyncClient, urls: Iterable[str]) -> None:
    """Open pages, as many at once as a web process has threads."""
    waiting = islice(cycle(urls), VIEWS)

    async def open_next() -> None:
        for url in waiting:
            await browser.get(url)

    await asyncio.gather(*(open_next() for _ in range(AT_ONCE)))


def _report(times: list[Times]) -> None:
    slowest = sorted(times, key=lambda each: each.best, reverse=True)
    over = [each for each in slowest if each.best > LIMIT_MS]
    print(f"{len(times)} URLs, {len(over)} over {LIMIT_MS} ms in the best of {ROUNDS}. The slowest:")
    for each in slowest[: max(SHOWN, len(over))]:
        print(f"  {each.best:7.1f} ms best {each.p50:7.1f} ms p50 {max(each.ms):7.1f} ms max  {each.url[:110]}")
    print(f"Median of all {median(each.p50 for each in times):.1f} ms.", flush=True)


def _memory_mib() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
