"""What the worker asks every second stays quick however much lies in the table: it reads an index in its order."""

import pytest

import config
from models import retention
from models.database import db
from models.delivery import claims

ANY = 1_800_000_000_000
EVERY_DUE = claims.WITH_DUE.format(condition="TRUE")


@pytest.mark.skipif(not config.is_sqlite(), reason="PostgreSQL plans by the size of the tables, and these are empty")
@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (EVERY_DUE, (ANY, ANY)),
        (claims.CLAIM, (ANY, ANY, "we_1", ANY, True, True, 10)),
        (claims.IN_FLIGHT, ("we_1",)),
        (retention.OLD_DELIVERIES, (ANY,)),
        (retention.OLD_EVENTS, (ANY,)),
    ],
)
def test_no_statement_sorts_or_walks_through_deliveries_or_events(statement: str, values: tuple[object, ...]) -> None:
    plan = [str(step[3]) for step in db.execute_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()]
    small = {"SCAN ready"} | ({"SCAN e", "SCAN i"} if statement == EVERY_DUE else set())  # endpoints, integrations
    assert [step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step if step not in small] == []
