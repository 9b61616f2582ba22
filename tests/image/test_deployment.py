"""The production section of the documentation, from nothing to an update, by Compose (`make image`)."""

import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.dashboard.browser import Browser
from tests.image.deployment import COMPOSE, EMAIL, SITE, Deployment, list_commands
from tests.journeys.processes import eventually
from webhooks.signing import verify

HAS_COMPOSE = subprocess.run([*COMPOSE, "version"], capture_output=True).returncode == 0
pytestmark = [pytest.mark.image, pytest.mark.skipif(not HAS_COMPOSE, reason="Compose is not on this machine")]


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    deployment = Deployment(tmp_path_factory.mktemp("deployment"))
    try:
        deployment.start()
        deployment.create_dealer()
        yield deployment
    finally:
        deployment.run("docker compose down --volumes")


def test_owner_signs_in_over_tls(deployment: Deployment) -> None:
    browser = Browser(SITE)
    browser.session.verify = deployment.http.verify
    page = browser.sign_in(EMAIL)
    assert (page.status_code, "Lindner" in page.text) == (200, True)
    assert [cookie.secure for cookie in browser.session.cookies if cookie.name == "wth_session"] == [True]


def test_order_is_delivered_with_a_valid_signature(deployment: Deployment) -> None:
    endpoint = deployment.wth("endpoint", "create", "--dealer", EMAIL, "--url", "http://receiver:9000/hooks")
    order = deployment.order_a_watch()
    eventually(lambda: any(order in request["body"] for request in deployment.list_received()))
    [received, *_] = [request for request in deployment.list_received() if order in request["body"]]
    body, keys = received["body"].encode(), [endpoint["secret"]]
    checked = verify(header=received["signature"], body=body, secrets=keys, now=int(time.time()))
    assert checked.is_valid


def test_update_fails_no_request(deployment: Deployment) -> None:
    with deployment.requests_meanwhile() as statuses:
        for line in list_commands("docker compose build"):
            deployment.run(line.replace("--no-deps", "--no-deps --force-recreate"))
    assert len(statuses) > 10
    assert set(statuses) == {200}


def test_restore_brings_back_the_backup(deployment: Deployment) -> None:
    before = deployment.call("GET", "/orders")["data"]
    for line in list_commands("docker compose exec -T postgres pg_dump"):
        deployment.run(line)
    deployment.order_a_watch()
    assert deployment.call("GET", "/orders")["data"] != before
    for line in list_commands("docker compose stop"):
        deployment.run(line)
    deployment.wait_until_ready()
    assert deployment.call("GET", "/orders")["data"] == before


def test_killed_and_removed_containers_lose_nothing(deployment: Deployment) -> None:
    before = deployment.call("GET", "/orders")["data"]
    deployment.run("docker compose kill web-1 worker postgres redis")
    deployment.run("docker compose up --detach")
    deployment.wait_until_ready()
    assert deployment.call("GET", "/orders")["data"] == before
    deployment.run("docker compose down")
    deployment.start()
    assert deployment.call("GET", "/orders")["data"] == before
