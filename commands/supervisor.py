"""Supervisor: restarts child processes that die, and ends them with their parent."""

import os
import signal
import subprocess
import sys
import threading
import time

import config

POLL_INTERVAL_SECONDS = 0.2
RESTART_DELAY_SECONDS = 1.0
STOP_TIMEOUT_SECONDS = 25


def exit_with_parent(parent: int) -> None:
    """End this process soon after the process `parent` dies.

    This includes a death by SIGKILL and a death before this call.
    """

    def monitor() -> None:
        while os.getppid() == parent:
            time.sleep(POLL_INTERVAL_SECONDS)
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

    def stop(self) -> None:
        """Send SIGTERM and wait for the process to finish its work.

        Kills it after STOP_TIMEOUT_SECONDS.
        """
        self._stopping.set()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._monitor.join(5)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(config.ROOT / "cli.py"), *self.arguments, "--ends-with-parent", str(os.getpid())]
        return subprocess.Popen(command)  # noqa: S603 - our own program

    def _restart(self) -> None:
        while not self._stopping.is_set():
            self._process.wait()
            if not self._stopping.wait(RESTART_DELAY_SECONDS):
                self._process = self._start()
