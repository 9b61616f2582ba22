"""Every writing route commits its change together with an audit entry, or says why it has none."""

from collections.abc import Callable
from typing import Any

import pytest

from dashboard.site import PAGES
from models.accounts.audit import AuditEntry
from models.clock import now
from models.database import db
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.jobs.job import BackgroundJob
from models.listing import Listing
from tests.cast import Cast
from tests.dashboard.browser import Browser
from tests.dashboard.conftest import OWNER
from tests.dashboard.rows import address

CUSTOM = "/channels/custom"
URL = "http://127.0.0.1:9/new"
WATCH = {"brand": "Nomos", "model": "Tangente", "asking_price_cents": "1650", "vat_regime": "margin"}
ENDPOINT = {"url": URL, "mode": "both", "events": "*"}
CLIENT = {"email": "kemal@shop.example", "first_name": "Kemal"}

Fields = dict[str, str]
Build = Callable[[Cast, dict[str, str]], Fields]

UNAUDITED = {
    "/sign-in": "opens a session and changes no data of the dealer",
    "/sign-out": "closes a session and changes no data of the dealer",
    "/reset/{token}": "concerns only the person's own sign-in",
    "/password-forgotten": "sends a link to the person and changes nothing",
    "/account/password": "concerns only the person's own sign-in",
    "/account/sign-out-everywhere": "concerns only the person's own sign-in",
    "/view": "concerns only what the person sees",
    "/notices/{id}/dismiss": "hides a warning and changes no data",
    "/inventory/import": "keeps a draft; starting the import writes the entry",
    f"{CUSTOM}/signature": "checks a signature and stores nothing",
}
AUDITED: dict[str, Fields | Build] = {
    "/inventory/bulk": lambda _, ids: {"id": ids["/inventory"], "verb": "unpublish"},
    "/inventory/sandbox": {},
    "/inventory/import/{id}": {"then": "import"},
    "/inventory/new": WATCH,
    "/inventory/{id}": WATCH,
    "/inventory/{id}/publish": lambda cast, ids: _prepare(listing(ids).unpublish, cast.owner.actor()),
    "/inventory/{id}/unpublish": {},
    "/inventory/{id}/sell": {},
    "/inventory/{id}/restock": lambda cast, ids: _prepare(listing(ids).sell, cast.owner.actor()),
    "/orders/new": lambda _, ids: {"listing_id": ids["/inventory"], "email": "kemal@shop.example"},
    "/orders/{id}/fulfil": {"carrier": "DHL"},
    "/orders/{id}/cancel": {"reason": "Changed his mind"},
    "/clients/new": CLIENT,
    "/clients/{id}": CLIENT,
    f"{CUSTOM}/setup/key": lambda cast, _: {"replaces": cast.owner.test_key[:12]},
    f"{CUSTOM}/setup/endpoint": ENDPOINT,
    f"{CUSTOM}/setup/ping": {},
    f"{CUSTOM}/keys": lambda cast, _: {"mode": "live", "replaces": cast.owner.live_key[:12]},
    f"{CUSTOM}/mode": {"mode": "live"},
    f"{CUSTOM}/activation": {"is_enabled": "no"},
    f"{CUSTOM}/request-log": {"has_request_log": "no"},
    f"{CUSTOM}/ping": {},
    f"{CUSTOM}/endpoints/new": ENDPOINT,
    f"{CUSTOM}/endpoints/{{id}}": ENDPOINT,
    f"{CUSTOM}/endpoints/{{id}}/pause": {},
    f"{CUSTOM}/endpoints/{{id}}/enable": lambda _, ids: _prepare(endpoint(ids).disable, "Paused."),
    f"{CUSTOM}/endpoints/{{id}}/rotate": lambda _, ids: {"replaces": endpoint(ids).secret_version},
    f"{CUSTOM}/endpoints/{{id}}/revoke": lambda _, ids: _prepare(endpoint(ids).rotate_secret),
    f"{CUSTOM}/endpoints/{{id}}/delete": {},
    f"{CUSTOM}/log/advance": lambda *_: _prepare(Delivery.update(due_at=now() + 60_000).execute),
    f"{CUSTOM}/log/{{id}}/retry": {},
    f"{CUSTOM}/log/{{id}}/advance": lambda *_: _prepare(Delivery.update(due_at=now() + 60_000).execute),
    f"{CUSTOM}/events/trigger": {"type": "order.received"},
    f"{CUSTOM}/retries": {},
    "/users": {"email": "carla@uhrenhaus.example", "role": "owner"},
    "/users/{id}/link": {},
    "/users/{id}/remove": {},
}


def listing(ids: dict[str, str]) -> Listing:
    row: Listing = Listing.get_by_id(ids["/inventory"])
    return row


def endpoint(ids: dict[str, str]) -> Endpoint:
    row: Endpoint = Endpoint.get_by_id(ids[f"{CUSTOM}/endpoints"])
    return row


def _prepare(action: Callable[..., object], *arguments: object) -> Fields:
    """Bring the row into the state from which the route changes it; the form itself is empty."""
    action(*arguments)
    return {}


def stored_rows() -> dict[str, list[Any]]:
    """Every row by table, but for the sessions, which note when they were last used."""
    tables = [table for table in db.get_tables() if table != "session"]
    return {table: sorted(map(repr, db.execute_sql(f'SELECT * FROM "{table}"'))) for table in tables}


def fail(*_: object) -> None:
    raise RuntimeError("The audit log cannot be written.")


def test_every_writing_route_is_audited_or_has_a_reason_not_to_be() -> None:
    posts = [path for method, path, _, _ in PAGES if method != "GET"]
    assert sorted([*AUDITED, *UNAUDITED]) == sorted(posts)


@pytest.mark.parametrize("path", AUDITED)
def test_a_change_and_its_audit_entry_commit_together(
    owner: Browser, cast: Cast, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    form = AUDITED[path]
    fields = form(cast, ids) if callable(form) else form
    before = stored_rows()

    with monkeypatch.context() as patch:
        patch.setattr(AuditEntry, "record", fail)
        assert owner.post(address(path, ids), fields).status_code == 500
    assert stored_rows() == before

    assert owner.post(address(path, ids), fields, allow_redirects=False).status_code in (200, 303)
    assert [entry.email for entry in AuditEntry.select()] == [OWNER]
    changed = {name for name, rows in stored_rows().items() if rows != before[name]}
    assert changed > {"audit_entry", "dealer"}


def test_an_entry_outside_the_dealers_transaction_is_an_error(cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="locked"):
        AuditEntry.record(cast.owner.actor(), OWNER, "listing.sold", None, "Speedmaster")
    assert AuditEntry.select().count() == 0


def test_a_job_that_was_started_twice_runs_once(owner: Browser, ids: dict[str, str]) -> None:
    path = f"/inventory/import/{ids['/inventory/import']}"
    for _ in range(2):
        owner.post(path, {"then": "import", "publish": "yes"})
    assert AuditEntry.select().where(AuditEntry.action == "inventory.imported").count() == 1
    job = BackgroundJob.get_by_id(ids["/inventory/import"])
    assert (job.state, job.total, job.options["publish"]) == ("running", 1, True)
