"""The demo dealer: a Business account in test mode with real watches, keys, and an endpoint at the demo receiver."""

import os
from collections.abc import Iterator
from typing import Any

import orjson

import config
from inventory.sheet import read_sheet
from models.accounts.api_key import ApiKey
from models.database import connection
from models.dealer import Actor, Dealer
from models.delivery.endpoint import Endpoint
from models.listing_import import import_sheet
from models.onboarding import create_dealer

EMAIL, PASSWORD = "demo@watchtraderhub.example", "perpetual-calendar"
SAMPLE = config.ROOT / "demo" / "sample-inventory.csv"


def notebook_path() -> Any:
    """What only the demo remembers: its keys and its receiver's secret, readable by the owner of the folder."""
    return config.DATA_DIR / "demo.json"


def seed(receiver_url: str) -> Iterator[str]:
    """Makes what is not there yet; gives the lines that tell a newcomer what to try."""
    if not notebook_path().exists():
        with connection():
            _write_notebook(_enrol(receiver_url))
    notebook = orjson.loads(notebook_path().read_bytes())
    yield from _welcome(notebook["test_key"])


def _enrol(receiver_url: str) -> dict[str, str]:
    dealer, _ = create_dealer(name="Demo Watches", email=EMAIL, password=PASSWORD, tier="business", country="BG")
    _import_watches(dealer)
    endpoint, secret = Endpoint.register(dealer, receiver_url)
    return {
        "dealer_id": dealer.id,
        "endpoint_id": endpoint.id,
        "endpoint_secret": secret,
        "test_key": ApiKey.generate(dealer, is_test=True),
        "live_key": ApiKey.generate(dealer, is_test=False),
    }


def _import_watches(dealer: Dealer) -> None:
    sheet = read_sheet(SAMPLE.read_bytes(), default_country=dealer.country)
    for is_test in (True, False):
        import_sheet(Actor(dealer, is_test, "import"), sheet, publish=True, all_or_nothing=True)


def _write_notebook(notebook: dict[str, str]) -> None:
    descriptor = os.open(notebook_path(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps(notebook))


def _welcome(key: str) -> Iterator[str]:
    api = f"http://localhost:{config.PORT}/api/v1"
    authorization = f'-H "Authorization: Bearer {key}"'
    yield f"""
WatchTraderHub is running.

  Dashboard   http://localhost:{config.PORT}/   (e-mail {EMAIL}, password {PASSWORD})
  API         {api}   (contract: {api}/openapi.json)
  Test key    {key}

Three things to try in another terminal; what the webhook receiver gets is printed here.

1. List the watches for sale

  curl {authorization} "{api}/listings?status=in_stock&limit=3"

2. Order one (put a listing's id in; the watch is sold once and only once)

  curl {authorization} -H "Idempotency-Key: order-1" -H "Content-Type: application/json" \\
    -d '{{"items": [{{"listing_id": "inv_..."}}], "customer": {{"email": "ada@example.com"}}}}' {api}/orders

3. Ping the webhook endpoint

  curl {authorization} -H "Idempotency-Key: ping-1" -X POST {api}/test/webhook_ping

Ctrl-C stops everything; the data stays in {config.DATA_DIR}.
"""
