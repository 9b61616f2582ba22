"""A key or secret that a page shows is valid, also when a form is sent many times at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from models import vault
from models.delivery.endpoint import Endpoint
from tests.cast import Cast
from tests.client import Client
from tests.dashboard.browser import Browser, Page, page
from tests.hub import Server

CUSTOM = "/channels/custom"
FORM_COUNT = 12


def submit_together(browser: Browser, path: str, fields: dict[str, str]) -> list[str]:
    """Send the form FORM_COUNT times at once. Returns the secrets that pages showed."""
    token = browser.csrf_token()
    with ThreadPoolExecutor(FORM_COUNT) as pool:
        responses = list(pool.map(lambda _: browser.post(path, fields, token=token), range(FORM_COUNT)))
    assert sorted({response.status_code for response in responses}) == [200, 409]
    return [read_revealed(response) for response in responses if response.ok]


def read_revealed(response: requests.Response) -> str:
    [shown] = page(response).of("input", id="revealed")
    return shown["value"]


@pytest.mark.parametrize("path", [f"{CUSTOM}/keys", f"{CUSTOM}/setup/key"])
def test_key_that_is_shown_works(owner: Browser, cast: Cast, server: Server, path: str) -> None:
    fields = {"mode": "test", "replaces": cast.owner.test_key[:12]}
    [key] = submit_together(owner, path, fields)
    assert Client(server.url, key).get("/me").status_code == 200


def test_secret_that_is_shown_signs(owner: Browser, cast: Cast) -> None:
    endpoint, _ = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    form = Page(owner.get(f"{CUSTOM}/endpoints/{endpoint.id}").text)
    fields = {"grace_hours": "0", "replaces": form.value("replaces")}
    [secret] = submit_together(owner, f"{CUSTOM}/endpoints/{endpoint.id}/rotate", fields)
    assert vault.decrypt(Endpoint.get().secret) == secret


def test_stale_page_says_that_the_secret_has_changed(owner: Browser, cast: Cast) -> None:
    endpoint, _ = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    version = endpoint.secret_version
    endpoint.rotate_secret(0)
    response = owner.post(f"{CUSTOM}/endpoints/{endpoint.id}/rotate", {"grace_hours": "0", "replaces": version})
    assert response.status_code == 409
    assert "has been rotated already" in response.text
