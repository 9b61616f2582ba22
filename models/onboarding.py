"""Onboarding of a dealer: account, owner, integration and sandbox."""

from models import sandbox
from models.accounts.integration import Integration
from models.accounts.user import User, hash_password
from models.database import db
from models.dealer import Dealer


def create_dealer(*, name: str, email: str, password: str, tier: str, country: str) -> tuple[Dealer, User]:
    """Create a dealer and its owner in one transaction.

    On the Business plan, also create the integration and its sample listings. Raises `validation_failed`,
    `email_taken`.
    """
    password_hash = hash_password(password)  # outside the transaction, because it is slow on purpose
    with db.atomic():
        dealer = Dealer.open_account(name=name, country=country, tier=tier)
        owner = User.register_with_hash(dealer, email=email, password_hash=password_hash, role="owner")
        if dealer.plan.has_custom_integration:
            Integration.create_for(dealer)
            sandbox.fill(dealer)
    return dealer, owner
