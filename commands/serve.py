"""`wth serve`, `wth web`, `wth worker`: the processes of a hub."""

import logging
import signal
import sys
from typing import Any

import click

import config
from commands.logs import start_logging
from commands.output import require_current_schema
from commands.sockets import bind, require_free_port
from commands.supervisor import HUB_STOP_SECONDS, SupervisedProcess, exit_with_parent, list_stop_signals
from commands.web_server import run_web
from demo.receiver import run as run_receiver
from demo.seed import seed
from errors import Refusal
from models import schema
from models.checkpoint import checkpoint
from models.database import DatabaseUnavailable, connection
from models.secret_key import require_right_key
from tasks import worker as task_worker
from webhooks.authorities import create_context

log = logging.getLogger("wth.serve")

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
    help="Number of deliveries that a worker process works on at a time.",
)
parent_option = click.option("--ends-with-parent", "parent", type=int, hidden=True, help="Process ID of the parent.")


class ProcessCommand(click.Command):
    """Command that runs until it is stopped.

    If it cannot start, it prints one sentence and exits with status 1.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DatabaseUnavailable as error:
            raise click.ClickException(error.reason) from error
        except Refusal as refusal:
            reason = f" {refusal.__cause__}" if refusal.__cause__ else ""
            raise click.ClickException(f"{refusal.message}{reason}") from refusal


@click.command(cls=ProcessCommand, epilog="Example: wth serve --port 9000")
@host_option
@port_option
@threads_option
@click.option(
    "--demo", is_flag=True, help="Add a demo dealer with watches, and a webhook receiver that prints each event."
)
def serve(host: str, port: int, threads: int, demo: bool) -> None:
    """Run the web server and a worker. Applies pending migrations first."""
    _apply_options(port, allow_private=config.ALLOW_PRIVATE_WEBHOOKS or demo)
    _set_up_process()
    create_context(config.WEBHOOK_CA_FILE)  # the worker would end at once if the file is invalid
    listener = bind(host, port)
    if demo:
        require_free_port(port + 1)
    _warn_about_private_webhooks()
    _migrate()
    children = [SupervisedProcess("worker", "--threads", str(threads))]
    if demo:
        children.append(_start_demo(port))

    def stop_children() -> None:
        for child in children:
            child.begin_stop()  # at once, so that it stops while the web server finishes its requests

    try:
        run_web(listener, workers=1, stop_seconds=HUB_STOP_SECONDS, on_stop=stop_children)
    finally:
        for child in children:
            child.stop()


@click.command(cls=ProcessCommand, epilog="Example: wth web --workers 2")
@host_option
@port_option
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: config.WEB_WORKERS,
    show_default="1",
    help="Number of web processes.",
)
def web(host: str, port: int, workers: int) -> None:
    """Run the API and the dashboard only. Run `wth worker` beside it."""
    _apply_options(port, workers=workers, allow_private=config.ALLOW_PRIVATE_WEBHOOKS)
    _set_up_process()
    listener = bind(host, port)
    _require_current_schema()
    _warn_about_private_webhooks()
    run_web(listener, workers=workers)


@click.command(cls=ProcessCommand, epilog="Example: wth worker --threads 64")
@threads_option
@parent_option
def worker(threads: int, parent: int | None) -> None:
    """Run a worker, which sends deliveries. You can run several."""
    start_logging()
    if parent is not None:
        exit_with_parent(parent)
    _require_current_schema()
    task_worker.run(threads)


def _apply_options(port: int, *, allow_private: bool, workers: int = config.WEB_WORKERS) -> None:
    """Restart with the options as settings if they differ.

    After that, all modules and child processes agree.
    """
    wanted = {"WTH_PORT": port, "WTH_WEB_WORKERS": workers, "WTH_ALLOW_PRIVATE_WEBHOOKS": int(allow_private)}
    current = (config.PORT, config.WEB_WORKERS, config.ALLOW_PRIVATE_WEBHOOKS)
    if tuple(wanted.values()) != current:
        config.restart_with({name: str(value) for name, value in wanted.items()})


def _set_up_process() -> None:
    start_logging()
    # Ctrl-C in a terminal signals the child processes too; SIGTERM reaches only this one, which then stops them
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for number in {signal.SIGHUP, signal.SIGQUIT} & set(list_stop_signals()):
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGTERM))


def _migrate() -> None:
    applied = schema.migrate()
    if applied:
        log.info("Applied migrations: %s.", ", ".join(applied))
    with connection():
        require_right_key()
    _prove_writable()


def _require_current_schema() -> None:
    """Reject a database with pending migrations.

    An unavailable PostgreSQL server may recover, so this only logs a warning.
    """
    try:
        with connection():
            require_current_schema()
            require_right_key()
    except DatabaseUnavailable as error:
        if config.is_sqlite():
            raise
        log.warning("%s %s", error.message, error.__cause__)
    _prove_writable()


def _prove_writable() -> None:
    """Warn about a database that can only be read, such as one on a full disk."""
    try:
        with connection():
            checkpoint()
    except DatabaseUnavailable as error:
        log.warning("%s %s", error.message, error.__cause__)


def _warn_about_private_webhooks() -> None:
    if config.ALLOW_PRIVATE_WEBHOOKS:
        log.warning("WTH_ALLOW_PRIVATE_WEBHOOKS is on: webhook endpoints may use plain HTTP and private addresses.")


def _start_demo(port: int) -> SupervisedProcess:
    receiver_port = port + 1
    for line in seed(f"http://127.0.0.1:{receiver_port}/hooks"):
        click.echo(line)
    sys.stdout.flush()
    return SupervisedProcess("demo-receiver", "--port", str(receiver_port))


@click.command("demo-receiver", hidden=True)
@click.option("--port", type=int, required=True)
@parent_option
def demo_receiver(port: int, parent: int | None) -> None:
    """Run the demo receiver."""
    if parent is not None:
        exit_with_parent(parent)
    run_receiver(port)
