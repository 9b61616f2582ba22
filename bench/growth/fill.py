"""Fills a hub: one dealer with most rows, hundreds of others with the rest.

The rows are as large as those of real orders: bodies, headers and timings are those that the hub writes.
"""

import time
from dataclasses import dataclass

import orjson

from bench.growth.bulk_tables import fast_writes, numbers, random_id, run_plain
from models.accounts.integration import Integration
from models.clock import DAY_MS, now
from models.database import connection, db
from models.dealer import Dealer
from models.onboarding import create_dealer
from models.request_log.request_batch import ID_BITS
from models.schema import migrate
from tests.cast import Person, create_person
from tests.dashboard.browser import PASSWORD

EMAIL = "full@watches.example"
OTHER_DEALERS = 300
OWN_SHARE = 0.8
WATCHES, ORDERS = 250, 3_000
EVENTS_OF_A_RESOURCE = 40
SPAN_MS = 60 * DAY_MS
EXPIRED_SHARE = 0.01
EXPIRED_MS = 100 * DAY_MS
FAILED_EVERY = 97
BATCH = 250_000
RECORDED = 100  # sequences of the events that the hub itself has recorded, and more

BODY = orjson.dumps(
    {
        "object": "event",
        "data": {
            "object": "order",
            "status": "received",
            "note": "Gift wrap. " * 60,
            "items": [{"brand": "Omega"}] * 4,
        },
    }
).decode()
HEADERS = orjson.dumps(
    {
        "Content-Type": "application/json",
        "User-Agent": "WatchTraderHub-Webhooks/1.0 (+https://hub.example/docs/webhooks)",
        "webhook-id": "evt_0123456789abcdef01234567",
        "webhook-signature": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
        "WTH-Signature": f"t=1780000000,v1={'0' * 64}",
    }
).decode()
TIMINGS = '{"dns_ms": 1.2, "connect_ms": 8.1, "tls_ms": 15.3, "first_byte_ms": 31.0, "total_ms": 33.2}'

TYPES = ("listing.updated", "listing.published", "listing.sold", "order.received", "order.fulfilled")
TYPE = (
    f"CASE n % 50 {' '.join(f'WHEN {at} THEN {name!r}' for at, name in enumerate(TYPES[1:], 1))} ELSE {TYPES[0]!r} END"
)
ORIGIN = "CASE WHEN n % 5000 = 0 THEN 'import' WHEN n % 3 = 0 THEN 'dashboard' ELSE 'api' END"
FAILED = f"n % {FAILED_EVERY} = 0"
REQUESTS = 100  # of a batch of the API request log
REQUEST = (
    0, "req_" + "0" * 32, "GET", "/api/v1/listings/inv_full7", "getListing", 200, 1.25, None, False, "wth_fullkey1",
    "192.0.2.9", None, None,
)  # fmt: skip
EVENTS = f"""
INSERT INTO event (id, dealer_id, is_test, sequence, type, resource_id, origin, body, created_at)
{{numbers}} SELECT {{event_id}}, '{{dealer}}', FALSE, {{sequence}}, {TYPE}, {{resource_id}}, {ORIGIN}, '{{body}}',
 {{at}} FROM number
"""
DELIVERIES = f"""
INSERT INTO delivery (id, dealer_id, endpoint_id, event_id, event_type, resource_id, is_test, sequence, state, due_at,
  generation, trigger, step, attempts, is_passed, signs_newest_only, claimed_at, last_status, created_at, completed_at)
{{numbers}} SELECT {{delivery_id}}, '{{dealer}}', CASE WHEN n % 1000 = 0 THEN '{{rare}}' ELSE '{{usual}}' END,
 {{event_id}}, {TYPE}, {{resource_id}}, n % 2000 = 0, {{sequence}},
 CASE WHEN {FAILED} THEN 'failed' ELSE 'succeeded' END, {{at}}, 2, 'automatic', 1, 1, FALSE, FALSE, {{at}},
 CASE WHEN {FAILED} THEN 500 ELSE 200 END, {{at}}, {{at}} + 40 FROM number
"""
ATTEMPTS = f"""
INSERT INTO attempt (delivery_id, number, trigger, started_at, finished_at, status, address, timings, url,
  request_headers, response_headers, response_preview)
{{numbers}} SELECT {{delivery_id}}, 1, 'automatic', {{at}}, {{at}} + 40, CASE WHEN {FAILED} THEN 500 ELSE 200 END,
 '192.0.2.7', '{{timings}}', 'https://shop.example/hooks', '{{headers}}', '{{{{"content-length": "2"}}}}', 'ok'
FROM number
"""
COPIES = {
    "customer": """
INSERT INTO customer (id, dealer_id, is_test, email, email_folded, first_name, last_name, metadata, created_at,
  updated_at, search_text) {numbers} SELECT 'cus_full' || n, '{dealer}', FALSE, 'buyer' || n || '@mail.example',
 'buyer' || n || '@mail.example', 'Buyer', 'Number' || n, '{{}}', {at}, {at}, 'buyer number' || n FROM number
""",
    "sales_order": """
INSERT INTO sales_order (id, dealer_id, is_test, external_id, external_id_normalized, status, origin, customer_id,
  total_cents, metadata, created_at, updated_at, search_text) {numbers} SELECT 'ord_full' || n, '{dealer}', FALSE,
 'shop-' || n, 'shop-' || n, CASE n % 10 WHEN 0 THEN 'received' ELSE 'fulfilled' END, 'api', 'cus_full' || n, 625050,
 '{{}}', {at}, {at}, 'shop-' || n FROM number
""",
    "order_item": f"""
INSERT INTO order_item (order_id, position, listing_id, brand, model, reference, price_cents, search_text)
{{numbers}} SELECT 'ord_full' || n, 0, 'inv_full' || (n % {WATCHES}), 'Omega', 'Speedmaster', '310.30', 625050,
 'omega speedmaster' FROM number
""",
    "api_request_batch": f"""
INSERT INTO api_request_batch (id, dealer_id, is_test, first_at, last_at, is_error, request_count, size, requests)
{{numbers}} SELECT ({{at}} << {ID_BITS}) + n, '{{dealer}}', FALSE, {{at}}, {{at}}, FALSE, {REQUESTS}, {REQUESTS * 250},
 '{orjson.dumps([REQUEST] * REQUESTS).decode()}' FROM number
""",
    "audit_entry": f"""
INSERT INTO audit_entry (id, dealer_id, email, action, subject_id, summary, is_test, created_at, search_text)
{{numbers}} SELECT 'aud_full' || n, '{{dealer}}', '{EMAIL}', CASE n % 9 WHEN 0 THEN 'order.fulfilled' ELSE
 'listing.updated' END, 'inv_full' || (n % {WATCHES}), 'Omega', FALSE, {{at}}, 'omega listing' FROM number
""",
}


@dataclass(frozen=True)
class Stretch:
    """Rows `first` to `last` of one dealer; the last one is `newest` (ms) and the others are `spacing` (ms) apart.

    The IDs of resources have the `name`.
    """

    name: str
    person: Person
    usual: str
    rare: str
    first: int
    last: int
    newest: int
    spacing: float

    def write(self) -> None:
        for first in range(self.first, self.last + 1, BATCH):
            with db.atomic():
                for statement in (EVENTS, DELIVERIES, ATTEMPTS):
                    self._execute(statement, first, min(self.last, first + BATCH - 1))

    def _execute(self, statement: str, first: int, last: int) -> None:
        dealer = self.person.dealer.id
        values = {
            "numbers": numbers(str(first), str(last)),
            "dealer": dealer,
            "usual": self.usual,
            "rare": self.rare,
            "event_id": random_id("evt", f"'{dealer}' || n"),
            "delivery_id": random_id("dlv", f"'{dealer}' || n"),
            "resource_id": f"CASE WHEN n % 2 = 0 THEN 'inv_{self.name}' || (n / {EVENTS_OF_A_RESOURCE}) "
            f"ELSE 'ord_{self.name}' || (n / {EVENTS_OF_A_RESOURCE}) END",
            "sequence": f"n + {RECORDED}",
            "body": BODY,
            "headers": HEADERS,
            "timings": TIMINGS,
            "at": f"CAST({self.newest} - ({self.last} - n) * {self.spacing} AS BIGINT)",
        }
        run_plain(statement.format(**values))


def run(rows: int) -> None:
    """Fill the hub of the settings with `rows` attempts, each with its event and delivery."""
    started_at = time.monotonic()
    migrate()
    with connection():
        stretches = _open_dealers(rows)
        with fast_writes():
            for stretch in stretches:
                stretch.write()
    print(f"Filled with {rows:,} attempts in {time.monotonic() - started_at:.0f} s.", flush=True)


def _open_dealers(rows: int) -> list[Stretch]:
    full, _ = create_dealer(name="Full", email=EMAIL, password=PASSWORD, tier="business", country="DE")
    Integration.update(rate_limit=100_000_000).where(Integration.dealer == full).execute()
    owner, own, at = Person(full, "", ""), int(rows * OWN_SHARE), now()
    owner.go_live()
    _add_inventory(owner, at)
    expired = int(own * EXPIRED_SHARE)
    endpoints = _open_endpoints(owner)
    stretches = [
        Stretch("full", owner, *endpoints, 1, expired, at - EXPIRED_MS, 1000.0),
        Stretch("full", owner, *endpoints, expired + 1, own, at, SPAN_MS / own),
    ]
    count = (rows - own) // OTHER_DEALERS
    for number in range(OTHER_DEALERS):
        with db.atomic():
            person = create_person(f"Other {number}")
            stretches.append(
                Stretch(f"other{number}_", person, *_open_endpoints(person), 1, count, at, SPAN_MS / count)
            )
    for stretch in stretches:
        Dealer.update(live_sequence=stretch.last + RECORDED).where(Dealer.id == stretch.person.dealer.id).execute()
    return stretches


def _open_endpoints(person: Person) -> tuple[str, str]:
    usual, rare = (person.endpoint(f"https://198.51.100.1/{path}")[0].id for path in ("usual", "rare"))
    return usual, rare


def _add_inventory(person: Person, at: int) -> None:
    """Insert watches, customers, orders and audit entries of the full dealer, a day's worth every day."""
    template = person.listing(is_test=False).columns()
    names = ("id", "sku", "sku_normalized", "search_text")
    rows = [
        {**template, **dict(zip(names, (f"inv_full{n}", f"SKU-{n}", f"SKU-{n}", f"\nomega\nsku-{n}\n"), strict=True))}
        for n in range(WATCHES)
    ]
    with db.atomic():
        for row in rows:
            columns = ", ".join(row)
            marks = ", ".join(db.param for _ in row)
            values = ["[]" if name in ("complications", "photos") else value for name, value in row.items()]
            db.execute_sql(f"INSERT INTO listing ({_columns(columns)}) VALUES ({marks})", values)
        for statement in COPIES.values():
            text = statement.format(
                numbers=numbers("1", str(ORDERS)), dealer=person.dealer.id, at=f"{at} - ({ORDERS} - n) * 86400"
            )
            run_plain(text)


def _columns(names: str) -> str:
    return names.replace("dealer,", "dealer_id,")
