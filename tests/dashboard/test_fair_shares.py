"""Pages of one dealer that wait do not hold up those of others."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.cast import Cast
from tests.conftest import Clock
from tests.dashboard.conftest import People
from tests.dashboard.rows import address
from tests.dashboard.test_routes import GETS
from tests.handlers.database_conditions import concurrent_writer, short_lock_timeout

FORM_COUNT = 24
MAX_SECONDS = 1.0


def test_forms_that_wait_for_a_lock_leave_threads_for_other_dealers(people: People, cast: Cast) -> None:
    token, fields = people.owner.csrf_token(), {"email": "a@b.example"}
    with short_lock_timeout(3000), ThreadPoolExecutor(FORM_COUNT) as pool, concurrent_writer(cast.owner.dealer.id):
        forms = [pool.submit(people.owner.post, "/clients/new", fields, token=token) for _ in range(FORM_COUNT)]
        time.sleep(0.3)
        started_at = time.monotonic()
        pages = [people.stranger.get(path) for path in ("/", "/inventory", "/orders")]
        visitor_page = people.nobody.get("/sign-in")
        seconds = time.monotonic() - started_at
        assert not any(form.done() for form in forms)
    assert [response.status_code for response in (*pages, visitor_page)] == [200, 200, 200, 200]
    assert seconds < MAX_SECONDS


def test_busy_database_does_not_delay_the_lookup_of_a_session(people: People, clock: Clock) -> None:
    clock.forward(120)  # the session notes its use once a minute
    with short_lock_timeout(2000), concurrent_writer():
        started_at = time.monotonic()
        assert people.owner.get("/inventory").status_code == 200
        assert time.monotonic() - started_at < MAX_SECONDS


def test_no_page_waits_for_a_writer(people: People, ids: dict[str, str]) -> None:
    token, fields = people.stranger.csrf_token(), {"email": "a@b.example"}
    for path in GETS:
        people.owner.get(address(path, ids))  # what is computed once is computed now
    with short_lock_timeout(9000), ThreadPoolExecutor(1) as pool, concurrent_writer():
        form = pool.submit(people.stranger.post, "/clients/new", fields, token=token)
        time.sleep(0.3)
        statuses = {path: people.owner.get(address(path, ids)).status_code for path in GETS}
        assert not form.done()
    assert set(statuses.values()) == {200}, statuses
