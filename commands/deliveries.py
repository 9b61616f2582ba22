"""`wth deliveries`: the delivery log and retries."""

from typing import Any

import click

from commands.arguments import Timestamp, dealer_option, limit_option, mode_option
from commands.database import HubGroup
from commands.dealer import find_dealer
from commands.output import CommandOutput, example
from commands.tables import format_value, render_fields, render_table
from models.dealer import Dealer
from models.delivery.attempt import Attempt
from models.delivery.delivery import STATES, Delivery
from models.delivery.event import Event
from models.delivery.redelivery import FailedDeliveries
from models.search import delivery_log
from tasks.wake_up import wake_worker

ID = "dlv_4RtdkXwqqpDEqzcyMCvL3nZ7"
EXAMPLE = example("wth deliveries list --state failed --since 24h")
HEADER = ("ID", "STATE", "EVENT", "RESOURCE", "MODE", "ATTEMPTS", "LAST RESULT", "CREATED", "NEXT ATTEMPT")
ATTEMPT_HEADER = ("ATTEMPT", "STARTED", "TRIGGER", "RESULT", "MS", "ADDRESS", "DETAIL")

id_argument = click.argument("delivery_id", metavar="ID")


@click.group(cls=HubGroup, epilog=EXAMPLE)
def deliveries() -> None:
    """List, inspect and retry deliveries."""


@deliveries.command("list", epilog=EXAMPLE)
@dealer_option(required=False)
@mode_option(required=False)
@click.option("--state", type=click.Choice(STATES), help="State of the delivery.")
@click.option("--event", help="Event type, or all types of a resource, such as listing.*.")
@click.option("--endpoint", help="ID of the endpoint.")
@click.option("--resource", help="ID of the listing, order, customer or event.")
@click.option(
    "--since", type=Timestamp(), help="Created at or after: a time, or a duration such as 2h for two hours ago."
)
@click.option("--until", type=Timestamp(), help="Created at or before: a time or a duration.")
@limit_option(50)
def list_deliveries(dealer_name: str | None, limit: int, **filters: Any) -> CommandOutput:
    """List deliveries, newest first."""
    query = (
        delivery_log.deliveries_matching_unscoped(filters)
        if dealer_name is None
        else delivery_log.deliveries_matching(find_dealer(dealer_name), filters)
    )
    newest = query.order_by(Delivery.created_at.desc(), Delivery.id.desc()).limit(limit)
    data = [delivery.to_dict() for delivery in newest]
    text = render_table(HEADER, [_row(delivery) for delivery in data], empty="No results.")
    return CommandOutput({"object": "list", "data": data}, text)


@deliveries.command(epilog=example(f"wth deliveries show {ID}"))
@id_argument
def show(delivery_id: str) -> CommandOutput:
    """Show a delivery with its attempts and its body."""
    delivery = Delivery.find_unscoped(delivery_id)
    fields = delivery.to_dict()
    attempts = [attempt.to_dict() for attempt in Attempt.of(delivery)]
    body = Event.find_unscoped(delivery.event_id).body
    log = render_table(ATTEMPT_HEADER, [_attempt_row(attempt) for attempt in attempts], empty="No attempts yet.")
    return CommandOutput(
        {**fields, "attempt_log": attempts, "body": body}, f"{render_fields(fields)}\n\n{log}\n\n{format_value(body)}"
    )


@deliveries.command(epilog=example(f"wth deliveries retry {ID}"))
@id_argument
def retry(delivery_id: str) -> CommandOutput:
    """Retry a delivery now."""
    delivery = Delivery.find_unscoped(delivery_id)
    delivery.retry()
    wake_worker(delivery.dealer.id)
    return CommandOutput(Delivery.find_unscoped(delivery_id).to_dict(), f"{delivery_id} is queued for retry.")


@deliveries.command(epilog=example(f"wth deliveries advance {ID}"))
@id_argument
def advance(delivery_id: str) -> CommandOutput:
    """Skip to the next retry of a test delivery.

    Its attempts are counted as if the time of the retry had come.
    """
    delivery = Delivery.find_unscoped(delivery_id)
    delivery.advance()
    wake_worker(delivery.dealer.id)
    text = f"The next attempt of {delivery_id} is due now."
    return CommandOutput(Delivery.find_unscoped(delivery_id).to_dict(), text)


@deliveries.command("retry-failed", epilog=example("wth deliveries retry-failed --since 2d --dry-run"))
@click.option(
    "--since",
    type=Timestamp(),
    required=True,
    help="Created at or after: a time, or a duration such as 2h for two hours ago.",
)
@click.option(
    "--until", type=Timestamp(), default="now", show_default=True, help="Created at or before: a time or a duration."
)
@dealer_option(required=False)
@mode_option(required=False)
@click.option("--endpoint", help="ID of the endpoint.")
@click.option("--dry-run", is_flag=True, help="Count the matching deliveries without retrying them.")
def retry_failed(
    since: int, until: int, dealer_name: str | None, mode: str | None, endpoint: str | None, dry_run: bool
) -> CommandOutput:
    """Retry all failed deliveries in a time range."""
    dealers = Dealer.select() if dealer_name is None else [find_dealer(dealer_name)]
    is_test = None if mode is None else mode == "test"
    failed = [FailedDeliveries(dealer, since, until, endpoint_id=endpoint, is_test=is_test) for dealer in dealers]
    matched = sum(selection.count() for selection in failed)
    click.echo(f"{matched} failed deliveries match.", err=True)
    retried = 0 if dry_run else sum(_retry_all(selection) for selection in failed)
    return CommandOutput(
        {"matched": matched, "retried": retried}, f"{retried} of {matched} deliveries are queued for retry."
    )


def _retry_all(failed: FailedDeliveries) -> int:
    """Retry in batches, waking the worker after each.

    Returns the number of deliveries.
    """
    total = 0
    for total in failed.retry():  # noqa: B007 - yields the running total, so the last value is the result
        wake_worker(failed.dealer.id)
    return total


def _row(delivery: dict[str, Any]) -> tuple[Any, ...]:
    result = delivery["last_error"] or delivery["last_status"]
    mode = "test" if delivery["is_test"] else "live"
    subject = (delivery["id"], delivery["state"], delivery["event"], delivery["resource_id"], mode)
    return (*subject, delivery["attempts"], result, delivery["created_at"], delivery["next_attempt_at"])


def _attempt_row(attempt: dict[str, Any]) -> tuple[Any, ...]:
    result = attempt["error"] or attempt["status"] or "in progress or interrupted"
    start = (attempt["number"], attempt["started_at"], attempt["trigger"])
    return (*start, result, attempt["duration_ms"], attempt["address"], attempt["error_detail"])
