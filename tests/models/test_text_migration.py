"""Migrations 9 to 13: fill compared columns and counts of a database of an earlier release."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import peewee
import psycopg
import pytest
from playhouse.migrations import Runner

from models.accounts.audit import AuditEntry
from models.accounts.user import User
from models.compared_text import update_compared_text
from models.customer import Customer
from models.listing import Listing
from models.order import Order
from models.order_item import OrderItem
from models.schema import FOLDER
from tests.conftest import POSTGRES

PREVIOUS_RELEASE = "0008_worker_heartbeats"
MIGRATION = "0009_compared_text"
MODELS: tuple[Any, ...] = (Listing, Customer, Order, OrderItem, AuditEntry)
NFC, NFD = "Herm\u00e8s", "Herme\u0300s"


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Any]:
    """An empty database of the previous release: on PostgreSQL one whose locale folds ASCII only."""
    if not POSTGRES:
        database: Any = peewee.SqliteDatabase(str(tmp_path / "old.db"), lock_type="IMMEDIATE")
    else:
        name = f"wth_test_old_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'")
        database = peewee.PostgresqlDatabase(f"{POSTGRES.rsplit('/', 1)[0]}/{name}", prefer_psycopg3=True)
    Runner(database, str(FOLDER)).up(PREVIOUS_RELEASE)
    yield database
    database.close()
    if POSTGRES:
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def insert(database: Any, table: str, **values: Any) -> None:
    marks = ", ".join([database.param] * len(values))
    database.execute_sql(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))


def fill(database: Any, copies: int = 1) -> None:
    """Insert rows as the previous release wrote them: some are equal in everything but their spelling."""
    times = {"created_at": 1, "updated_at": 1}
    scope = {"dealer_id": "dlr_1", "is_test": False}
    insert(database, "dealer", id="dlr_1", name="A", country="BG", tier="business", created_at=1, written_at=1,
           test_sequence=0, live_sequence=0)  # fmt: skip
    for number in range(copies):
        for spelling, key in ((NFC, f"c{number}"), (NFD, f"d{number}")):
            identity, email = f"{spelling}-{number}", f"{spelling}@shop.example"
            insert(database, "customer", id=f"cus_{key}", **scope, external_id=identity, email=email,
                   email_folded=email.casefold(), first_name="Анна", last_name="Ö", metadata="{}",
                   **times)  # fmt: skip
            insert(database, "listing", id=f"inv_{key}", **scope, is_published=True, status="in_stock", brand=spelling,
                   model="Cape Cod", reference=identity, title=f"{spelling} Cape Cod", sku=identity, complications="[]",
                   asking_price_cents=1, vat_regime="margin", photos="[]", **times)  # fmt: skip
            insert(database, "sales_order", id=f"ord_{key}", **scope, external_id=identity, status="received",
                   origin="api", customer_id=f"cus_{key}", total_cents=1, metadata="{}", **times)  # fmt: skip
            insert(database, "order_item", order_id=f"ord_{key}", position=0, listing_id=f"inv_{key}", brand=spelling,
                   model="Cape Cod", reference=None, price_cents=1)  # fmt: skip
            insert(database, "audit_entry", id=f"aud_{key}", **scope, email="anna@shop.example",
                   action="listing.created", subject_id=None, summary=spelling, created_at=1)  # fmt: skip


def migrated(database: Any) -> list[Any]:
    """Migrate, and return all rows as the current release reads them."""
    Runner(database, str(FOLDER)).up()
    with database.bind_ctx(MODELS):
        return [row for model in MODELS for row in model.select()]


def test_rows_of_the_previous_release_have_the_copies_that_a_write_would_give_them(old: Any) -> None:
    with old.atomic():
        fill(old, copies=101)  # more rows than one transaction fills
    rows = migrated(old)
    assert len(rows) == 202 * len(MODELS)
    assert {row.brand_folded for row in rows if isinstance(row, Listing)} == {"herm\u00e8s"}
    for row in rows:
        before = dict(row.__data__)
        update_compared_text(row)
        assert row.__data__ == before
        assert row.search_text


def test_stored_skus_are_compared_without_decoration(old: Any) -> None:
    fill(old)
    stored = ["A\u200b1", "'A1", '="A1"', "A1", "12.0", "'", "\ufeff Herme\u0300s  1"]
    columns = "dealer_id, is_test, is_published, status, brand, model, title, complications, vat_regime, photos"
    for number, sku in enumerate(stored):
        old.execute_sql(
            f"INSERT INTO listing (id, sku, {columns}, asking_price_cents, created_at, updated_at) SELECT {old.param}, "
            f"{old.param}, {columns}, 1, 1, 1 FROM listing WHERE id = 'inv_c0'",
            (f"inv_s{number}", sku),
        )
    rows = [row for row in migrated(old) if isinstance(row, Listing) and row.sku in stored]
    assert {row.sku: row.sku_normalized for row in rows} == dict(
        zip(stored, ["A1", "A1", "A1", "A1", "12", "'", "Herm\u00e8s 1"], strict=True)
    )
    for row in rows:
        before = dict(row.__data__)
        update_compared_text(row)
        assert row.__data__ == before


def test_watches_of_an_earlier_release_are_counted(old: Any) -> None:
    fill(old, copies=3)
    old.execute_sql("UPDATE listing SET status = 'sold' WHERE id = 'inv_c0'")
    old.execute_sql("UPDATE listing SET is_published = FALSE WHERE id = 'inv_c1'")
    migrated(old)
    [counts] = old.execute_sql("SELECT dealer_id, in_stock, published FROM listing_count").fetchall()
    assert tuple(counts) == ("dlr_1", 5, 4)


def test_attempts_of_an_earlier_release_are_counted(old: Any) -> None:
    fill(old)
    insert(old, "event", id="evt_1", dealer_id="dlr_1", is_test=False, sequence=1, type="listing.sold", origin="api",
           body="{}", created_at=1)  # fmt: skip
    insert(old, "endpoint", id="we_1", dealer_id="dlr_1", url="https://a.example", mode="live", events="[]",
           skips_echoes=False, is_enabled=True, secret="x", slots=1, consecutive_failures=0, warned_percent=0,
           created_at=1)  # fmt: skip
    insert(old, "delivery", id="dlv_1", dealer_id="dlr_1", endpoint_id="we_1", event_id="evt_1",
           event_type="listing.sold", is_test=False, sequence=1, state="pending", due_at=1, generation=1,
           trigger="automatic", step=1, attempts=4, is_passed=False, signs_newest_only=False,
           created_at=1)  # fmt: skip
    hour = 3_600_000
    attempts = [(0, 1, 500, '{"total_ms": 20}'), (1, 2, 200, '{"total_ms": 40}'), (hour, hour + 1, None, None)]
    for number, (started_at, finished_at, status, timings) in enumerate([*attempts, (hour, None, None, None)], 1):
        insert(old, "attempt", delivery_id="dlv_1", number=number, trigger="automatic", started_at=started_at,
               finished_at=finished_at, status=status, timings=timings)  # fmt: skip
    migrated(old)
    columns = "starts_at, succeeded, failed, timed, total_ms, longest_ms"
    rows = old.execute_sql(f"SELECT {columns} FROM attempt_count ORDER BY starts_at").fetchall()
    assert [tuple(row) for row in rows] == [(0, 1, 1, 2, 60.0, 40.0), (hour, 0, 1, 0, 0.0, None)]


def test_email_addresses_of_users_are_normalized_unless_they_are_taken(old: Any) -> None:
    fill(old)
    emails = {"usr_1": "jose\u0301@a.example", "usr_2": "a\u0308@a.example", "usr_3": "\u00e4@a.example"}
    for number, (user_id, email) in enumerate(emails.items()):
        insert(old, "account", id=user_id, dealer_id="dlr_1", email=email, password_hash="x", role="staff",
               created_at=number)  # fmt: skip
    migrated(old)
    with old.bind_ctx([User]):
        found = {user.id: user.email for user in User.select()}
        assert found == {**emails, "usr_1": "jos\u00e9@a.example"}
        for email, user_id in (
            ("JOS\u00c9@a.example", "usr_1"),
            ("\u00c4@a.example", "usr_3"),
            (emails["usr_2"], "usr_2"),
        ):
            user = User.find_by_email(email)
            assert (user and user.id) == user_id


def test_rows_that_become_equal_keep_their_spelling_and_interrupted_migrations_continue(old: Any) -> None:
    fill(old)
    migrated(old)
    runner = Runner(old, str(FOLDER))
    runner.History.delete().where(runner.History.name == MIGRATION).execute()
    old.execute_sql("UPDATE listing SET search_text = NULL, sku_normalized = NULL WHERE id = 'inv_c0'")
    rows = migrated(old)
    for model, name in ((Listing, "sku"), (Customer, "external_id"), (Order, "external_id")):
        both = [row for row in rows if isinstance(row, model)]
        assert {getattr(row, name) for row in both} == {f"{NFC}-0", f"{NFD}-0"}
        assert {getattr(row, f"{name}_normalized") for row in both} == {f"{NFC}-0"}
