"""Enqueues a task for every delivery that is not complete."""

from bench.peers.drf_celery.celery import app  # first: it configures Django, which the models below need
from bench.peers.drf_celery.outbox_models import OutboxEntry
from bench.peers.drf_celery.tasks import deliver

if __name__ == "__main__":
    app.set_current()
    for delivery_id in OutboxEntry.objects.filter(completed_at=None).order_by("sequence").values_list("id", flat=True):
        deliver.delay(delivery_id)
