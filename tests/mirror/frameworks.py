"""The same mirror behind each framework, served on a loopback port in a thread."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import django
import flask
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.urls import path
from starlette.applications import Starlette
from starlette.routing import Route
from watchtraderhub.mirror import Mirror
from watchtraderhub.mirror.django import webhook_view as django_view
from watchtraderhub.mirror.flask import webhook_view as flask_view
from watchtraderhub.mirror.starlette import webhook_endpoint
from werkzeug.serving import make_server

from tests.hub import serve_app
from tests.journeys.processes import eventually, running
from tests.mirror.killed_shop import SOURCES
from tests.mirror.small_shop import SmallShop
from tests.ports import free_port

Serve = Callable[[SmallShop, Mirror], Iterator[str]]  # yields the URL of the webhooks
urlpatterns: list[Any] = []  # Django's ROOT_URLCONF is this module


def configure_django() -> None:
    """Configure Django once per process."""
    if not settings.configured:
        database = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
        settings.configure(
            ROOT_URLCONF=__name__,
            ALLOWED_HOSTS=["127.0.0.1"],
            DATABASES={"default": database},
            USE_TZ=True,
            LOGGING_CONFIG=None,
        )
        django.setup()


def serve_wsgi(application: Any) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, application, threaded=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/webhooks"
    server.shutdown()
    server.server_close()


def serve_flask(shop: SmallShop, mirror: Mirror) -> Iterator[str]:
    app = flask.Flask("shop")
    app.add_url_rule("/webhooks", view_func=flask_view(mirror), methods=["POST"])
    yield from serve_wsgi(app)


def serve_django(shop: SmallShop, mirror: Mirror) -> Iterator[str]:
    configure_django()
    urlpatterns[:] = [path("webhooks", django_view(mirror))]
    yield from serve_wsgi(WSGIHandler())


def serve_starlette(shop: SmallShop, mirror: Mirror) -> Iterator[str]:
    app = Starlette(routes=[Route("/webhooks", webhook_endpoint(mirror), methods=["POST"])])
    with serve_app(app) as server:
        yield f"{server.site}/webhooks"


def serve_fastapi(shop: SmallShop, mirror: Mirror) -> Iterator[str]:
    port = free_port()
    words = [str(shop.data.folder), shop.data.schema, shop.site, shop.key, shop.secret, str(port)]
    with running(*words, program=Path(__file__).with_name("fastapi_shop.py"), PYTHONPATH=SOURCES):
        eventually(lambda: is_listening(port))
        yield f"http://127.0.0.1:{port}/webhooks"


def is_listening(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


FRAMEWORKS: dict[str, Serve] = {
    "flask": serve_flask,
    "django": serve_django,
    "starlette": serve_starlette,
    "fastapi": serve_fastapi,
}
