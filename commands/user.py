"""`wth user`: users of the dashboard, their passwords and sessions."""

import click

import config
from commands.arguments import dealer_option, password_option, prompt_password
from commands.database import HubGroup
from commands.dealer import find_dealer
from commands.output import CommandOutput, example
from commands.tables import render_table
from errors import Refusal
from models.accounts.session import Session
from models.accounts.user import ROLES, User

EXAMPLE = example("wth user create --dealer anna@uhrenhaus.example --email ben@uhrenhaus.example --role staff")


@click.group(cls=HubGroup, epilog=EXAMPLE)
def user() -> None:
    """Manage users of the dashboard."""


@user.command(epilog=EXAMPLE)
@dealer_option()
@click.option("--email", required=True, help="Email address of the user (used to sign in).")
@password_option()
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="staff",
    show_default=True,
    help="Owners can also manage API keys, webhooks and the mode.",
)
def create(dealer_name: str, email: str, password: str | None, role: str) -> CommandOutput:
    """Add a user to a dealer."""
    created = User.register(find_dealer(dealer_name), email=email, password=password or prompt_password(), role=role)
    document = {"user_id": created.id, "dealer_id": created.dealer.id, "email": created.email, "role": created.role}
    return CommandOutput(document, f"Created {created.role} {created.email} ({created.id}).")


@user.command(name="list", epilog=example("wth user list --dealer anna@uhrenhaus.example"))
@dealer_option()
def list_users(dealer_name: str) -> CommandOutput:
    """List the users of a dealer: owners first, each role by creation time."""
    data = [{"user_id": row.id, "email": row.email, "role": row.role} for row in User.of(find_dealer(dealer_name))]
    text = render_table(
        ("EMAIL", "ROLE", "ID"), [(row["email"], row["role"], row["user_id"]) for row in data], empty=""
    )
    return CommandOutput({"object": "list", "data": data}, text)


@user.command(epilog=example("wth user reset anna@uhrenhaus.example"))
@click.argument("email")
def reset(email: str) -> CommandOutput:
    """Create a link to set a new password. It works once and expires after 24 hours.

    The link starts with WTH_PUBLIC_URL: set it if the hub listens on another port or behind a proxy.
    """
    row = _find(email)
    link = f"{config.PUBLIC_URL}/reset/{row.create_reset_token()}"
    text = f"Send this link to {row.email}. It works once and expires after 24 hours.\n{link}"
    return CommandOutput({"user_id": row.id, "link": link}, text)


@user.command(name="sign-out", epilog=example("wth user sign-out anna@uhrenhaus.example"))
@click.argument("email")
def sign_out(email: str) -> CommandOutput:
    """End all sessions of a user."""
    row = _find(email)
    count = Session.close_all(row)
    return CommandOutput({"user_id": row.id, "ended": count}, f"Ended {count} sessions of {row.email}.")


def _find(email: str) -> User:
    """Look up a user by email address. Raises `user_not_found`."""
    row = User.find_by_email(email)
    if row is None:
        raise Refusal("user_not_found", f"No user has the email address {email[:80]!r}. Check its spelling.")
    return row
