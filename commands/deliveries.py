"""`wth deliveries`: the delivery log, and sending again."""

from typing import Any

import click

from commands.arguments import MODES, Moment, dealer_option, limit_option, mode_option
from commands.dealer import find_dealer
from commands.output import CommandOutput, HubGroup, example
from commands.tables import facts, shown, table
from models.dealer import Dealer
from models.delivery.attempt import Attempt
from models.delivery.delivery import STATES, Delivery
from models.delivery.event import Event
from models.delivery.redelivery import FailedDeliveries
from models.search import delivery_log
from tasks.wake_up import wake_worker

ID = "dlv_4RtdkXwqqpDEqzcyMCvL3nZ7"
EXAMPLE = example("wth deliveries list --state failed --since 24h")
HEADER = ("ID", "STATE", "EVENT", "RESOURCE", "MODE", "ATTEMPTS", "LAST", "CREATED", "NEXT ATTEMPT")
ATTEMPT_HEADER = ("ATTEMPT", "STARTED", "TRIGGER", "RESULT", "MS", "ADDRESS", "DETAIL")

id_argument = click.argument("delivery_id", metavar="ID")


@click.group(cls=HubGroup, epilog=EXAMPLE)
def deliveries() -> None:
    """The delivery log."""


@deliveries.command("list", epilog=EXAMPLE)
@dealer_option(required=False)
@mode_option(required=False)
@click.option("--state", type=click.Choice(STATES), help="Deliveries in this state.")
@click.option("--event", help="Event type, or a group such as listing.*.")
@click.option("--endpoint", help="Id of an endpoint.")
@click.option("--resource", help="Id of the listing, order, customer or event.")
@click.option("--since", type=Moment(), help="Recorded since: a time, or 2h for two hours ago.")
@click.option("--until", type=Moment(), help="Recorded until.")
@limit_option(50)
def list_deliveries(dealer_name: str | None, limit: int, **filters: Any) -> CommandOutput:
    """Show deliveries, the newest first."""
    query = (
        delivery_log.deliveries_matching_unscoped(filters)
        if dealer_name is None
        else delivery_log.deliveries_matching(find_dealer(dealer_name), filters)
    )
    newest = query.order_by(Delivery.created_at.desc(), Delivery.id.desc()).limit(limit)
    shapes = [delivery.to_dict() for delivery in newest]
    text = table(HEADER, [_row(shape) for shape in shapes], empty="No delivery matches.")
    return CommandOutput({"object": "list", "data": shapes}, text)


@deliveries.command(epilog=example(f"wth deliveries show {ID}"))
@id_argument
def show(delivery_id: str) -> CommandOutput:
    """Show a delivery with all its attempts and the body that was sent."""
    delivery = Delivery.find_unscoped(delivery_id)
    shape = delivery.to_dict()
    attempts = [attempt.to_dict() for attempt in Attempt.of(delivery)]
    body = Event.find_unscoped(delivery.event_id).body
    tried = table(ATTEMPT_HEADER, [_attempt_row(row) for row in attempts], empty="No attempt was made yet.")
    return CommandOutput(
        {**shape, "attempt_log": attempts, "body": body}, f"{facts(shape)}\n\n{tried}\n\n{shown(body)}"
    )


@deliveries.command(epilog=example(f"wth deliveries retry {ID}"))
@id_argument
def retry(delivery_id: str) -> CommandOutput:
    """Send one delivery again, now."""
    delivery = Delivery.find_unscoped(delivery_id)
    delivery.retry()
    wake_worker(delivery.dealer.id)
    return CommandOutput(Delivery.find_unscoped(delivery_id).to_dict(), f"{delivery_id} is on its way.")


@deliveries.command("retry-failed", epilog=example("wth deliveries retry-failed --since 2d --dry-run"))
@click.option("--since", type=Moment(), required=True, help="Recorded since: a time, or 2h for two hours ago.")
@click.option("--until", type=Moment(), default="now", show_default=True, help="Recorded until.")
@dealer_option(required=False)
@mode_option(required=False)
@click.option("--endpoint", help="Id of an endpoint.")
@click.option("--dry-run", is_flag=True, help="Only count.")
def retry_failed(
    since: int, until: int, dealer_name: str | None, mode: str | None, endpoint: str | None, dry_run: bool
) -> CommandOutput:
    """Send all deliveries of a time again that were given up."""
    dealers = Dealer.select() if dealer_name is None else [find_dealer(dealer_name)]
    is_test = None if mode is None else mode == "test"
    failed = [FailedDeliveries(dealer, since, until, endpoint_id=endpoint, is_test=is_test) for dealer in dealers]
    matched = sum(each.count() for each in failed)
    click.echo(f"{matched} failed deliveries match.", err=True)
    retried = 0 if dry_run else sum(_retried(each) for each in failed)
    return CommandOutput({"matched": matched, "retried": retried}, f"{retried} are on their way.")


def _retried(failed: FailedDeliveries) -> int:
    count = 0
    for count in failed.retry():  # noqa: B007 - how many so far; the last one is how many in all
        wake_worker(failed.dealer.id)
    return count


def _row(shape: dict[str, Any]) -> tuple[Any, ...]:
    last = shape["last_error"] or shape["last_status"]
    mode = MODES[0] if shape["is_test"] else MODES[1]
    about = (shape["id"], shape["state"], shape["event"], shape["resource_id"], mode, shape["attempts"])
    return (*about, last, shape["created_at"], shape["next_attempt_at"])


def _attempt_row(attempt: dict[str, Any]) -> tuple[Any, ...]:
    result = attempt["error"] or attempt["status"] or "running or interrupted"
    when = (attempt["number"], attempt["started_at"], attempt["trigger"])
    return (*when, result, attempt["duration_ms"], attempt["address"], attempt["error_detail"])
