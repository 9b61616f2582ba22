"""Expensive work that one dealer or stranger asks for many times at once."""

import io
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import pytest
import requests

from models.accounts.integration import Integration
from tests.attack.arena import Arena
from tests.attack.inventory_files import inventory_file
from tests.attack.raw_http import Headers, connect, head
from tests.dashboard.browser import Browser
from tests.receiver import Delivered, Receiver


def upload(browser: Browser, content: bytes) -> str:
    """Upload an inventory file. Returns the path of its preview."""
    fields, file = {"csrf_token": browser.csrf_token()}, ("stock.csv", io.BytesIO(content), "text/csv")
    response = browser.session.post(
        f"{browser.site}/inventory/import", data=fields, files={"file": file}, timeout=60, allow_redirects=False
    )
    assert response.status_code == 303, response.text[:500]
    return response.headers["Location"]


def test_reloads_of_an_import_preview(arena: Arena) -> None:
    path = upload(arena.browser, inventory_file(20_000))
    with arena.attack("40 reloads of a preview") as attack:
        attack.at_once(*[partial(arena.get, path)] * 40)


def test_many_imports_at_once(arena: Arena) -> None:
    paths = [upload(arena.browser, inventory_file(1000)) for _ in range(26)]
    with arena.attack("26 imports at once", seconds=8) as attack:
        attack.at_once(*(partial(start_import, arena, path) for path in paths))


def start_import(arena: Arena, path: str) -> int:
    return arena.post(path, {"then": "import", "publish": "yes"}).status_code


def test_many_sign_ins_at_once(arena: Arena) -> None:
    browsers = [Browser(arena.server.site) for _ in range(90)]
    tokens = [browser.csrf_token() for browser in browsers]

    def sign_in(number: int) -> int:
        fields = {"email": f"nobody{number}@shop.example", "password": "wrong password"}
        return browsers[number].post("/sign-in", fields, token=tokens[number]).status_code

    with arena.attack("90 sign-ins at once") as attack:
        attack.at_once(*(partial(sign_in, number) for number in range(90)))


@pytest.mark.parametrize("have_left", [False, True])
def test_many_long_polls(arena: Arena, have_left: bool) -> None:
    Integration.update(rate_limit=100_000).execute()
    key: Headers = [("Host", "hub.test"), ("Authorization", f"Bearer {arena.attacker.test_key}")]
    sent = head("GET", "/api/v1/events?wait=30&type=customer.matched", key)
    with ExitStack() as stack:
        connections = [stack.enter_context(connect(arena.port, f"127.0.1.{n % 20 + 1}")) for n in range(550)]
        for connection in connections:
            connection.sendall(sent)
        if have_left:
            stack.close()
        with arena.attack(f"550 long polls{', callers gone' if have_left else ''}") as attack:
            attack.count(550)


@contextmanager
def slow_receiver() -> Iterator[tuple[Receiver, Callable[[], None]]]:
    """A receiver, and a function that makes it respond with 200 after 14 s from then on."""
    may_respond = threading.Event()

    def respond(_: Delivered) -> int:
        may_respond.wait(14)
        return 200

    with Receiver() as receiver:
        receiver.validates_bodies = False
        yield receiver, lambda: setattr(receiver, "respond", respond)
        may_respond.set()


def test_receivers_that_are_slow(arena: Arena) -> None:
    with slow_receiver() as (receiver, become_slow):
        become_slow()
        for number in range(5):
            arena.attacker.endpoint(f"{receiver.url}?{number}")
        client = arena.client()
        with arena.attack("80 pings to 5 receivers of 14 s", seconds=10) as attack:
            for _ in range(80):
                attack.count(status=client.post("/test/webhook_ping", {}).status_code)


def test_onset_of_slowness(arena: Arena) -> None:
    """Receivers that were fast, so that they have many slots, begin to hang."""
    with slow_receiver() as (receiver, become_slow):
        for number in range(5):
            arena.attacker.endpoint(f"{receiver.url}?{number}")
        client = arena.client()
        for _ in range(15):
            client.post("/test/webhook_ping", {})
        receiver.wait_for(75)
        become_slow()
        with arena.attack("5 fast receivers begin to hang", seconds=10) as attack:
            for _ in range(40):
                attack.count(status=client.post("/test/webhook_ping", {}).status_code)


def test_regeneration_at_once_shows_one_valid_key(arena: Arena) -> None:
    shown: list[str] = []

    def regenerate() -> int:
        fields = {"mode": "test", "replaces": arena.attacker.test_key[:12]}
        response = arena.post("/channels/custom/keys", fields)
        shown.extend(re.findall(r"wth_[0-9A-Za-z]{32}", response.text)[:1])
        return response.status_code

    with arena.attack("20 regenerations at once", seconds=3) as attack:
        attack.at_once(*[regenerate] * 20)
    valid = [key for key in shown if is_valid(arena, key)]
    assert (len(shown), len(valid)) == (1, 1)


def is_valid(arena: Arena, key: str) -> bool:
    headers = {"Authorization": f"Bearer {key}"}
    return requests.get(f"{arena.server.url}/me", headers=headers, timeout=10).status_code == 200


def test_storage_of_one_key(arena: Arena) -> None:
    """The rate limit is the usual one. Customers with as much text as the API accepts."""
    stored = 0

    def write() -> int:
        nonlocal stored
        metadata = {f"key{number}": "x" * 500 for number in range(20)}
        rows = [{"email": f"{uuid.uuid4().hex}@shop.example", "metadata": metadata} for _ in range(80)]
        response = arena.client().post("/customers/bulk", {"customers": rows})
        stored += len(response.request.body or b"") if response.ok else 0
        return response.status_code

    with arena.attack("storing with one key") as attack:
        attack.repeat(write, threads=4)
        print(f"{stored / 2**20:.1f} MiB stored by one key")


def test_long_transactions_of_one_key(arena: Arena) -> None:
    """Each request changes a hundred customers, which takes longer than to create them."""
    Integration.update(rate_limit=100_000).execute()

    def write() -> int:
        note = uuid.uuid4().hex
        rows = [
            {
                "email": f"{number}@shop.example",
                "external_id": f"{number}",
                "phone": f"+35988812{number:04}",
                "notes": note,
            }
            for number in range(100)
        ]
        return arena.client().post("/customers/bulk", {"customers": rows}).status_code

    with arena.attack("long transactions of one key") as attack:
        attack.repeat(write, threads=8)
