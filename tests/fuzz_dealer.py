"""Creates the dealer for schemathesis: many listings, an endpoint, a high rate limit. Prints key and ids as JSON."""

import json

from models import schema
from models.accounts.api_key import ApiKey
from models.accounts.integration import Integration
from models.database import connection
from models.dealer import Actor
from models.delivery.endpoint import Endpoint
from models.listing import Listing
from models.onboarding import create_dealer

schema.migrate()
with connection():
    dealer, _ = create_dealer(
        name="Fuzz", email="fuzz@hub.example", password="long enough", tier="business", country="BG"
    )
    Integration.update(rate_limit=1_000_000).where(Integration.dealer == dealer).execute()
    actor = Actor(dealer, is_test=True, origin="dashboard")
    with dealer.locked():
        for number in range(300):
            values = {"brand": "Omega", "model": f"Constellation {number}", "asking_price_cents": 100_000 + number}
            Listing.create_for(actor, values).publish(actor)
    ids = [listing.id for listing in Listing.of(actor)]
    Endpoint.register(dealer, "http://127.0.0.1:9/hooks")
    print(json.dumps({"key": ApiKey.generate(dealer, is_test=True), "listings": ids}))
