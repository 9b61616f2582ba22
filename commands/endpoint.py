"""`wth endpoint`: webhook endpoints, their signing secrets and replays."""

from collections.abc import Callable

import click

import config
from commands.arguments import Duration, dealer_option, mode_option
from commands.database import HubGroup
from commands.dealer import find_dealer, find_integrated_dealer
from commands.output import CommandOutput, example
from commands.tables import render_table
from errors import Invalid
from models.clock import format_rfc3339
from models.dealer import Actor
from models.delivery.endpoint import MODES, Endpoint, check_host
from models.delivery.ping import send_test_event
from models.delivery.redelivery import replay_events
from tasks.wake_up import wake_worker
from webhooks import guard

EXAMPLE = example("wth endpoint create --dealer anna@uhrenhaus.example --url https://shop.example.com/hooks")
ID = "we_4RtdkXwqqpDEqzcyMCvL3nZ7"

id_argument = click.argument("endpoint_id", metavar="ID")


@click.group(cls=HubGroup, epilog=EXAMPLE)
def endpoint() -> None:
    """Manage webhook endpoints."""


@endpoint.command(epilog=f"{EXAMPLE} --events 'listing.*,order.received'")
@dealer_option()
@click.option("--url", required=True, help="URL that receives the events.")
@click.option(
    "--events",
    default="*",
    show_default=True,
    help="Event types, separated by commas. listing.* matches all types of a resource.",
)
@click.option(
    "--mode", type=click.Choice(MODES), default="both", show_default=True, help="Mode of the events to deliver."
)
@click.option("--skip-echoes", is_flag=True, help="Skip events caused by the dealer's own API calls.")
def create(dealer_name: str, url: str, events: str, mode: str, skip_echoes: bool) -> CommandOutput:
    """Create an endpoint and show its signing secret once."""
    patterns = list(dict.fromkeys(pattern.strip() for pattern in events.split(",")))
    dealer = find_integrated_dealer(dealer_name)
    try:
        check_host(url)
        created, secret = Endpoint.register(dealer, url, events=patterns, mode=mode, skips_echoes=skip_echoes)
    except Invalid as error:
        raise _with_development_hint(error, url) from None
    return CommandOutput({"endpoint_id": created.id, "secret": secret}, f"{created.id}\n{secret}")


@endpoint.command("list", epilog=example("wth endpoint list --dealer anna@uhrenhaus.example"))
@dealer_option()
def list_endpoints(dealer_name: str) -> CommandOutput:
    """List the endpoints of a dealer."""
    data = [row.to_dict() for row in Endpoint.of(find_dealer(dealer_name))]
    rows = [[row["id"], row["url"], row["mode"], ",".join(row["events"]), _state(row["is_enabled"])] for row in data]
    text = render_table(("ID", "URL", "MODE", "EVENTS", "STATE"), rows, empty="This dealer has no endpoints.")
    return CommandOutput({"object": "list", "data": data}, text)


@endpoint.command(epilog=example(f"wth endpoint pause {ID}"))
@id_argument
def pause(endpoint_id: str) -> CommandOutput:
    """Stop deliveries to an endpoint. New events queue until you enable it."""
    return _apply(endpoint_id, lambda row: row.disable("Paused by the operator of the hub."))


@endpoint.command(epilog=example(f"wth endpoint enable {ID}"))
@id_argument
def enable(endpoint_id: str) -> CommandOutput:
    """Resume deliveries to an endpoint, starting with the queued ones."""
    return _apply(endpoint_id, Endpoint.enable)


@endpoint.command(epilog=example(f"wth endpoint delete {ID}"))
@id_argument
def delete(endpoint_id: str) -> CommandOutput:
    """Delete an endpoint and its delivery log."""
    found = Endpoint.find_unscoped(endpoint_id)
    found.delete_deliveries()
    found.remove()
    return CommandOutput({"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}, f"Deleted {endpoint_id}.")


@endpoint.command(epilog=example(f"wth endpoint rotate {ID} --grace 48h"))
@id_argument
@click.option(
    "--grace",
    type=Duration(),
    default="24h",
    show_default=True,
    help="How long the previous secret stays valid, at most 7d.",
)
def rotate(endpoint_id: str, grace: int) -> CommandOutput:
    """Rotate the signing secret and show the new one once.

    Until the grace period ends, both secrets sign.
    """
    row = Endpoint.find_unscoped(endpoint_id)
    secret = row.rotate_secret(grace)
    ends_at = format_rfc3339(row.previous_secret_expires_at)
    document = {"endpoint_id": row.id, "secret": secret, "previous_secret_expires_at": ends_at}
    return CommandOutput(document, f"{secret}\nThe previous secret is valid until {ends_at}." if ends_at else secret)


@endpoint.command("revoke-previous", epilog=example(f"wth endpoint revoke-previous {ID}"))
@id_argument
def revoke_previous(endpoint_id: str) -> CommandOutput:
    """Revoke the previous secret, so that only the newest one signs."""
    return _apply(endpoint_id, Endpoint.revoke_previous_secret)


@endpoint.command("test", epilog=example(f"wth endpoint test {ID} --new-secret-only"))
@id_argument
@click.option("--new-secret-only", is_flag=True, help="Sign with the newest secret only, to verify a rotation.")
def send_test(endpoint_id: str, new_secret_only: bool) -> CommandOutput:
    """Send a test event to an endpoint, regardless of its subscriptions."""
    row = Endpoint.find_unscoped(endpoint_id)
    actor = Actor(row.dealer, is_test=True, origin="dashboard")
    delivery = send_test_event(actor, row, signs_newest_only=new_secret_only)
    wake_worker(row.dealer.id)
    return CommandOutput(
        delivery.to_dict(), f"{delivery.id} is queued. Inspect it with `wth deliveries show {delivery.id}`."
    )


@endpoint.command("replay-missing", epilog=example(f"wth endpoint replay-missing {ID} --after 1200 --mode live"))
@id_argument
@click.option("--after", type=click.IntRange(min=0), required=True, help="Last sequence that the receiver has.")
@mode_option()
def replay(endpoint_id: str, after: int, mode: str) -> CommandOutput:
    """Replay all events after a sequence, for a receiver that lost its data."""
    row = Endpoint.find_unscoped(endpoint_id)
    total = 0
    for total in replay_events(Actor(row.dealer, mode == "test", "dashboard"), row, after):
        click.echo(f"{total} events queued", err=True)
        wake_worker(row.dealer.id)
    return CommandOutput({"endpoint_id": row.id, "replayed": total}, f"{total} events are queued for replay.")


def _with_development_hint(error: Invalid, url: str) -> Invalid:
    """Name the development setting if it would accept the URL.

    Dealers cannot change the setting, so only the CLI names it.
    """
    if error.param != "url" or config.ALLOW_PRIVATE_WEBHOOKS:
        return error
    try:
        guard.check_url(url, allow_private=True)
    except guard.InvalidUrl:
        return error
    hint = "For development, WTH_ALLOW_PRIVATE_WEBHOOKS=1 allows HTTP and private addresses."
    return Invalid(f"{error.message} {hint}", param="url")


def _apply(endpoint_id: str, change: Callable[[Endpoint], None]) -> CommandOutput:
    row = Endpoint.find_unscoped(endpoint_id)
    change(row)
    wake_worker(row.dealer.id)
    return CommandOutput(row.to_dict(), f"{row.id} is {_state(row.is_enabled)}.")


def _state(is_enabled: bool) -> str:
    return "enabled" if is_enabled else "disabled"
