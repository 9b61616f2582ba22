"""Initial schema.

Times are milliseconds since 1970 in UTC, money is integer cents, JSON is text.
"""

from typing import Any

STATEMENTS = """
CREATE TABLE dealer (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL, tier TEXT NOT NULL,
    created_at BIGINT NOT NULL, written_at BIGINT NOT NULL,
    test_sequence BIGINT NOT NULL, live_sequence BIGINT NOT NULL);

CREATE TABLE account (
    id TEXT PRIMARY KEY, dealer_id TEXT NOT NULL REFERENCES dealer (id), email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL, role TEXT NOT NULL CHECK (role IN ('owner', 'staff')), created_at BIGINT NOT NULL);

CREATE TABLE integration (
    dealer_id TEXT PRIMARY KEY REFERENCES dealer (id), is_enabled BOOLEAN NOT NULL, is_test_mode BOOLEAN NOT NULL,
    api_version TEXT NOT NULL, rate_limit INTEGER NOT NULL, created_at BIGINT NOT NULL);

CREATE TABLE api_key (
    id TEXT PRIMARY KEY, dealer_id TEXT NOT NULL REFERENCES dealer (id), is_test BOOLEAN NOT NULL,
    prefix TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL, last_used_at BIGINT);
CREATE UNIQUE INDEX api_key_one_a_mode ON api_key (dealer_id, is_test);

CREATE TABLE listing (
    id TEXT PRIMARY KEY, dealer_id TEXT NOT NULL REFERENCES dealer (id), is_test BOOLEAN NOT NULL,
    is_published BOOLEAN NOT NULL, status TEXT NOT NULL CHECK (status IN ('in_stock', 'sold')),
    brand TEXT NOT NULL, model TEXT NOT NULL, reference TEXT, title TEXT NOT NULL, description TEXT,
    condition TEXT, year INTEGER, case_material TEXT, case_diameter_mm DOUBLE PRECISION, bracelet_material TEXT,
    dial_color TEXT, movement TEXT, caliber TEXT, power_reserve_h INTEGER, water_resistance_m INTEGER,
    complications TEXT NOT NULL, has_box BOOLEAN, has_papers BOOLEAN,
    asking_price_cents BIGINT NOT NULL CHECK (asking_price_cents >= 0), vat_regime TEXT NOT NULL,
    location_country TEXT, photos TEXT NOT NULL, sku TEXT, cost_price_cents BIGINT, serial_number TEXT,
    supplier TEXT, held_by TEXT, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, published_at BIGINT,
    sold_at BIGINT, CHECK (held_by IS NULL OR status = 'sold'));
CREATE INDEX listing_newest ON listing (dealer_id, is_test, created_at, id);
CREATE INDEX listing_changed ON listing (dealer_id, is_test, updated_at, id);
CREATE INDEX listing_stock ON listing (dealer_id, is_test, status);
CREATE UNIQUE INDEX listing_sku ON listing (dealer_id, is_test, sku);

CREATE TABLE customer (
    id TEXT PRIMARY KEY, dealer_id TEXT NOT NULL REFERENCES dealer (id), is_test BOOLEAN NOT NULL,
    external_id TEXT, email TEXT, email_folded TEXT, phone TEXT, first_name TEXT, last_name TEXT, company TEXT,
    vat_id TEXT, address TEXT, notes TEXT, metadata TEXT NOT NULL, claimed_at BIGINT,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);
CREATE INDEX customer_newest ON customer (dealer_id, is_test, created_at, id);
CREATE INDEX customer_changed ON customer (dealer_id, is_test, updated_at, id);
CREATE UNIQUE INDEX customer_external_id ON customer (dealer_id, is_test, external_id);
CREATE INDEX customer_email ON customer (dealer_id, is_test, email_folded);
CREATE INDEX customer_phone ON customer (dealer_id, is_test, phone);

CREATE TABLE sales_order (
    id TEXT PRIMARY KEY, dealer_id TEXT NOT NULL REFERENCES dealer (id), is_test BOOLEAN NOT NULL,
    external_id TEXT, status TEXT NOT NULL CHECK (status IN ('received', 'fulfilled', 'cancelled')),
    origin TEXT NOT NULL, customer_id TEXT NOT NULL REFERENCES customer (id), total_cents BIGINT NOT NULL,
    shipping_address TEXT, billing_address TEXT, note TEXT, tracking TEXT, metadata TEXT NOT NULL,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, fulfilled_at BIGINT, cancelled_at BIGINT,
    cancel_reason TEXT);
CREATE INDEX sales_order_newest ON sales_order (dealer_id, is_test, created_at, id);
CREATE INDEX sales_order_changed ON sales_order (dealer_id, is_test, updated_at, id);
CREATE UNIQUE INDEX sales_order_external_id ON sales_order (dealer_id, is_test, external_id);
CREATE INDEX sales_order_customer ON sales_order (customer_id);

CREATE TABLE order_item (
    order_id TEXT NOT NULL REFERENCES sales_order (id), position INTEGER NOT NULL,
    listing_id TEXT NOT NULL REFERENCES listing (id), brand TEXT NOT NULL, model TEXT NOT NULL, reference TEXT,
    price_cents BIGINT NOT NULL CHECK (price_cents >= 0), PRIMARY KEY (order_id, position));
CREATE INDEX order_item_listing ON order_item (listing_id);

CREATE TABLE event (
    id TEXT PRIMARY KEY, dealer_id TEXT NOT NULL REFERENCES dealer (id), is_test BOOLEAN NOT NULL,
    sequence BIGINT NOT NULL, type TEXT NOT NULL, resource_id TEXT, origin TEXT NOT NULL, body TEXT NOT NULL,
    created_at BIGINT NOT NULL);
CREATE UNIQUE INDEX event_sequence ON event (dealer_id, is_test, sequence);
CREATE INDEX event_resource ON event (dealer_id, is_test, resource_id, sequence);

CREATE TABLE endpoint (
    id TEXT PRIMARY KEY, dealer_id TEXT NOT NULL REFERENCES dealer (id), url TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live', 'both')), events TEXT NOT NULL, skips_echoes BOOLEAN NOT NULL,
    is_enabled BOOLEAN NOT NULL, disabled_reason TEXT, secret TEXT NOT NULL, previous_secret TEXT,
    previous_secret_expires_at BIGINT, slots INTEGER NOT NULL, consecutive_failures INTEGER NOT NULL,
    failing_since BIGINT, last_success_at BIGINT, last_failure_at BIGINT,
    warned_percent INTEGER NOT NULL, created_at BIGINT NOT NULL);
CREATE INDEX endpoint_dealer ON endpoint (dealer_id);

CREATE TABLE delivery (
    id TEXT PRIMARY KEY, dealer_id TEXT NOT NULL REFERENCES dealer (id),
    endpoint_id TEXT NOT NULL REFERENCES endpoint (id) ON DELETE CASCADE,
    event_id TEXT NOT NULL REFERENCES event (id) ON DELETE CASCADE, event_type TEXT NOT NULL, resource_id TEXT,
    is_test BOOLEAN NOT NULL, sequence BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'pending', 'sending', 'succeeded', 'failed')),
    due_at BIGINT NOT NULL, generation INTEGER NOT NULL, trigger TEXT NOT NULL, step INTEGER NOT NULL,
    attempts INTEGER NOT NULL, is_passed BOOLEAN NOT NULL, signs_newest_only BOOLEAN NOT NULL,
    claimed_at BIGINT, last_status INTEGER, last_error TEXT,
    created_at BIGINT NOT NULL, completed_at BIGINT);
CREATE INDEX delivery_open ON delivery (endpoint_id, state, due_at) WHERE completed_at IS NULL;
CREATE INDEX delivery_line ON delivery (endpoint_id, resource_id, sequence) WHERE completed_at IS NULL;
CREATE INDEX delivery_log ON delivery (dealer_id, created_at, id);
CREATE INDEX delivery_event ON delivery (event_id);
CREATE INDEX delivery_finished ON delivery (completed_at);

CREATE TABLE attempt (
    delivery_id TEXT NOT NULL REFERENCES delivery (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    trigger TEXT NOT NULL, started_at BIGINT NOT NULL, finished_at BIGINT, status INTEGER, error TEXT,
    error_detail TEXT, address TEXT, timings TEXT, url TEXT, request_headers TEXT, response_headers TEXT,
    response_preview TEXT, next_attempt_at BIGINT, PRIMARY KEY (delivery_id, number));
CREATE INDEX attempt_started ON attempt (started_at);

CREATE TABLE notice (
    id TEXT PRIMARY KEY, dealer_id TEXT NOT NULL REFERENCES dealer (id),
    endpoint_id TEXT REFERENCES endpoint (id) ON DELETE CASCADE, kind TEXT NOT NULL, message TEXT NOT NULL,
    created_at BIGINT NOT NULL, dismissed_at BIGINT);
CREATE INDEX notice_dealer ON notice (dealer_id, created_at);

CREATE TABLE chore (name TEXT PRIMARY KEY, done_at BIGINT NOT NULL);

CREATE TABLE idempotency_record (
    digest TEXT PRIMARY KEY, dealer_id TEXT NOT NULL REFERENCES dealer (id), body_hash TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, request_id TEXT NOT NULL, created_at BIGINT NOT NULL);
CREATE INDEX idempotency_record_age ON idempotency_record (created_at)
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in STATEMENTS.split(";"):
        db.execute_sql(statement)
