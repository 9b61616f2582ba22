"""Supervisor: restarts child processes that die, and ends processes in time.

A process ends within its bound whatever hangs: a database, a receiver, a DNS server.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import config

POLL_INTERVAL_SECONDS = 0.2
RESTART_DELAY_SECONDS = 1.0
WEB_STOP_SECONDS = 15.0  # requests in progress get 10 s
WORKER_STOP_SECONDS = 25.0  # attempts in progress get 20 s
HUB_STOP_SECONDS = 30.0  # longer than its worker
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)

log = logging.getLogger("wth.serve")


def list_stop_signals() -> list[signal.Signals]:
    """List the signals that stop a process, without those that nohup ignores."""
    return [number for number in STOP_SIGNALS if signal.getsignal(number) != signal.SIG_IGN]


def exit_within(seconds: float, before_exit: Callable[[], None] = lambda: None) -> None:
    """End this process after `seconds`, even if its threads hang.

    `before_exit` is called just before that.
    """

    def end() -> None:
        time.sleep(seconds)
        log.warning("Process did not stop within %g s, so it ends now. Unfinished deliveries are sent again.", seconds)
        before_exit()
        os._exit(1)

    threading.Thread(target=end, name="shutdown bound", daemon=True).start()


def exit_with_parent(parent: int) -> None:
    """End this process soon after the process `parent` dies.

    This includes a death by SIGKILL and a death before this call.
    """

    def monitor() -> None:
        while os.getppid() == parent:
            time.sleep(POLL_INTERVAL_SECONDS)
        exit_within(HUB_STOP_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=monitor, name="parent monitor", daemon=True).start()


class SupervisedProcess:
    """A `wth …` command in a child process, restarted until `stop`."""

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments
        self._stopping = threading.Event()
        self._process = self._start()
        self._monitor = threading.Thread(target=self._restart, name=f"{arguments[0]} monitor", daemon=True)
        self._monitor.start()

    def begin_stop(self) -> None:
        """Send SIGTERM, so that the process finishes its work."""
        self._stopping.set()
        self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Stop the process and wait for its end. It ends itself within its bound."""
        self.begin_stop()
        try:
            self._process.wait(HUB_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._monitor.join(1)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(config.ROOT / "cli.py"), *self.arguments, "--ends-with-parent", str(os.getpid())]
        return subprocess.Popen(command)  # noqa: S603 - our own program

    def _restart(self) -> None:
        while not self._stopping.is_set():
            self._process.wait()
            if not self._stopping.wait(RESTART_DELAY_SECONDS):
                self._process = self._start()
