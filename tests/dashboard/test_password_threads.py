"""Forms that hash a password take turns on few threads, and nobody else waits for them."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from threading import Event

import pytest

from models.thread_pool import MAX_WAITING_PASSWORDS, PASSWORD_THREADS, PASSWORDS
from tests.client import Client
from tests.dashboard.browser import Browser
from tests.dashboard.conftest import OWNER
from tests.hub import Server

pytestmark = pytest.mark.usefixtures("accounts")
WAIT_SECONDS = 20


@pytest.fixture
def busy() -> Iterator[Event]:
    """All threads for passwords are busy with other clients until the event is set."""
    released = Event()
    for number in range(PASSWORD_THREADS):
        PASSWORDS.submit(lambda: released.wait(WAIT_SECONDS), f"busy {number}")
    yield released
    released.set()


def test_sign_ins_that_wait_hold_no_thread_of_others(server: Server, owner: Browser, api: Client, busy: Event) -> None:
    visitors = [Browser(server.site) for _ in range(MAX_WAITING_PASSWORDS + 2)]
    for visitor in visitors:
        visitor.get("/sign-in")
    with ThreadPoolExecutor(len(visitors)) as threads:
        sign_ins = [threads.submit(visitor.sign_in, OWNER, allow_redirects=False) for visitor in visitors]
        rejected = [done.result() for done in islice(as_completed(sign_ins), 2)]
        assert all("Repeat the request in a few seconds." in response.text for response in rejected)
        assert owner.get("/inventory").status_code == 200
        assert api.get("/me").status_code == 200
        busy.set()
        statuses = Counter(sign_in.result().status_code for sign_in in sign_ins)
    assert statuses == {303: MAX_WAITING_PASSWORDS, 503: 2}


def test_strangers_with_many_addresses_do_not_delay_a_known_browser(owner: Browser, busy: Event) -> None:
    owner.post("/sign-out")
    assert owner.sign_in(OWNER, allow_redirects=False).status_code == 303
    assert not busy.is_set()
