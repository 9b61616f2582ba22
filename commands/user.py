"""`wth user`: the people who sign in to the dashboard."""

import click

import config
from commands.dealer import find_dealer
from commands.output import CommandOutput, HubGroup, example
from errors import Refusal
from models.accounts.session import Session
from models.accounts.user import ROLES, User

EXAMPLE = example("wth user create --dealer anna@uhrenhaus.example --email ben@uhrenhaus.example --role staff")


@click.group(cls=HubGroup, epilog=EXAMPLE)
def user() -> None:
    """People who sign in to the dashboard."""


@user.command(epilog=EXAMPLE)
@click.option("--dealer", "dealer_name", required=True, help="Id, or the e-mail address of one of their people.")
@click.option("--email", required=True, help="What the person signs in with.")
@click.option("--password", help="At least ten characters. Left out, it is asked for.")
@click.option(
    "--role", type=click.Choice(ROLES), default="staff", show_default=True, help="Owners may change keys and mode."
)
def create(dealer_name: str, email: str, password: str | None, role: str) -> CommandOutput:
    """Add a person to a dealer."""
    secret = password or click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    made = User.register(find_dealer(dealer_name), email=email, password=secret, role=role)
    document = {"user_id": made.id, "dealer_id": made.dealer.id, "email": made.email, "role": made.role}
    return CommandOutput(document, f"{made.email} signs in as {made.role} ({made.id}).")


@user.command(name="list", epilog=example("wth user list --dealer anna@uhrenhaus.example"))
@click.option("--dealer", "dealer_name", required=True, help="Id, or the e-mail address of one of their people.")
def list_(dealer_name: str) -> CommandOutput:
    """Who signs in for a dealer: owners first, each role in the order of joining."""
    people = list(User.of(find_dealer(dealer_name)))
    shapes = [{"user_id": one.id, "email": one.email, "role": one.role} for one in people]
    return CommandOutput({"object": "list", "data": shapes}, (f"{one.email}  {one.role}  {one.id}\n" for one in people))


@user.command(epilog=example("wth user reset anna@uhrenhaus.example"))
@click.argument("email")
def reset(email: str) -> CommandOutput:
    """Make a link with which the person sets a new password, once, within a day."""
    found = _find(email)
    link = f"{config.PUBLIC_URL}/reset/{found.create_reset_token()}"
    return CommandOutput(
        {"user_id": found.id, "link": link}, f"{found.email} sets a new password here, within a day:\n{link}"
    )


@user.command(name="sign-out", epilog=example("wth user sign-out anna@uhrenhaus.example"))
@click.argument("email")
def sign_out(email: str) -> CommandOutput:
    """End all sessions of a person."""
    found = _find(email)
    ended = Session.close_all(found)
    return CommandOutput({"user_id": found.id, "ended": ended}, f"{ended} sessions of {found.email} ended.")


def _find(email: str) -> User:
    """Raises `user_not_found`."""
    found = User.find_by_email(email)
    if found is None:
        raise Refusal("user_not_found", f"Nobody signs in as {email[:80]!r}.")
    return found
