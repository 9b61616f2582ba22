"""`wth dealer` creates dealers.

The module also looks up the dealer that other commands name.
"""

import click

from commands.arguments import Country, Text, password_option, prompt_password
from commands.database import HubGroup
from commands.output import CommandOutput, example
from errors import Refusal
from models.accounts.user import User
from models.dealer import PLANS, Dealer
from models.onboarding import create_dealer

EXAMPLE = example('wth dealer create --name "Uhrenhaus Nord" --email anna@uhrenhaus.example --country DE')


@click.group(cls=HubGroup, epilog=EXAMPLE)
def dealer() -> None:
    """Create dealers."""


@dealer.command(epilog=EXAMPLE)
@click.option("--name", required=True, type=Text("Dealer", "name"), help="Name of the business.")
@click.option("--email", required=True, help="Email address of the owner (used to sign in).")
@password_option()
@click.option("--plan", type=click.Choice(sorted(PLANS)), default="business", show_default=True, help="Plan.")
@click.option("--country", type=Country(), default="BG", show_default=True, help="Two-letter country code.")
def create(name: str, email: str, password: str | None, plan: str, country: str) -> CommandOutput:
    """Create a dealer with an owner, a test-mode integration and a sandbox.

    The sandbox holds sample watches.
    """
    created, owner = create_dealer(
        name=name, email=email, password=password or prompt_password(), tier=plan, country=country
    )
    document = {"dealer_id": created.id, "user_id": owner.id}
    return CommandOutput(document, f"Created dealer {created.id} ({name}) with owner {owner.email} ({owner.id}).")


def find_dealer(id_or_email: str) -> Dealer:
    """Look up a dealer by its ID or by the email address of one of its users.

    Raises `dealer_not_found`.
    """
    user = User.find_by_email(id_or_email) if "@" in id_or_email else None
    if user is not None:
        dealer: Dealer = user.dealer
        return dealer
    return Dealer.find_unscoped(id_or_email)


def find_integrated_dealer(id_or_email: str) -> Dealer:
    """Look up a dealer whose plan has the integration.

    Raises `dealer_not_found` or `plan_required`.
    """
    dealer = find_dealer(id_or_email)
    if not dealer.plan.has_custom_integration:
        raise Refusal(
            "plan_required", "The Custom Integration requires the Business plan. Upgrade this dealer's plan first."
        )
    return dealer
