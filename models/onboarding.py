"""Onboarding: creates a dealer with owner, integration and sandbox in one transaction."""

from models import sandbox
from models.accounts.integration import Integration
from models.accounts.user import User
from models.database import db
from models.dealer import Dealer


def create_dealer(*, name: str, email: str, password: str, tier: str, country: str) -> tuple[Dealer, User]:
    """Create a dealer and its owner; on the Business plan also the integration and its sample listings.

    Raises `validation_failed`, `email_taken`.
    """
    with db.atomic():
        dealer = Dealer.open_account(name=name, country=country, tier=tier)
        owner = User.register(dealer, email=email, password=password, role="owner")
        if dealer.plan.has_custom_integration:
            Integration.create_for(dealer)
            sandbox.fill(dealer)
    return dealer, owner
