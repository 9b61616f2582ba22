"""Query plans: the statements of the sweep read an index in order, so that they stay fast with any number of rows."""

import pytest

import config
from models import retention
from models.database import db
from models.delivery import claims

ANY_TIME = 1_800_000_000_000
ALL_WITH_DUE = claims.WITH_DUE.format(condition="TRUE")


@pytest.mark.skipif(not config.is_sqlite(), reason="PostgreSQL plans by the size of the tables, and these are empty")
@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (ALL_WITH_DUE, (ANY_TIME, ANY_TIME)),
        (claims.CLAIM, (ANY_TIME, ANY_TIME, "we_1", ANY_TIME, True, True, 10)),
        (claims.IN_FLIGHT, ("we_1",)),
        (retention.OLD_DELIVERIES, (ANY_TIME,)),
        (retention.OLD_EVENTS, (ANY_TIME,)),
    ],
)
def test_no_statement_sorts_or_scans_deliveries_or_events(statement: str, values: tuple[object, ...]) -> None:
    plan = [str(row[3]) for row in db.execute_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()]
    small = {"SCAN ready"} | ({"SCAN e", "SCAN i"} if statement == ALL_WITH_DUE else set())  # endpoints, integrations
    assert [step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step if step not in small] == []
