"""`wth serve` and `wth web` after their options have been applied."""

import logging
import signal
import sys

import click

import config
from commands.logs import start_process_logging
from commands.metrics import require_metrics_port
from commands.sockets import bind, require_free_port, wait_for_listener
from commands.startup import migrate_database, require_database
from commands.supervisor import HUB_STOP_SECONDS, SupervisedProcess, list_stop_signals
from commands.web_server import run_web
from demo.seed import seed
from webhooks.authorities import create_context

log = logging.getLogger("wth.serve")


def run_hub(host: str, port: int, *, threads: int, has_demo: bool) -> None:
    """Run the web server in this process, and a worker in a child process."""
    _set_up_process()
    create_context(config.WEBHOOK_CA_FILE)  # the worker would end at once if the file is invalid
    listener = bind(host, port)
    require_metrics_port()
    if has_demo:
        require_free_port(port + 1)
    _warn_about_private_webhooks()
    migrate_database()
    children = [SupervisedProcess("worker", "--threads", str(threads))]
    if has_demo:
        children.append(_start_demo(port))

    def stop_children() -> None:
        for child in children:
            child.begin_stop()  # at once, so that it stops while the web server finishes its requests

    try:
        run_web(listener, workers=1, stop_seconds=HUB_STOP_SECONDS, on_stop=stop_children)
    finally:
        for child in children:
            child.stop()


def run_web_only(host: str, port: int, *, workers: int) -> None:
    """Run the web server, in this process or in several."""
    _set_up_process()
    listener = bind(host, port)
    require_metrics_port()
    require_database()
    _warn_about_private_webhooks()
    run_web(listener, workers=workers)


def _set_up_process() -> None:
    start_process_logging()
    # Ctrl-C in a terminal signals the child processes too; SIGTERM reaches only this one, which then stops them
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for number in {signal.SIGHUP, signal.SIGQUIT} & set(list_stop_signals()):
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGTERM))


def _warn_about_private_webhooks() -> None:
    if config.ALLOW_PRIVATE_WEBHOOKS:
        log.warning("WTH_ALLOW_PRIVATE_WEBHOOKS is on: webhook endpoints may use plain HTTP and private addresses.")


def _start_demo(port: int) -> SupervisedProcess:
    receiver_port = port + 1
    lines = list(seed(f"http://127.0.0.1:{receiver_port}/hooks"))
    receiver = SupervisedProcess("demo-receiver", "--port", str(receiver_port))
    wait_for_listener(receiver_port)  # or the first webhook of a quick reader fails, and is sent again a minute later
    for line in lines:
        click.echo(line)
    sys.stdout.flush()
    return receiver
