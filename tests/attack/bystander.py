"""The bystander: a dealer who uses the hub normally, from an address of its own, while somebody attacks it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import config
from models.accounts.integration import Integration
from tests.cast import Person
from tests.dashboard.browser import Browser
from tests.hub import Server
from tests.ports import free_port

ADDRESS = "127.0.0.2"
WATCHES = 40  # enough that a cancelled order has timed out before its watch is ordered again
REPORT_SECONDS = 40


def open_shop(person: Person, server: Server, browser: Browser, *, has_endpoint: bool) -> dict[str, Any]:
    """Create the bystander's watches and perhaps its endpoint. Returns what its program needs to know."""
    Integration.update(rate_limit=100_000).where(Integration.dealer == person.dealer).execute()
    receiver_port = free_port()
    watches = person.listings(WATCHES)
    if has_endpoint:
        person.endpoint(f"http://127.0.0.1:{receiver_port}/hooks")
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.session.cookies)
    return {
        "port": server.port,
        "address": ADDRESS,
        "key": person.test_key,
        "cookie": cookies,
        "watches": [watch.id for watch in watches],
        "has_endpoint": has_endpoint,
        "receiver_port": receiver_port,
        "receiver_seconds": 0.0,
    }


@contextmanager
def shopping(shop: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run the bystander during the block; afterwards the dictionary has its measurement."""
    program = [sys.executable, "-m", "tests.attack.bystander_program", json.dumps(shop)]
    measured: dict[str, Any] = {}
    process = subprocess.Popen(program, cwd=config.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "Ready\n", "the bystander did not start"
        yield measured
        output, _ = process.communicate("stop\n", timeout=REPORT_SECONDS)
        measured.update(json.loads(output))
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait(10)
