"""`wth endpoint`: where a dealer's events go."""

from collections.abc import Callable

import click

from commands.arguments import Duration, dealer_option
from commands.dealer import find_dealer, find_integrated_dealer
from commands.output import Answer, HubGroup, example
from commands.tables import table
from models.base import rfc3339
from models.endpoint import MODES, Endpoint
from tasks.bell import ring

EXAMPLE = example("wth endpoint create --dealer anna@uhrenhaus.example --url https://shop.example/hooks")
ID = "we_4RtdkXwqqpDEqzcyMCvL3nZ7"

id_argument = click.argument("endpoint_id", metavar="ID")


@click.group(cls=HubGroup, epilog=EXAMPLE)
def endpoint() -> None:
    """Webhook endpoints of dealers."""


@endpoint.command(epilog=f"{EXAMPLE} --events 'listing.*,order.received'")
@dealer_option()
@click.option("--url", required=True, help="Where to POST events.")
@click.option("--events", default="*", show_default=True, help="Event types, parted by commas; listing.* is a group.")
@click.option("--mode", type=click.Choice(MODES), default="both", show_default=True, help="Events of which mode.")
@click.option("--skip-echoes", is_flag=True, help="Leave out what the dealer's own API calls caused.")
def create(dealer_name: str, url: str, events: str, mode: str, skip_echoes: bool) -> Answer:
    """Add an endpoint and show its signing secret, this one time."""
    patterns = list(dict.fromkeys(pattern.strip() for pattern in events.split(",")))
    dealer = find_integrated_dealer(dealer_name)
    made, secret = Endpoint.register(dealer, url, events=patterns, mode=mode, skips_echoes=skip_echoes)
    return Answer({"endpoint_id": made.id, "secret": secret}, f"{made.id}\n{secret}")


@endpoint.command("list", epilog=example("wth endpoint list --dealer anna@uhrenhaus.example"))
@dealer_option()
def list_endpoints(dealer_name: str) -> Answer:
    """Show the endpoints of a dealer."""
    shapes = [row.to_dict() for row in Endpoint.of(find_dealer(dealer_name))]
    rows = [[row["id"], row["url"], row["mode"], ",".join(row["events"]), _state(row["is_enabled"])] for row in shapes]
    return Answer({"object": "list", "data": shapes}, table(("ID", "URL", "MODE", "EVENTS", "STATE"), rows))


@endpoint.command(epilog=example(f"wth endpoint pause {ID}"))
@id_argument
def pause(endpoint_id: str) -> Answer:
    """Stop sending; what is due waits."""
    return _changed(endpoint_id, lambda row: row.disable("Paused by the operator of the hub."))


@endpoint.command(epilog=example(f"wth endpoint enable {ID}"))
@id_argument
def enable(endpoint_id: str) -> Answer:
    """Send again, what waited first."""
    return _changed(endpoint_id, Endpoint.enable)


@endpoint.command(epilog=example(f"wth endpoint delete {ID}"))
@id_argument
def delete(endpoint_id: str) -> Answer:
    """Remove an endpoint and its delivery log."""
    Endpoint.anyones(endpoint_id).remove()
    return Answer({"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}, f"{endpoint_id} is deleted.")


@endpoint.command(epilog=example(f"wth endpoint rotate {ID} --grace 48h"))
@id_argument
@click.option("--grace", type=Duration(), default="24h", show_default=True, help="How long the old secret stays valid.")
def rotate(endpoint_id: str, grace: int) -> Answer:
    """Make a new signing secret and show it, this one time. Both secrets sign until the grace is over."""
    row = Endpoint.anyones(endpoint_id)
    secret = row.rotate_secret(grace)
    ends_at = rfc3339(row.previous_secret_expires_at)
    document = {"endpoint_id": row.id, "secret": secret, "previous_secret_expires_at": ends_at}
    return Answer(document, f"{secret}\nThe previous secret is valid until {ends_at}." if ends_at else secret)


@endpoint.command("revoke-previous", epilog=example(f"wth endpoint revoke-previous {ID}"))
@id_argument
def revoke_previous(endpoint_id: str) -> Answer:
    """End a rotation now: only the newest secret signs."""
    return _changed(endpoint_id, Endpoint.revoke_previous_secret)


def _changed(endpoint_id: str, verb: Callable[[Endpoint], None]) -> Answer:
    row = Endpoint.anyones(endpoint_id)
    verb(row)
    ring(row.dealer.id)
    return Answer(row.to_dict(), f"{row.id} is {_state(row.is_enabled)}.")


def _state(is_enabled: bool) -> str:
    return "enabled" if is_enabled else "disabled"
