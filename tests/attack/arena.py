"""A hub as processes of its own, two dealers, and attacks that are measured by what the bystander notices."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import requests

from tests.attack.bystander import shopping
from tests.attack.result import AttackResult
from tests.cast import Person
from tests.client import Client
from tests.dashboard.browser import Browser
from tests.hub import Server

ATTACKER = "127.0.0.3"
SECONDS = 5.0  # that an attack lasts; its own requests may take a little longer
NICENESS = 10  # attackers have machines of their own: their CPU time must not slow down the hub


class MemoryProbe:
    """Samples the resident memory of a process and keeps the maximum, in MiB."""

    def __init__(self, pid: int) -> None:
        self._statm = Path(f"/proc/{pid}/statm")
        self.first_mib = self.max_mib = self._read_mib()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def finish(self) -> float:
        """Stop and return the growth in MiB."""
        self._stop.set()
        self._thread.join(5)
        return self.max_mib - self.first_mib

    def _sample(self) -> None:
        while not self._stop.wait(0.05):
            self.max_mib = max(self.max_mib, self._read_mib())

    def _read_mib(self) -> float:
        with suppress(OSError):
            return int(self._statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
        return 0.0


@dataclass
class Attack:
    """A running attack. `sent` counts its requests, `statuses` keeps what they got where a test needs it."""

    seconds: float
    sent: int = 0
    result: AttackResult | None = None
    statuses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.deadline = time.monotonic() + self.seconds
        self._lock = threading.Lock()

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.deadline

    def wait(self) -> None:
        """Do nothing until the attack is over."""
        time.sleep(max(0.0, self.deadline - time.monotonic()))

    def repeat(self, work: Callable[[], Any], *, threads: int = 1) -> None:
        """Repeat `work` in threads until the attack is over."""

        def run() -> None:
            while not self.is_over:
                self._run(work)

        self._start([run] * threads)

    def at_once(self, *works: Callable[[], Any]) -> None:
        """Run each of the works once, all at the same time, and wait until the attack is over at most."""
        self._start([partial(self._run, work) for work in works])

    def count(self, requests: int = 1, status: int | None = None) -> None:
        with self._lock:
            self.sent += requests
            if status is not None:
                self.statuses.append(status)

    def _run(self, work: Callable[[], Any]) -> None:
        """Run work of the attacker, who does not care about failed connections."""
        with suppress(OSError, requests.RequestException):
            outcome = work()
            self.count(status=outcome if isinstance(outcome, int) else None)
            return
        self.count()

    def _start(self, works: list[Callable[[], None]]) -> None:
        """Run each in a thread, and wait for all of them, but not longer than the attack lasts."""
        threads = [threading.Thread(target=_run_nicely, args=(work,), daemon=True) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.1, self.deadline - time.monotonic()))


def yield_cpu_time() -> None:
    """Give this thread of the attacker less CPU time than the hub."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _run_nicely(work: Callable[[], None]) -> None:
    yield_cpu_time()
    work()


@dataclass
class Arena:
    """The hub and both dealers. `attacker` has a browser and a client; `shop` is the bystander's."""

    server: Server
    web_pid: int
    attacker: Person
    bystander: Person
    browser: Browser
    shop: dict[str, Any]
    log: Path

    @property
    def port(self) -> int:
        return self.server.port

    @cached_property
    def csrf_token(self) -> str:
        return self.browser.csrf_token()

    def client(self) -> Client:
        """A client of the attacker, with its key and a connection of its own."""
        return Client(self.server.url, self.attacker.test_key)

    def get(self, path: str) -> int:
        """Show a page to the attacker, on a new connection. Returns the status."""
        return self._browser().get(path).status_code

    def post(self, path: str, fields: dict[str, str]) -> requests.Response:
        """Send a form of the attacker on a new connection."""
        return self._browser().post(path, fields, token=self.csrf_token, allow_redirects=False)

    def _read_log(self, start: int) -> str:
        return self.log.read_bytes()[start:].decode()

    def _browser(self) -> Browser:
        browser = Browser(self.server.site)
        browser.session.cookies.update(self.browser.session.cookies)
        return browser

    @contextmanager
    def attack(self, name: str, *, seconds: float = SECONDS, max_delivery_ms: float = 1000) -> Iterator[Attack]:
        """Measure the bystander and the web process during the block; print the result and check it."""
        log_start = self.log.stat().st_size
        with shopping(self.shop) as measured:
            probe = MemoryProbe(self.web_pid)
            attack = Attack(seconds)
            yield attack
            attack.wait()
        result = AttackResult(name, attack.sent, growth_mib=probe.finish(), log=self._read_log(log_start), **measured)
        attack.result = result
        print(result)
        result.check(max_delivery_ms=max_delivery_ms)
