"""`wth dealer`: who the dealers of this hub are."""

import click

from commands.arguments import Country, Text
from commands.output import CommandOutput, HubGroup, example
from errors import Refusal
from models.accounts.user import User
from models.dealer import PLANS, Dealer
from models.onboarding import create_dealer

EXAMPLE = example('wth dealer create --name "Uhrenhaus Nord" --email anna@uhrenhaus.example --country DE')


@click.group(cls=HubGroup, epilog=EXAMPLE)
def dealer() -> None:
    """Dealers of this hub."""


@dealer.command(epilog=EXAMPLE)
@click.option("--name", required=True, type=Text("Dealer", "name"), help="Name of the business.")
@click.option("--email", required=True, help="Whom the account belongs to; they sign in with it.")
@click.option("--password", help="At least ten characters. Left out, it is asked for.")
@click.option("--plan", type=click.Choice(sorted(PLANS)), default="business", show_default=True, help="Tier.")
@click.option("--country", type=Country(), default="BG", show_default=True, help="Two-letter code of the country.")
def create(name: str, email: str, password: str | None, plan: str, country: str) -> CommandOutput:
    """Add a dealer with an owner, an integration in test mode and a sandbox of sample watches."""
    secret = password or click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    created, owner = create_dealer(name=name, email=email, password=secret, tier=plan, country=country)
    document = {"dealer_id": created.id, "user_id": owner.id}
    return CommandOutput(document, f"{name} is dealer {created.id}; {owner.email} signs in as its owner ({owner.id}).")


def find_dealer(name: str) -> Dealer:
    """By id, or by the e-mail address of one of their people. Raises `dealer_not_found`."""
    user = User.find_by_email(name) if "@" in name else None
    if user is not None:
        found: Dealer = user.dealer
        return found
    return Dealer.find_unscoped(name)


def find_integrated_dealer(name: str) -> Dealer:
    """Raises `dealer_not_found`, `plan_required`."""
    found = find_dealer(name)
    if not found.plan.has_custom_integration:
        raise Refusal("plan_required", "The Custom Integration belongs to the Business plan; this dealer has another.")
    return found
