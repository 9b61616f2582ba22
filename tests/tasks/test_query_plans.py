"""Query plans: the statements of the sweep read an index in order, so that they stay fast with any number of rows."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

import config
from models import retention
from models.database import db
from models.delivery import backlog, claims, listed_events
from models.delivery.event import Event
from tests.cast import Cast

ANY_TIME = 1_800_000_000_000
ALL_WITH_DUE = claims.WITH_DUE


@pytest.mark.skipif(not config.is_sqlite(), reason="the plans are SQLite's")
@pytest.mark.parametrize("event_type", ["listing.sold", "listing.*", "*"])
def test_event_stream_of_a_type_reads_its_events_only(cast: Cast, event_type: str) -> None:
    statements: list[tuple[str, Sequence[object]]] = []
    run: Any = db.execute_sql

    def keep(sql: str, params: Sequence[object] = ()) -> Any:
        statements.append((sql, params))
        return run(sql, params)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "execute_sql", keep)
        Event.page(cast.owner.actor(), limit=10, after=None, event_type=event_type, resource_id=None)
    lists = [(sql, values) for sql, values in statements if sql.startswith("SELECT")]  # others find where they begin
    plans = {str(row[3]) for sql, values in lists for row in run(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()}
    index = "event_sequence" if event_type == "*" else "event_type"
    assert {name for plan in plans for name in re.findall(r"INDEX (event_\w+)|(TEMP B-TREE)", plan)} == {(index, "")}


@pytest.mark.skipif(not config.is_sqlite(), reason="PostgreSQL plans by the size of the tables, and these are empty")
@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (ALL_WITH_DUE, (ANY_TIME, ANY_TIME)),
        (claims.CLAIM_SAME_COUNT, (ANY_TIME, ANY_TIME, "wrk_1", '["we_1"]', ANY_TIME, True, 10)),
        (claims.LOCK_ENDPOINTS.format(condition="e.id = ?"), (ANY_TIME, ANY_TIME, "we_1", ANY_TIME, ANY_TIME)),
        (claims.IN_FLIGHT.format(ids=", ".join("?" * 20)), tuple(f"we_{number}" for number in range(20))),
        (claims.RECLAIM.format(ids=", ".join("?" * 20)), (*(f"we_{number}" for number in range(20)), ANY_TIME)),
        (retention.OLD_DELIVERIES, (ANY_TIME,)),
        (retention.OLD_EVENTS, (ANY_TIME,)),
        (retention.OLD_COUNTS, (ANY_TIME,)),
        (listed_events.LAST_UNLISTED, (0, True, "dlr_1", *("dlr_1", True, ANY_TIME) * 2)),
    ],
)
def test_no_statement_sorts_or_scans_deliveries_or_events(statement: str, values: tuple[object, ...]) -> None:
    plan = [str(row[3]) for row in db.execute_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()]
    small = {"SCAN v VIRTUAL TABLE INDEX 1:", "SCAN ready"}  # the parameter of a claim, the eleven rows that it counts
    small |= {"SCAN search", "SCAN CONSTANT ROW"}  # the steps of a binary search
    small |= {"SCAN e", "SCAN i"} if statement == ALL_WITH_DUE else set()  # endpoints, integrations
    assert [step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step if step not in small] == []
    assert not any("completed_at=?" in step for step in plan), "reads all open deliveries"


@pytest.mark.skipif(not config.is_sqlite(), reason="PostgreSQL plans by the size of the tables, and these are empty")
def test_metrics_read_indexes_of_unfinished_deliveries() -> None:
    plan = [str(row[3]) for row in db.execute_sql(f"EXPLAIN QUERY PLAN {backlog.OLDEST}").fetchall()]
    reads = [step.removeprefix("SEARCH d USING INDEX ") for step in plan if step.startswith("SEARCH d")]
    by_due_at = "delivery_open (endpoint_id=? AND state=?)"
    by_created_at = "delivery_log_state (dealer_id=? AND state=?)"
    assert sorted(set(reads)) == [by_created_at, by_due_at]
    assert {step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step} == {"SCAN e", "SCAN w"}
