"""Unmanaged models of the outbox: endpoints, events, deliveries and attempts."""

from django.db import models

from bench.peers.drf_celery.models import HubTable


class Receiver(HubTable):
    id = models.TextField(primary_key=True)
    dealer_id = models.TextField()
    url = models.TextField()
    mode = models.TextField()
    events = models.JSONField()
    is_enabled = models.BooleanField()
    secret = models.TextField()

    class Meta(HubTable.Meta):
        db_table = "endpoint"


class Notification(HubTable):
    id = models.TextField(primary_key=True)
    dealer_id = models.TextField()
    is_test = models.BooleanField()
    sequence = models.BigIntegerField()
    type = models.TextField()
    resource_id = models.TextField(null=True)
    origin = models.TextField()
    body = models.TextField()
    created_at = models.BigIntegerField()

    class Meta(HubTable.Meta):
        db_table = "event"


class OutboxEntry(HubTable):
    id = models.TextField(primary_key=True)
    dealer_id = models.TextField()
    endpoint = models.ForeignKey(Receiver, models.DO_NOTHING)
    event = models.ForeignKey(Notification, models.DO_NOTHING)
    event_type = models.TextField()
    resource_id = models.TextField(null=True)
    is_test = models.BooleanField()
    sequence = models.BigIntegerField()
    state = models.TextField()
    due_at = models.BigIntegerField()
    generation = models.IntegerField(default=0)
    trigger = models.TextField(default="automatic")
    step = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    is_passed = models.BooleanField(default=False)
    signs_newest_only = models.BooleanField(default=False)
    last_status = models.IntegerField(null=True)
    last_error = models.TextField(null=True)
    created_at = models.BigIntegerField()
    completed_at = models.BigIntegerField(null=True)

    class Meta(HubTable.Meta):
        db_table = "delivery"


class SentRequest(HubTable):
    pk = models.CompositePrimaryKey("delivery_id", "number")
    delivery = models.ForeignKey(OutboxEntry, models.DO_NOTHING)
    number = models.IntegerField()
    trigger = models.TextField(default="automatic")
    started_at = models.BigIntegerField()
    finished_at = models.BigIntegerField(null=True)
    status = models.IntegerField(null=True)
    error = models.TextField(null=True)
    url = models.TextField(null=True)
    request_headers = models.JSONField(null=True)
    response_headers = models.JSONField(null=True)
    response_preview = models.TextField(null=True)

    class Meta(HubTable.Meta):
        db_table = "attempt"
