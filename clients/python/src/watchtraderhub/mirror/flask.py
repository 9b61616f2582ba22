"""Webhooks in Flask: `app.add_url_rule("/webhooks", view_func=webhook_view(mirror), methods=["POST"])`."""

from __future__ import annotations

from typing import Callable

from flask import request

from watchtraderhub.mirror.mirror import Mirror
from watchtraderhub.mirror.responses import MESSAGES, has_valid_length


def webhook_view(mirror: Mirror) -> Callable[[], tuple[str, int]]:
    """Return a view that gives each delivery to the mirror. Exceptions of handlers reach Flask, which sends 500."""

    def receive_webhook() -> tuple[str, int]:
        is_readable = has_valid_length(request.headers.get("Content-Length"))
        status = mirror.receive(request.get_data(cache=False), dict(request.headers)) if is_readable else 413
        return MESSAGES[status], status

    return receive_webhook
