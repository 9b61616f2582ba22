"""Delivery log with a million attempts: response time of a page, compared with the page of an empty log."""

import statistics
import time

import requests

from bench.measurement import Measurement
from bench.processes import running, wait_until_ready
from models.clock import now
from models.database import connection, db
from models.dealer import Dealer
from models.listing import Listing
from models.onboarding import create_dealer
from tests.cast import Person, create_person
from tests.dashboard.browser import PASSWORD, Browser
from tests.ports import free_port

OWN_ROWS, OTHER_ROWS, TRANSACTIONS = 1_000_000, 200_000, 20
WATCHES = 250
FAILED_EVERY, EVENTS_OF_A_WATCH = 97, 40
SPACING_MS = 3_000  # a million in five weeks
ROUNDS = 15
EMPTY, FULL = "empty@watches.example", "full@watches.example"

TYPES = ("listing.updated", "listing.published", "listing.sold", "order.received", "order.fulfilled")
TYPE = (
    f"CASE n % 50 {' '.join(f'WHEN {at} THEN {name!r}' for at, name in enumerate(TYPES[1:], 1))} ELSE {TYPES[0]!r} END"
)
NUMBERS = "WITH RECURSIVE number (n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM number WHERE n < {last})"
EVENTS = f"""
INSERT INTO event {NUMBERS} SELECT 'evt_{{name}}' || n, '{{dealer}}', FALSE, n, {TYPE},
 'inv_{{name}}' || (n / {EVENTS_OF_A_WATCH}), 'api', '{{{{}}}}', {{started_at}} + n * {SPACING_MS} FROM number
"""
DELIVERIES = f"""
INSERT INTO delivery {NUMBERS} SELECT 'dlv_{{name}}' || n, '{{dealer}}',
 CASE WHEN n % 1000 = 0 THEN '{{rare}}' ELSE '{{usual}}' END, 'evt_{{name}}' || n, {TYPE},
 'inv_{{name}}' || (n / {EVENTS_OF_A_WATCH}), n % 2000 = 0, n,
 CASE n % {FAILED_EVERY} WHEN 0 THEN 'failed' ELSE 'succeeded' END, at, 1, 'automatic', 1, 1, FALSE, FALSE, at,
 CASE n % {FAILED_EVERY} WHEN 0 THEN 500 ELSE 200 END, NULL, at, at
FROM (SELECT n, {{started_at}} + n * {SPACING_MS} AS at FROM number)
"""
ATTEMPTS = f"""
INSERT INTO attempt {NUMBERS} SELECT 'dlv_{{name}}' || n, 1, 'automatic', at, at + 40,
 CASE n % {FAILED_EVERY} WHEN 0 THEN 500 ELSE 200 END, NULL, NULL, '192.0.2.7', '{{{{}}}}', 'https://shop.example/hooks',
 '{{{{"WTH-Delivery-Attempt": "1"}}}}', '{{{{}}}}', 'ok', NULL
FROM (SELECT n, {{started_at}} + n * {SPACING_MS} AS at FROM number)
"""


def measure() -> Measurement:
    with connection():
        for email in (EMPTY, FULL):
            create_dealer(name=email, email=email, password=PASSWORD, tier="business", country="DE")
        full = Dealer.get(Dealer.name == FULL)
        person = Person(full, "", "")
        endpoints = _fill(person, "own", OWN_ROWS)
        _fill(create_person("Other Watches"), "other", OTHER_ROWS)
    port = free_port()
    with running("cli.py", "web", "--port", str(port)):
        wait_until_ready(f"http://127.0.0.1:{port}/api/v1/health")
        empty_ms = _page_ms(_sign_in(port, EMPTY), "")
        browser = _sign_in(port, FULL)
        times = {name: _page_ms(browser, query) for name, query in _queries(endpoints[1]).items()}
    lines = [f"\n  {name:<38} {ms:6.1f} ms, {ms / empty_ms:4.1f} times the empty log" for name, ms in times.items()]
    return Measurement(
        f"slowest {max(times.values()):.1f} ms in the median; an empty log {empty_ms:.1f} ms{''.join(lines)}"
    )


def _queries(rare_endpoint: str) -> dict[str, str]:
    middle = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(now() / 1000 - OWN_ROWS * SPACING_MS / 2000))
    later = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(now() / 1000 - OWN_ROWS * SPACING_MS / 2000 + 86_400))
    return {
        "no filter": "",
        "state=failed": "state=failed",
        "state=succeeded": "state=succeeded",
        "state=pending (no results)": "state=pending",
        "event type": "event=listing.sold",
        "event type without events": "event=customer.matched",
        "events listing.*": "event=listing.%2A",
        "mode=test": "mode=test",
        "endpoint with few deliveries": f"endpoint={rare_endpoint}",
        "resource id": "resource=inv_own70",
        "event id": "resource=evt_own70",
        "a day in the middle": f"since={middle}&until={later}",
        "failed of that day": f"since={middle}&until={later}&state=failed",
        "three filters without results": f"state=failed&event=listing.sold&endpoint={rare_endpoint}",
        "page 150": "page=150",
        "listing.*, page 150": "event=listing.%2A&page=150",
        "a delivery opened": "open=dlv_own70",
        "search: event id": "q=evt_own70",
        "search: event type": "q=sold",
        "search: status code": "q=500",
        "search: error class without attempts": "q=timeout",
        "search: SKU": "q=SKU-70",
        "search: name of all watches": "q=Speedmaster",
        "search: endpoint with few deliveries": "q=rare",
        "search: watch, event type, status code": "q=Speedmaster+order+500",
        "search without results": "q=patek",
    }


def _fill(person: Person, name: str, count: int) -> tuple[str, str]:
    """Insert `count` deliveries with one attempt each; the second endpoint gets one event in a thousand."""
    usual, rare = (person.endpoint(f"https://198.51.100.1/{path}")[0].id for path in ("usual", "rare"))
    started_at = now() - count * SPACING_MS
    values = {"name": name, "dealer": person.dealer.id, "usual": usual, "rare": rare, "started_at": started_at}
    batch = count // TRANSACTIONS
    for first in range(1, count, batch):
        with db.atomic():
            for statement in (EVENTS, DELIVERIES, ATTEMPTS):
                db.execute_sql(statement.format(**values, first=first, last=first + batch - 1))
    _insert_watches(person, name)
    return usual, rare


def _insert_watches(person: Person, name: str) -> None:
    """Insert the first watches that the deliveries refer to, so that a search finds them."""
    template = person.listing(published=False).columns()
    rows = [{**template, "id": f"inv_{name}{number}", "sku": f"SKU-{number}"} for number in range(WATCHES)]
    Listing.insert_many(rows).execute()


def _sign_in(port: int, email: str) -> Browser:
    browser = Browser(f"http://127.0.0.1:{port}")
    assert browser.sign_in(email, PASSWORD).status_code == 200
    return browser


def _page_ms(browser: Browser, query: str) -> float:
    return statistics.median(_get(browser, query).elapsed.total_seconds() * 1000 for _ in range(ROUNDS + 1))


def _get(browser: Browser, query: str) -> requests.Response:
    response = browser.get(f"/channels/custom/log?{query}")
    assert response.status_code == 200, response.text[:500]
    return response
