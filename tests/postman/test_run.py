"""Newman runs the collection against a hub and a verifying receiver."""

import copy
from pathlib import Path

import pytest

from models import sandbox
from models.listing import Listing
from postman.environment import render_environment
from postman.generator import render_collection
from spec.document import read_document
from tests.cast import Cast
from tests.clients import tools
from tests.hub import Server
from tests.postman import newman
from tests.postman.receivers import verifying
from tests.receiver import Receiver
from webhooks import signing

FOLDERS = [tag["name"] for tag in read_document()["tags"]]
WRITING_FOLDERS = ["Customers", "Orders", "Testing"]


@pytest.fixture(scope="module")
def program() -> Path:
    return tools.collection_runners()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "collection.json"
    path.write_text(render_collection(read_document()))
    return path


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


def test_each_folder_runs_alone(program: Path, file: Path, server: Server, cast: Cast) -> None:
    sandbox.fill(cast.owner.dealer)
    _, secret = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    with verifying(secret) as receiver:
        settings = {"receiverUrl": receiver.url, "webhookSecret": secret}
        variables = {"baseUrl": server.url, "apiKey": cast.owner.test_key, **settings}
        runs = newman.run_each_folder(program, file, FOLDERS[::-1], variables)
    assert [run["failures"] for run in runs.values()] == [[]] * len(FOLDERS)
    assert all(run["assertions"] for run in runs.values()), runs
    assert skipped(runs) == {}
    assert len(receiver.events) == 10


def test_each_folder_runs_alone_on_an_empty_sandbox_without_an_endpoint(
    program: Path, file: Path, server: Server, cast: Cast
) -> None:
    variables = {"baseUrl": server.url, "apiKey": cast.owner.test_key}
    runs = newman.run_each_folder(program, file, FOLDERS, variables)
    assert [run["failures"] for run in runs.values()] == [[]] * len(FOLDERS)
    assert {folder: len(names) for folder, names in skipped(runs).items()} == {
        "Listings": 2,
        "Orders": 8,
        "Events": 2,
        "Testing": 1,
        "Webhooks": 10,
    }


def skipped(runs: dict[str, dict[str, list[str]]]) -> dict[str, list[str]]:
    """Reasons of skipped requests by folder."""
    names = {folder: [name for name in run["assertions"] if name.startswith("Skipped")] for folder, run in runs.items()}
    return {folder: reasons for folder, reasons in names.items() if reasons}


def test_output_gives_the_reason_of_a_skipped_request(program: Path, file: Path, server: Server, cast: Cast) -> None:
    run = newman.run(program, file, only="Testing", baseUrl=server.url, apiKey=cast.owner.test_key)
    reason = "Skipped: no enabled webhook endpoint receives test events. Add or enable one in the dashboard."
    assert (run.exit_status, reason in run.output) == (0, True)


def test_live_key_stops_each_folder_that_writes(program: Path, file: Path, server: Server, cast: Cast) -> None:
    cast.owner.go_live()
    watch = cast.owner.listing(is_test=False)
    variables = {"baseUrl": server.url, "apiKey": cast.owner.live_key}
    runs = newman.run_each_folder(program, file, WRITING_FOLDERS, variables)
    for run in runs.values():
        assert run["assertions"][-1] == "API key is a test key"
        assert len(run["failures"]) == 1
    assert Listing.get_by_id(watch.id).status == "in_stock"


def test_environment_file_sets_the_address(program: Path, file: Path, server: Server, cast: Cast) -> None:
    environment = file.with_name("environment.json")
    environment.write_text(render_environment({**read_document(), "servers": [{"url": server.url}]}))
    run = newman.run(program, file, only="Integration", environment=str(environment), apiKey=cast.owner.test_key)
    assert (run.failures, run.exit_status) == ([], 0)


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
