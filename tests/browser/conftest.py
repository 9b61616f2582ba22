"""One Chromium for all browser tests; they skip, saying so, where it or node is missing."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import DESKTOP, EXECUTABLE, launched, sign_in
from tests.browser.stage import EMAIL, PASSWORD, Stage, set_empty_stage, set_stage
from tests.conftest import Receiver, Server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if not EXECUTABLE.exists():
        pytest.skip(f"There is no {EXECUTABLE}: install Debian's chromium to run the browser tests.")
    with launched() as browser:
        yield browser


@pytest.fixture
def tab(chromium: Any, server: Server) -> Iterator[Any]:
    """A fresh browser; the test fails when a page reports an error or asks another host."""
    context = chromium.new_context(viewport=DESKTOP)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console", lambda said: troubles.append(said.text) if said.type == "error" and "422" not in said.text else None
    )
    page.on(
        "request", lambda request: troubles.append(request.url) if not request.url.startswith(server.site) else None
    )
    yield page
    context.close()
    assert not troubles


@pytest.fixture
def stage(receiver: Receiver) -> Stage:
    """A dealer with a busy sandbox."""
    return set_stage(receiver)


@pytest.fixture
def first_day(tab: Any, server: Server) -> Any:
    """The tab of a new dealer's owner, signed in, with nothing set up yet."""
    set_empty_stage()
    sign_in(tab, server.site, EMAIL, PASSWORD)
    return tab


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """axe-core out of its npm package."""
    folder = tmp_path_factory.mktemp("axe")
    npm, tar = shutil.which("npm"), shutil.which("tar")
    if npm is None or tar is None:
        pytest.skip("There is no npm to fetch axe-core with: install node to check accessibility.")
    packed = subprocess.run([npm, "pack", "axe-core@4"], cwd=folder, capture_output=True, text=True, timeout=120)
    if packed.returncode:
        pytest.skip(f"npm could not fetch axe-core: {packed.stderr[-200:]}")
    subprocess.run([tar, "xzf", packed.stdout.strip().splitlines()[-1]], cwd=folder, check=True, timeout=60)
    return folder / "package" / "axe.min.js"
