"""The programs that are compared: the hub, and peers that do the same work on a copy of its database."""

import sys
from dataclasses import dataclass, field

from bench.peers import installation

HUB, FASTIFY, FASTAPI, DRF, BULLMQ = "hub", "Fastify", "FastAPI + arq", "DRF + Celery", "BullMQ"
PEER_FOLDER = "bench/peers"


@dataclass(frozen=True)
class Programs:
    """The commands of one contender; an empty one is a program that it does not have.

    `{port}` stands for the port to listen on.
    """

    server: tuple[str, ...] = ()
    worker: tuple[str, ...] = ()
    fill_queue: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    needs_redis: bool = False


def hub() -> Programs:
    return Programs(
        server=(sys.executable, "cli.py", "web", "--port", "{port}"),
        worker=(sys.executable, "cli.py", "worker", "--threads", "32"),
    )


def fastify() -> Programs:
    modules = installation.install_node_peers()
    return Programs(server=("node", f"{PEER_FOLDER}/node/server.js"), settings={"NODE_PATH": str(modules)})


def bullmq() -> Programs:
    modules = installation.install_node_peers()
    worker, fill_queue = (("node", f"{PEER_FOLDER}/node/{name}.js") for name in ("worker", "fill_queue"))
    return Programs(worker=worker, fill_queue=fill_queue, settings={"NODE_PATH": str(modules)}, needs_redis=True)


def fastapi() -> Programs:
    python = (str(installation.install_python_peer("fastapi_arq")), "-m")
    package = "bench.peers.fastapi_arq"
    quiet = ("--no-access-log", "--log-level", "warning")
    return Programs(
        server=(*python, "uvicorn", f"{package}.app:app", "--port", "{port}", *quiet),
        worker=(*python, f"{package}.worker"),
        fill_queue=(*python, f"{package}.fill_queue"),
        needs_redis=True,
    )


def drf() -> Programs:
    python = (str(installation.install_python_peer("drf_celery")), "-m")
    package = "bench.peers.drf_celery"
    gunicorn = ("gunicorn", f"{package}.wsgi", "--bind", "127.0.0.1:{port}", "--log-level", "warning")
    celery = ("celery", "--quiet", "-A", f"{package}.celery", "worker", "--loglevel", "WARNING", "--without-mingle")
    return Programs(
        server=(*python, *gunicorn, "--worker-class", "gthread", "--threads", "4", "--keep-alive", "60"),
        worker=(*python, *celery, "--pool", "threads", "--concurrency", "8", "--without-gossip"),
        fill_queue=(*python, f"{package}.fill_queue"),
        needs_redis=True,
    )


API_CONTENDERS = {HUB: hub, FASTIFY: fastify, FASTAPI: fastapi, DRF: drf}
DELIVERY_CONTENDERS = {HUB: hub, BULLMQ: bullmq, FASTAPI: fastapi, DRF: drf}
