"""Shell completion: the script of `wth completion`, and what it suggests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import Wth

WTH = Path(sys.executable).with_name("wth")


def suggest(*words: str) -> set[str]:
    """Return what the shell would suggest for the last word."""
    variables = {
        "_WTH_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["wth", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run([WTH], env={**os.environ, **variables}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return {line.partition(",")[2] for line in done.stdout.splitlines()}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_is_for_the_shell(wth: Wth, shell: str) -> None:
    result = wth("completion", shell)
    assert (result.status, "_WTH_COMPLETE" in result.stdout) == (0, True)
    if program := shutil.which(shell):
        subprocess.run([program, "-n"], input=result.stdout, text=True, check=True, timeout=10)


def test_commands_options_and_event_types_are_suggested() -> None:
    assert {"listen", "login"} <= suggest("l")
    assert {"--forward-to", "--format", "--from"} <= suggest("listen", "--f")
    assert suggest("listen", "--events", "order.") == {
        "order.*",
        "order.received",
        "order.fulfilled",
        "order.cancelled",
    }
    assert suggest("trigger", "customer") == {"customer.matched"}
