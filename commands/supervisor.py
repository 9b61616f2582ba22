"""Processes that belong to another: they end with it, and while it lives they are started again when they die."""

import os
import signal
import subprocess
import sys
import threading
import time

import config

LOOKS_EVERY_SECONDS = 0.2
RESTARTS_AFTER_SECONDS = 1.0
GRACE_SECONDS = 25


def exit_with_parent(parent: int) -> None:
    """Ends this process soon after its parent has died, however it died; it may have died before this is called."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOKS_EVERY_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


class SupervisedProcess:
    """One `wth …` command as a process, kept running until `stop`."""

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments
        self._stopping = threading.Event()
        self._process = self._start()
        self._keeper = threading.Thread(target=self._keep, name=f"keeper of {arguments[0]}", daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """Lets it finish what it does, for a while."""
        self._stopping.set()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._keeper.join(5)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(config.ROOT / "cli.py"), *self.arguments, "--ends-with-parent", str(os.getpid())]
        return subprocess.Popen(command)  # noqa: S603 - our own program

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._process.wait()
            if not self._stopping.wait(RESTARTS_AFTER_SECONDS):
                self._process = self._start()
