"""Attacks take minutes: `make attack` runs them, the ordinary suite does not."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from models.accounts.user import User
from tests.attack.arena import Arena
from tests.attack.bystander import open_shop
from tests.cast import Cast
from tests.dashboard.browser import PASSWORD, Browser
from tests.hub import Server
from tests.journeys.processes import WTH, end, wait_until_healthy
from tests.ports import free_port

HERE = Path(__file__).parent
OPEN_FILES = 1024  # the usual limit of a process; the attacker has more
ATTACKER_EMAIL, BYSTANDER_EMAIL = "owner@attacker.example", "owner@bystander.example"
SETTINGS = {
    "WTH_VALIDATE_RESPONSES": "0",
    "WTH_SQLITE_SYNCHRONOUS": "full",
    "WTH_AUTH_FAILURES_PER_MINUTE": "10",
    "WTH_LOG_LEVEL": "error",
}

OpenArena = Callable[..., AbstractContextManager[Arena]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.attack)


@pytest.fixture
def open_arena(cast: Cast, tmp_path: Path) -> OpenArena:
    """Start a hub: `open_arena()` runs `wth serve`; `program` replaces `wth`, `more` are settings.

    Without private webhooks, the hub resolves names when they are saved, and the bystander has no endpoint.
    """

    @contextmanager
    def start_hub(*, program: Path = WTH, has_private_webhooks: bool = True, **more: str) -> Iterator[Arena]:
        settings = {**SETTINGS, "WTH_ALLOW_PRIVATE_WEBHOOKS": str(int(has_private_webhooks)), **more}
        port, log = free_port(), tmp_path / "hub.log"
        for person, email in ((cast.owner, ATTACKER_EMAIL), (cast.stranger, BYSTANDER_EMAIL)):
            User.register(person.dealer, email=email, password=PASSWORD, role="owner")
        with _running("serve", "--port", str(port), program=program, log=log, settings=settings) as process:
            server = wait_until_healthy(process, port)
            browser, other = _sign_in(server, ATTACKER_EMAIL), _sign_in(server, BYSTANDER_EMAIL)
            shop = open_shop(cast.stranger, server, other, has_endpoint=has_private_webhooks)
            yield Arena(server, process.pid, cast.owner, cast.stranger, browser, shop, log)

    return start_hub


@pytest.fixture
def arena(open_arena: OpenArena) -> Iterator[Arena]:
    with open_arena() as opened:
        yield opened


@contextmanager
def _running(*arguments: str, program: Path, log: Path, settings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process with the usual limit of open files. The attacker, this process, gets as many as possible."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    command, environment = [sys.executable, str(program), *arguments], {**os.environ, **settings}
    with log.open("wb") as output:
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, most))
        try:
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        yield process
    finally:
        end(process)


def _sign_in(server: Server, email: str) -> Browser:
    browser = Browser(server.site)
    assert browser.sign_in(email, allow_redirects=False).status_code == 303
    return browser
