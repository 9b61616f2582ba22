"""Custom Integration pages: keys and secrets shown once, endpoints, mode, log, retries."""

import html
import re
import subprocess
import time
from collections.abc import Callable

import pytest
import requests

from models.accounts.api_key import ApiKey
from models.accounts.audit import AuditEntry
from models.accounts.integration import Integration
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.notice import Notice
from models.jobs.job import BackgroundJob
from tests.cast import Cast
from tests.client import Client
from tests.conftest import Clock
from tests.dashboard.browser import Browser, page
from tests.dashboard.conftest import People
from tests.hub import Server
from tests.receiver import Delivered, Receiver
from webhooks import signing

CUSTOM = "/channels/custom"


def read_revealed(response: requests.Response) -> str:
    shown = page(response).of("input", id="revealed")
    assert len(shown) == 1
    return shown[0]["value"]


def test_a_key_is_shown_once_and_works(owner: Browser, cast: Cast, server: Server) -> None:
    prefix = cast.owner.test_key[:12]
    response = owner.post(f"{CUSTOM}/keys", {"mode": "test", "replaces": prefix})
    key = read_revealed(response)
    assert response.headers["Cache-Control"] == "no-store"
    assert Client(server.url, key).get("/me").status_code == 200
    assert Client(server.url, cast.owner.test_key).get("/me").status_code == 401
    for path in (f"{CUSTOM}/settings", CUSTOM, "/audit"):
        assert key not in owner.get(path).text


def test_sending_the_form_twice_creates_one_key(owner: Browser, cast: Cast) -> None:
    fields = {"mode": "test", "replaces": cast.owner.test_key[:12]}
    owner.post(f"{CUSTOM}/keys", fields)
    created = ApiKey.get(ApiKey.is_test).prefix
    assert owner.post(f"{CUSTOM}/keys", fields).status_code == 409
    assert ApiKey.get(ApiKey.is_test).prefix == created


def test_no_audit_entry_contains_a_secret_or_a_key(owner: Browser, cast: Cast) -> None:
    secret = read_revealed(
        owner.post(f"{CUSTOM}/endpoints/new", {"url": "http://127.0.0.1:9/h", "mode": "both", "events": "*"})
    )
    key = read_revealed(owner.post(f"{CUSTOM}/keys", {"mode": "live", "replaces": cast.owner.live_key[:12]}))
    entries = [f"{entry.summary} {entry.subject_id}" for entry in AuditEntry.select()]
    assert len(entries) == 2
    assert not [entry for entry in entries if secret in entry or key in entry]


def test_an_invalid_endpoint_url_is_an_error_beside_its_field(owner: Browser) -> None:
    fields = {"url": "ftp://nowhere", "mode": "test", "events": "order.*"}
    result = page(owner.post(f"{CUSTOM}/endpoints/new", fields), 422)
    assert result.value("url") == "ftp://nowhere"
    assert result.of("input", name="url", **{"aria-invalid": "true"})
    assert "checked" in result.of("input", value="order.*")[0]
    assert Endpoint.select().count() == 0


def test_an_invalid_endpoint_form_keeps_its_checkboxes(owner: Browser, cast: Cast) -> None:
    endpoint, _ = cast.owner.endpoint("http://127.0.0.1:9/hooks", skips_echoes=True)
    fields = {"url": "ftp://nowhere", "mode": "live", "events": "order.*"}
    path = f"{CUSTOM}/endpoints/{endpoint.id}"
    for ticked in ({}, {"skips_echoes": "yes"}):
        result = page(owner.post(path, {**fields, **ticked}), 422)
        assert ("checked" in result.of("input", name="skips_echoes")[0]) == bool(ticked)
        assert "checked" in result.of("input", value="order.*")[0]


def test_an_endpoint_is_changed_paused_and_deleted(owner: Browser, cast: Cast) -> None:
    endpoint, _ = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    path = f"{CUSTOM}/endpoints/{endpoint.id}"
    owner.post(
        path, [("url", "http://127.0.0.1:9/new"), ("mode", "live"), ("events", "listing.sold"), ("events", "order.*")]
    )
    changed = Endpoint.get()
    assert (changed.url, changed.mode, changed.events) == (
        "http://127.0.0.1:9/new",
        "live",
        ["listing.sold", "order.*"],
    )
    owner.post(f"{path}/pause")
    assert not Endpoint.get().is_enabled
    owner.post(f"{path}/enable")
    assert Endpoint.get().is_enabled
    owner.post(f"{path}/delete")
    assert Endpoint.select().count() == 0


def test_both_secrets_sign_until_the_previous_one_is_revoked(
    owner: Browser, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    endpoint, old = cast.owner.endpoint(receiver.url)
    fields = {"grace_hours": "24", "replaces": endpoint.secret_version}
    new = read_revealed(owner.post(f"{CUSTOM}/endpoints/{endpoint.id}/rotate", fields))
    assert "signed with two secrets" in page(owner.get(f"{CUSTOM}/settings")).text
    owner.post(f"{CUSTOM}/ping")
    deliver()
    owner.post(f"{CUSTOM}/endpoints/{endpoint.id}/revoke")
    owner.post(f"{CUSTOM}/ping")
    deliver()
    first, second = receiver.deliveries

    def is_valid(delivered: Delivered, secret: str) -> bool:
        header, body = delivered.headers["WTH-Signature"], delivered.body
        return signing.verify(header=header, body=body, secrets=[secret], now=int(time.time())).is_valid

    assert [is_valid(first, secret) for secret in (old, new)] == [True, True]
    assert [is_valid(second, secret) for secret in (old, new)] == [False, True]


def test_banner_and_badge_follow_the_mode(people: People, cast: Cast) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    for path in ("/", "/orders", f"{CUSTOM}/settings", "/account"):
        assert "Test mode is on." in page(people.staff.get(path)).text
    people.owner.post(f"{CUSTOM}/mode", {"mode": "live"})
    result = page(people.staff.get("/"))
    assert "Test mode is on." not in result.text
    assert "LIVE" in result.text
    people.owner.post(f"{CUSTOM}/activation", {"is_enabled": "no"})
    assert "DISABLED" in page(people.staff.get("/")).text
    for path in ("/", "/inventory", f"{CUSTOM}/log", "/account"):
        text = page(people.staff.get(path)).text
        assert "The Custom Integration is disabled. The API rejects all requests, and events are queued." in text
    assert "Ask an owner to enable it." in text
    assert not Integration.of(cast.owner.dealer).is_enabled


def test_an_incomplete_setup_shows_owners_the_wizard_and_staff_a_note(people: People, cast: Cast) -> None:
    assert people.owner.get(CUSTOM).url.endswith("/setup/key")
    assert "Not set up yet" in page(people.staff.get(CUSTOM)).text


def test_dealers_on_the_starter_plan_see_the_plans(starter: Browser) -> None:
    for path in (CUSTOM, f"{CUSTOM}/settings", f"{CUSTOM}/log", f"{CUSTOM}/events"):
        response = starter.get(path)
        assert response.url.endswith("/plan")
        text = page(response).text
        assert "€249" in text
        assert "€199 a month when billed annually" in text
    assert starter.post(f"{CUSTOM}/keys", {"mode": "live", "replaces": ""}).status_code == 409
    assert starter.get("/inventory").status_code == 200


def test_log_shows_the_exact_request_and_response(
    owner: Browser, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    receiver.respond = lambda _: (503, {"X-Reason": "maintenance"}, b"come back later")
    cast.owner.endpoint(receiver.url)
    cast.owner.listing()
    deliver()
    delivery, delivered = Delivery.get(), receiver.deliveries[0]
    result = page(owner.get(f"{CUSTOM}/log?open={delivery.id}"))
    assert delivered.headers["WTH-Signature"] in result.text
    assert delivered.body.decode() in result.text
    for part in ("503", "X-Reason", "come back later", "Retrying", "127.0.0.1"):
        assert part in result.text


def test_curl_from_the_log_sends_the_same_request_again(
    owner: Browser, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    cast.owner.endpoint(receiver.url)
    cast.owner.listing(title="Quote ' and $(touch x) and \"")
    deliver()
    response = owner.get(f"{CUSTOM}/log?open={Delivery.get().id}").text
    found = re.search(r"(curl -X POST .*?)</code>", response, re.S)
    assert found
    subprocess.run(["/bin/sh", "-c", html.unescape(found[1])], check=True, capture_output=True, timeout=20)
    first, again = receiver.wait_for(2)
    assert again.body == first.body
    assert again.headers["WTH-Signature"] == first.headers["WTH-Signature"]


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 3), ("state=succeeded", 2), ("state=pending", 1), ("event=order.*", 0), ("event=listing.published", 3),
     ("since=2020-01-01T00:00", 3), ("until=2020-01-01T00:00", 0)],
)  # fmt: skip
def test_log_is_filtered_by_its_url(
    owner: Browser, cast: Cast, receiver: Receiver, deliver: Callable[[], None], query: str, count: int
) -> None:
    cast.owner.endpoint(receiver.url)
    cast.owner.listings(2)
    deliver()
    receiver.respond = lambda _: 500
    cast.owner.listing()
    deliver()
    text = page(owner.get(f"{CUSTOM}/log?{query}")).text
    total = "1 delivery" if count == 1 else f"{count} deliveries"
    assert (f"–{count} of {total}" in text) if count else ("No delivery matches" in text)


def test_a_manual_retry_that_succeeds_ends_the_retries(
    owner: Browser, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    receiver.respond = lambda _: 500
    cast.owner.endpoint(receiver.url)
    cast.owner.listing()
    deliver()
    receiver.respond = lambda _: 200
    delivery = Delivery.get()
    response = owner.post(f"{CUSTOM}/log/{delivery.id}/retry", {"query": f"open={delivery.id}"})
    assert "Delivery resent." in page(response).text
    deliver()
    text = page(owner.get(f"{CUSTOM}/log?open={delivery.id}")).text
    assert "Delivered" in text
    assert "Attempt 2, manual" in text


def test_failed_deliveries_are_counted_then_retried(
    people: People, owner: Browser, cast: Cast, receiver: Receiver, deliver: Callable[[], None], clock: Clock
) -> None:
    receiver.respond = lambda _: 500
    cast.owner.endpoint(receiver.url)
    cast.owner.listings(3)
    for _ in range(12):
        deliver()
        clock.forward(26 * 3600)
    assert Delivery.select().where(Delivery.state == "failed").count() == 3
    owner = Browser(owner.site)
    owner.sign_in("staff@uhrenhaus.example")
    receiver.respond = lambda _: 200
    assert "0 failed deliveries in this time range" in page(owner.get(f"{CUSTOM}/retries")).text
    query = "since=2020-01-01T00:00&until=2100-01-01T00:00"
    assert "3 failed deliveries in this time range" in page(owner.get(f"{CUSTOM}/retries?{query}")).text
    response = owner.post(f"{CUSTOM}/retries", {"since": "2020-01-01T00:00", "until": "2100-01-01T00:00"})
    deliver()
    assert BackgroundJob.get().state == "done"
    clock.forward(1)
    deliver()
    assert "3 of 3 queued for retry · 0 still pending" in page(owner.get(response.url.removeprefix(owner.site))).text
    assert Delivery.select().where(Delivery.state == "succeeded").count() == 3


def test_chart_counts_attempts(owner: Browser, cast: Cast, receiver: Receiver, deliver: Callable[[], None]) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url)
    cast.owner.listings(3)
    deliver()
    receiver.respond = lambda _: 500
    cast.owner.listing()
    deliver()
    for query in ("", f"?endpoint={endpoint.id}&span=7d"):
        result = page(owner.get(CUSTOM + query))
        assert result.of("svg", **{"aria-label": "Attempts over time: 3 delivered, 1 failed"})
        assert "75.0 %" in result.text


def test_a_warning_is_on_every_page_until_it_is_dismissed(owner: Browser, cast: Cast) -> None:
    endpoint, _ = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    notice = Notice.post(endpoint, "endpoint_failing", "Your endpoint has failed for two days.")
    assert "failed for two days" in page(owner.get("/orders")).text
    owner.post(f"/notices/{notice.id}/dismiss")
    assert "failed for two days" not in page(owner.get("/orders")).text
