"""Bruno imports the collection and runs it against a hub."""

import shutil
from pathlib import Path

import pytest

from models import sandbox
from models.listing import Listing
from postman.generator import render_collection
from spec.document import read_document
from tests.cast import Cast
from tests.clients import tools
from tests.hub import Server
from tests.postman import bruno
from tests.postman.receivers import verifying


@pytest.fixture(scope="module")
def program() -> Path:
    return tools.collection_runners()


@pytest.fixture(scope="module")
def imported(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bruno") / "collection.json"
    file.write_text(render_collection(read_document()))
    return bruno.import_collection(program, file)


@pytest.fixture
def folder(imported: Path, tmp_path: Path) -> Path:
    """A copy of the imported collection, because a run stores its variables in the files."""
    return Path(shutil.copytree(imported, tmp_path / "bruno"))


def test_run_passes_and_sends_every_event(program: Path, folder: Path, server: Server, cast: Cast) -> None:
    sandbox.fill(cast.owner.dealer)
    _, secret = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    with verifying(secret) as receiver:
        settings = {"receiverUrl": receiver.url, "webhookSecret": secret}
        run = bruno.run(program, folder, baseUrl=server.url, apiKey=cast.owner.test_key, **settings)
    assert (run.failures, run.exit_status) == ([], 0)
    assert len(run.tests) > 150
    assert "Skipped" not in run.output
    assert receiver.events == list(read_document()["webhooks"])


def test_run_on_an_empty_sandbox_without_an_endpoint_skips_and_stores_no_key(
    program: Path, folder: Path, server: Server, cast: Cast
) -> None:
    run = bruno.run(program, folder, sandbox="developer", baseUrl=server.url, apiKey=cast.owner.test_key)
    assert (run.failures, run.exit_status) == ([], 0)
    reasons = [test["description"] for test in run.tests if test["description"].startswith("Skipped")]
    assert len(reasons) == len([row for row in run.results if row.get("skipped")]) == 23
    assert all(reason in run.output for reason in reasons)
    assert [file for file in folder.rglob("*.yml") if cast.owner.test_key in file.read_text()] == []


def test_live_key_stops_the_run_before_anything_is_sold(
    program: Path, folder: Path, server: Server, cast: Cast
) -> None:
    cast.owner.go_live()
    watch = cast.owner.listing(is_test=False)
    run = bruno.run(program, folder, sandbox="developer", baseUrl=server.url, apiKey=cast.owner.live_key)
    assert run.names[-1] == "Get the current integration"
    assert run.exit_status == 1
    assert Listing.get_by_id(watch.id).status == "in_stock"
