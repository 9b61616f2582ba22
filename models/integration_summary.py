"""The response of `GET /me`: an integration as its own API key sees it."""

from models.accounts.caller import Caller
from models.clock import format_rfc3339
from models.dealer import Actor
from models.delivery.endpoint import Endpoint
from models.listing import Listing
from spec import types


def summarize_integration(actor: Actor, caller: Caller) -> types.Me:
    """Return the Me object of the API.

    `webhook` is the first endpoint that receives events of the actor's mode.
    """
    plan = actor.dealer.plan
    endpoints = Endpoint.of_mode(actor)
    return {
        "object": "integration",
        "dealer": {
            "id": actor.dealer.id,
            "name": actor.dealer.name,
            "plan": {
                "tier": plan.tier,
                "inventory_limit": plan.inventory_limit,
                "price_eur_month": plan.price_eur_month,
            },
        },
        "mode": "test" if actor.is_test else "live",
        "key_prefix": caller.key_prefix,
        "is_enabled": caller.is_enabled,
        "is_test_mode": caller.is_test_mode,
        "api_version": caller.api_version,
        "rate_limit": caller.rate_limit,
        "inventory": Listing.counts(actor),
        "subscribed_events": sorted({pattern for endpoint in endpoints for pattern in endpoint.events}),
        "webhook": _webhook(endpoints[0]) if endpoints else None,
    }


def _webhook(endpoint: Endpoint) -> types.MeWebhook:
    return {
        "url": endpoint.url,
        "is_enabled": endpoint.is_enabled,
        "last_success_at": format_rfc3339(endpoint.last_success_at),
        "last_failure_at": format_rfc3339(endpoint.last_failure_at),
        "consecutive_failures": endpoint.consecutive_failures,
    }
