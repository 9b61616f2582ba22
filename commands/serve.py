"""`wth serve`, `wth web`, `wth worker`: the processes of a hub."""

import logging
import multiprocessing
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

import click
import uvicorn
from uvicorn.supervisors import Multiprocess

import config
from app import create_app
from commands.logs import start_logging
from commands.output import refuse_outdated
from commands.sockets import bind, refuse_taken
from commands.supervisor import SupervisedProcess, exit_with_parent
from contract.http_protocol import JsonErrorProtocol
from demo.receiver import run as run_receiver
from demo.seed import seed
from errors import Refusal
from models import schema
from models.database import DatabaseUnavailable, connection
from tasks import cpu_affinity
from tasks import worker as consumer

log = logging.getLogger("wth.serve")
claims: list[Any] = []  # processors of this process, held while it lives

host_option = click.option(
    "--host", default=lambda: config.HOST, show_default="127.0.0.1", help="Address to listen on."
)
port_option = click.option(
    "--port", type=click.IntRange(1, 65535), default=lambda: config.PORT, show_default="8080", help="Port to listen on."
)
threads_option = click.option(
    "--threads",
    type=click.IntRange(2, 256),
    default=lambda: config.WORKER_THREADS,
    show_default="32",
    help="Deliveries that one worker process sends at a time.",
)
child_option = click.option("--ends-with-parent", "parent", type=int, hidden=True, help="Process id of the parent.")


class ProcessCommand(click.Command):
    """A command that runs until it is stopped; what keeps it from starting is one sentence and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            reason = f" {refusal.__cause__}" if refusal.__cause__ else ""
            raise click.ClickException(f"{refusal.message}{reason}") from refusal


@click.command(cls=ProcessCommand, epilog="Example: wth serve --port 9000")
@host_option
@port_option
@threads_option
@click.option(
    "--demo", is_flag=True, help="Add the demo dealer, their watches and a receiver that prints what it gets."
)
def serve(host: str, port: int, threads: int, demo: bool) -> None:
    """Web and worker together. Brings the database up to date first."""
    _apply(port, allow_private=config.ALLOW_PRIVATE_WEBHOOKS or demo)
    _prepare()
    own = bind(host, port)
    if demo:
        refuse_taken(port + 1)
    _say_what_is_relaxed()
    _migrate()
    children = [SupervisedProcess("worker", "--threads", str(threads))]
    if demo:
        children.append(_demo(port))
    try:
        _run_web(own, workers=1)
    finally:
        for child in children:
            child.stop()


@click.command(cls=ProcessCommand, epilog="Example: wth web --workers 2")
@host_option
@port_option
@click.option(
    "--workers", type=click.IntRange(1, 64), default=lambda: config.WEB_WORKERS, show_default="1", help="Processes."
)
def web(host: str, port: int, workers: int) -> None:
    """The API and the dashboard alone; run `wth worker` beside it."""
    _apply(port, workers=workers, allow_private=config.ALLOW_PRIVATE_WEBHOOKS)
    _prepare()
    own = bind(host, port)
    _refuse_outdated()
    _say_what_is_relaxed()
    _run_web(own, workers=workers)


@click.command(cls=ProcessCommand, epilog="Example: wth worker --threads 64")
@threads_option
@child_option
def worker(threads: int, parent: int | None) -> None:
    """The sender of deliveries alone. Several may run at once."""
    start_logging()
    if parent is not None:
        exit_with_parent(parent)
    _refuse_outdated()
    consumer.run(threads)


def _apply(port: int, *, allow_private: bool, workers: int = config.WEB_WORKERS) -> None:
    """Turn options into settings: restart with them where they differ, so that all modules and children agree."""
    wanted = {"WTH_PORT": port, "WTH_WEB_WORKERS": workers, "WTH_ALLOW_PRIVATE_WEBHOOKS": int(allow_private)}
    current = (config.PORT, config.WEB_WORKERS, config.ALLOW_PRIVATE_WEBHOOKS)
    if tuple(wanted.values()) != current:
        config.restart_with({name: str(value) for name, value in wanted.items()})


def _prepare() -> None:
    start_logging()
    # a terminal's Ctrl-C reaches the children by itself; SIGTERM reaches only this process and ends it as Ctrl-C does
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def _migrate() -> None:
    applied = schema.migrate()
    if applied:
        log.info("The database had these migrations: %s.", ", ".join(applied))


def _refuse_outdated() -> None:
    """A database that is away may come back; one that lacks migrations fails every request."""
    try:
        with connection():
            refuse_outdated()
    except DatabaseUnavailable as fault:
        log.warning("%s %s", fault.message, fault.__cause__)


def _say_what_is_relaxed() -> None:
    if config.ALLOW_PRIVATE_WEBHOOKS:
        log.warning("WTH_ALLOW_PRIVATE_WEBHOOKS is on: webhooks may go to private addresses over plain HTTP.")


def web_options() -> dict[str, Any]:
    """How uvicorn serves the hub."""
    return {
        "http": JsonErrorProtocol,
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": bool(config.TRUSTED_PROXIES),
        "forwarded_allow_ips": config.TRUSTED_PROXIES or None,
        "timeout_graceful_shutdown": 10,
        "timeout_worker_healthcheck": 60,  # on a busy machine a process needs more than the stock 5 s to start
    }


def _run_web(own: socket.socket, *, workers: int) -> None:
    if workers > 1:
        several = uvicorn.Config("commands.serve:web_process", factory=True, workers=workers, **web_options())
        Multiprocess(several, sockets=[own]).run()
        return
    claim = cpu_affinity.pin_to_free_cpu("web")  # before there are threads, for they inherit it
    with suppress(KeyboardInterrupt):  # uvicorn raises it again after it has shut down
        uvicorn.Server(uvicorn.Config(create_app(), **web_options())).run(sockets=[own])
    if claim is not None:
        claim.close()


def web_process() -> Any:
    """The application in one of several web processes, which uvicorn starts."""
    start_logging()
    supervisor = multiprocessing.parent_process()
    if supervisor is not None and supervisor.pid is not None:
        exit_with_parent(supervisor.pid)
    claims.append(cpu_affinity.pin_to_free_cpu("web"))
    return create_app()


def _demo(port: int) -> SupervisedProcess:
    receiver_port = port + 1
    for line in seed(f"http://127.0.0.1:{receiver_port}/hooks"):
        click.echo(line)
    sys.stdout.flush()
    return SupervisedProcess("demo-receiver", "--port", str(receiver_port))


@click.command("demo-receiver", hidden=True)
@click.option("--port", type=int, required=True)
@child_option
def demo_receiver(port: int, parent: int | None) -> None:
    """The demo's receiver alone."""
    if parent is not None:
        exit_with_parent(parent)
    run_receiver(port)
