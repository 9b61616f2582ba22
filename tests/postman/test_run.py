"""Newman runs the collection against a hub and a verifying receiver."""

import copy
import time
from pathlib import Path

import pytest

from models.listing import Listing
from postman.generator import render_collection
from spec.document import read_document
from tests.cast import Cast
from tests.hub import Server
from tests.postman import newman
from tests.receiver import Delivered, Receiver, StubResponse
from webhooks import signing


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return newman.install(tmp_path_factory.mktemp("newman"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "collection.json"
    path.write_text(render_collection(read_document()))
    return path


def verifying(secret: str) -> Receiver:
    def respond(delivered: Delivered) -> StubResponse:
        header, now = delivered.headers.get("WTH-Signature", ""), int(time.time())
        verdict = signing.verify(header=header, body=delivered.body, secrets=[secret], now=now)
        return 200 if verdict.is_valid else 400

    return Receiver(respond)


def test_run_passes_and_sends_every_event(program: Path, file: Path, server: Server, cast: Cast) -> None:
    cast.owner.listing()
    _, secret = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    with verifying(secret) as receiver:
        variables = {"receiverUrl": receiver.url, "webhookSecret": secret}
        run = newman.run(program, file, baseUrl=server.url, apiKey=cast.owner.test_key, **variables)
    assert (run.failures, run.exit_status) == ([], 0)
    assert all(run.assertions.values()), run.assertions
    assert sum(map(len, run.assertions.values())) > 150
    assert receiver.events == list(read_document()["webhooks"])


def test_run_passes_with_base_url_and_key_only(
    program: Path, file: Path, server: Server, cast: Cast, receiver: Receiver
) -> None:
    cast.owner.listing()
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    run = newman.run(program, file, baseUrl=server.url, apiKey=cast.owner.test_key, receiverUrl=receiver.url)
    assert (run.failures, run.exit_status) == ([], 0)
    assert sum(map(len, run.assertions.values())) > 150
    assert receiver.events == []


def test_sent_events_carry_the_headers_of_a_delivery(program: Path, file: Path) -> None:
    secret = signing.new_secret()
    with verifying(secret) as receiver:
        newman.run(program, file, only="Webhooks", receiverUrl=receiver.url, webhookSecret=secret, apiKey="wth_secret")
    assert len(receiver.deliveries) == 10
    for delivered in receiver.deliveries:
        sent_at, event = int(delivered.headers["webhook-timestamp"]), delivered.event
        signed = signing.headers(event_id=event["id"], body=delivered.body, timestamp=sent_at, secrets=[secret])
        assert {name: delivered.headers[name] for name in signed} == signed
        assert (delivered.headers["WTH-Event-Id"], delivered.headers["WTH-Event-Type"]) == (event["id"], event["event"])
        assert delivered.headers["User-Agent"].startswith("WatchTraderHub-Webhooks/1.0")
        assert "wth_secret" not in str(delivered.headers)


def test_wrong_secret_fails_every_event(program: Path, file: Path) -> None:
    with verifying(signing.new_secret()) as receiver:
        other = signing.new_secret()
        run = newman.run(program, file, only="Webhooks", receiverUrl=receiver.url, webhookSecret=other)
    assert [failure.split(":")[0] for failure in run.failures] == list(read_document()["webhooks"])
    assert run.exit_status == 1


def test_live_key_stops_the_run_before_anything_is_sold(program: Path, file: Path, server: Server, cast: Cast) -> None:
    cast.owner.go_live()
    watch = cast.owner.listing(is_test=False)
    run = newman.run(program, file, baseUrl=server.url, apiKey=cast.owner.live_key)
    assert list(run.assertions)[-1] == "Get the current integration"
    assert run.exit_status == 1
    assert Listing.get_by_id(watch.id).status == "in_stock"


def test_empty_shop_fails_the_run(program: Path, file: Path, server: Server, cast: Cast, receiver: Receiver) -> None:
    run = newman.run(program, file, baseUrl=server.url, apiKey=cast.owner.test_key, receiverUrl=receiver.url)
    assert run.failures[0].startswith("List the watches for sale: ")
    assert run.exit_status == 1


def test_response_that_violates_the_document_fails_the_run(program: Path, tmp_path: Path, server: Server) -> None:
    stricter = copy.deepcopy(read_document())
    stricter["components"]["schemas"]["Health"]["required"].append("uptime")
    stricter["components"]["headers"]["XAPIVersion"]["schema"]["pattern"] = "^1999-"
    stricter["paths"]["/health"]["get"]["responses"]["200"]["headers"]["X-Missing"] = {"schema": {"type": "string"}}
    file = tmp_path / "stricter.json"
    file.write_text(render_collection(stricter))
    run = newman.run(program, file, only="Health", baseUrl=server.url)
    assert len(run.failures) == 3
    assert any("uptime" in failure for failure in run.failures)
