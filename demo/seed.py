"""Demo data.

It is a Business dealer in test mode with watches, API keys and an endpoint at the demo receiver.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import orjson

import config
from inventory.sheet import read_sheet
from models.accounts.api_key import ApiKey
from models.database import connection
from models.dealer import Actor, Dealer
from models.delivery.endpoint import Endpoint
from models.listing_import import import_sheet
from models.onboarding import create_dealer

DEMO_EMAIL, DEMO_PASSWORD = "demo@watchtraderhub.example", "perpetual-calendar"
SAMPLE_INVENTORY = config.ROOT / "demo" / "sample-inventory.csv"


def state_path() -> Path:
    """File with the demo's API keys and its endpoint's secret (mode 0600)."""
    return config.DATA_DIR / "demo.json"


def seed(receiver_url: str) -> Iterator[str]:
    """Create the demo data unless it exists. Yields the welcome text."""
    if not state_path().exists():
        with connection():
            _write_state(_create_demo_dealer(receiver_url))
    state = orjson.loads(state_path().read_bytes())
    yield from _welcome(state["test_key"])


def _create_demo_dealer(receiver_url: str) -> dict[str, str]:
    dealer, _ = create_dealer(
        name="Demo Watches", email=DEMO_EMAIL, password=DEMO_PASSWORD, tier="business", country="BG"
    )
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
    sheet = read_sheet(SAMPLE_INVENTORY.read_bytes(), default_country=dealer.country)
    for is_test in (True, False):
        import_sheet(Actor(dealer, is_test, "import"), sheet, publish=True, all_or_nothing=True)


def _write_state(state: dict[str, str]) -> None:
    descriptor = os.open(state_path(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps(state))


def _welcome(key: str) -> Iterator[str]:
    hub = f"http://localhost:{config.PORT}"
    api = f"{hub}/api/v1"
    authorization = f'-H "Authorization: Bearer {key}"'
    yield f"""
WatchTraderHub is running.

  Dashboard   {hub}/   (sign in as {DEMO_EMAIL}, password {DEMO_PASSWORD})
  API         {api}   (documentation: {hub}/docs)
  Test key    {key}

Try this in a second terminal. This terminal prints each webhook that the demo receiver gets.

1. List watches for sale

  curl {authorization} "{api}/listings?status=in_stock&limit=3"

2. Order a watch (replace inv_... with the ID of a listing)

  curl {authorization} -H "Idempotency-Key: order-1" -H "Content-Type: application/json" \\
    -d '{{"items": [{{"listing_id": "inv_..."}}], "customer": {{"email": "ada@example.com"}}}}' {api}/orders

3. Send a test event

  curl {authorization} -H "Idempotency-Key: ping-1" -X POST {api}/test/webhook_ping

Press Ctrl-C to stop the hub. Its data stays in {config.DATA_DIR}.
"""
