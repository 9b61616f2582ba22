"""Transactional outbox: events, their deliveries, and a Celery task per delivery after the commit."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from rest_framework.renderers import JSONRenderer

from bench.peers.drf_celery.authentication import Client
from bench.peers.drf_celery.models import Account
from bench.peers.drf_celery.outbox_models import Notification, OutboxEntry, Receiver
from bench.peers.drf_celery.tasks import deliver
from bench.peers.values import format_time, is_subscribed, new_id, now

Change = tuple[str, Any]  # the type of the event, and its subject


def record_events(client: Client, changes: Sequence[Change], at: int) -> None:
    """Insert the events of changes, and deliveries to the subscribed endpoints."""
    first = _reserve_sequences(client, len(changes))
    events = [_build_event(client, change, sequence, at) for sequence, change in enumerate(changes, start=first)]
    Notification.objects.bulk_create(events)
    modes = ["test" if client.is_test else "live", "both"]
    receivers = list(Receiver.objects.filter(dealer_id=client.dealer_id, is_enabled=True, mode__in=modes))
    entries = [
        _build_entry(event, receiver)
        for event in events
        for receiver in receivers
        if is_subscribed(receiver.events, event.type)
    ]
    OutboxEntry.objects.bulk_create(entries)
    for entry in entries:
        transaction.on_commit(partial(deliver.delay, entry.id))


def _reserve_sequences(client: Client, count: int) -> int:
    """Return the first of `count` sequence numbers. The dealer is locked."""
    column = "test_sequence" if client.is_test else "live_sequence"
    accounts = Account.objects.filter(id=client.dealer_id)
    accounts.update(**{column: F(column) + count})
    return int(accounts.values_list(column, flat=True).get()) - count + 1


def _build_event(client: Client, change: Change, sequence: int, at: int) -> Notification:
    event_type, subject = change
    event_id = new_id("evt")
    body = {
        "id": event_id,
        "object": "event",
        "event": event_type,
        "sequence": sequence,
        "api_version": client.channel.api_version,
        "created_at": format_time(at),
        "livemode": not client.is_test,
        "origin": "api",
        "request_id": client.request_id,
        "data": subject,
    }
    return Notification(
        id=event_id, dealer_id=client.dealer_id, is_test=client.is_test, sequence=sequence, type=event_type,
        resource_id=subject["id"], origin="api", body=JSONRenderer().render(body).decode(), created_at=at,
    )  # fmt: skip


def _build_entry(event: Notification, receiver: Receiver) -> OutboxEntry:
    open_ones = OutboxEntry.objects.filter(
        endpoint=receiver, resource_id=event.resource_id, completed_at=None, is_passed=False
    )
    return OutboxEntry(
        id=new_id("dlv"), dealer_id=event.dealer_id, endpoint=receiver, event=event, event_type=event.type,
        resource_id=event.resource_id, is_test=event.is_test, sequence=event.sequence,
        state="queued" if open_ones.exists() else "pending", due_at=now(), created_at=event.created_at,
    )  # fmt: skip
