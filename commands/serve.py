"""`wth serve`, `wth web`, `wth worker`: the processes of a hub and their options.

The modules that run them are imported after their options have been applied, because applying one may restart the
process, and so that each process imports only what it uses.
"""

from importlib import import_module
from typing import Any

import click

import config
from commands.logs import start_process_logging
from commands.supervisor import exit_with_parent
from config.readers import environment
from errors import Refusal

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
        except Refusal as refusal:
            cause = refusal.__cause__ if refusal.reason == refusal.message else None  # else the reason contains it
            raise click.ClickException(f"{refusal.reason} {cause or ''}".rstrip()) from refusal


@click.command(cls=ProcessCommand, epilog="Example: wth serve --port 9000")
@host_option
@port_option
@threads_option
@click.option(
    "--demo", is_flag=True, help="Add a demo dealer with watches, and a webhook receiver that prints each event."
)
def serve(host: str, port: int, threads: int, demo: bool) -> None:
    """Run the web server and a worker. Applies pending migrations first."""
    level = (
        (environment().get("WTH_LOG_LEVEL") or "warning") if demo else config.LOG_LEVEL
    )  # the demo prints the events
    _apply_options(port, allow_private=config.ALLOW_PRIVATE_WEBHOOKS or demo, log_level=level)
    import_module("commands.hub").run_hub(host, port, threads=threads, has_demo=demo)


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
    import_module("commands.hub").run_web_only(host, port, workers=workers)


@click.command(cls=ProcessCommand, epilog="Example: wth worker --threads 64")
@threads_option
@parent_option
def worker(threads: int, parent: int | None) -> None:
    """Run a worker, which sends deliveries. You can run several."""
    start_process_logging()
    if parent is not None:
        exit_with_parent(parent)
    import_module("commands.startup").require_database()
    import_module("tasks.worker").run(threads)


def _apply_options(
    port: int, *, allow_private: bool, workers: int = config.WEB_WORKERS, log_level: str = config.LOG_LEVEL
) -> None:
    """Restart with the options as settings if they differ.

    After that, all modules and child processes agree.
    """
    wanted = {
        "WTH_PORT": port,
        "WTH_WEB_WORKERS": workers,
        "WTH_ALLOW_PRIVATE_WEBHOOKS": int(allow_private),
        "WTH_LOG_LEVEL": log_level,
    }
    if tuple(wanted.values()) != (config.PORT, config.WEB_WORKERS, config.ALLOW_PRIVATE_WEBHOOKS, config.LOG_LEVEL):
        config.restart_with({name: str(value) for name, value in wanted.items()})


@click.command("demo-receiver", hidden=True)
@click.option("--port", type=int, required=True)
@parent_option
def demo_receiver(port: int, parent: int | None) -> None:
    """Run the demo receiver."""
    if parent is not None:
        exit_with_parent(parent)
    import_module("demo.receiver").run(port)
