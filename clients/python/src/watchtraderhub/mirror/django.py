"""Webhooks in Django: `path("webhooks", webhook_view(mirror))`.

`DjangoDatabase` is for handlers that use models.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable

from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from watchtraderhub.mirror.mirror import Mirror
from watchtraderhub.mirror.responses import MESSAGES, has_valid_length


class DjangoDatabase:
    """A database of Django's settings, by its alias. Its handlers may use models, and `transaction.on_commit`."""

    placeholder = "%s"

    def __init__(self, alias: str = "default") -> None:
        self._alias = alias

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        # durable: inside a transaction of the caller, the commit would come later than the response
        with transaction.atomic(using=self._alias, durable=True):
            yield connections[self._alias]

    @contextmanager
    def savepoint(self, connection: Any) -> Iterator[None]:
        with transaction.atomic(using=self._alias):  # Django rejects commit and rollback inside
            yield


def webhook_view(mirror: Mirror) -> Callable[[HttpRequest], HttpResponse]:
    """Return a view that gives each delivery to the mirror. Exceptions of handlers reach Django, which sends 500."""

    def receive_webhook(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        is_readable = has_valid_length(request.headers.get("Content-Length"))
        status = mirror.receive(request.body, request.headers) if is_readable else 413
        return HttpResponse(MESSAGES[status], status=status, content_type="text/plain")

    view: Callable[[HttpRequest], HttpResponse] = csrf_exempt(transaction.non_atomic_requests(receive_webhook))
    return view
