"""The machine of a run, and the versions of what it ran."""

import os
import platform
import shutil
import sqlite3
import subprocess
from pathlib import Path

import config

LOAD = "Load average before the run"


def describe_machine() -> dict[str, str]:
    """Return names and values for people."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "CPU": f"{_cpu_model()}, {os.cpu_count()} cores",
        "Memory": f"{pages * size / 2**30:.0f} GiB",
        "System": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "Node.js": _read_version("node"),
        "Redis": _read_version("redis-server"),
        LOAD: f"{os.getloadavg()[0]:.1f}",
    }


def read_commit() -> str:
    """Return the short hash of the checkout, with a mark if files differ from it."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(command, cwd=config.ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown CPU")


def _read_version(program: str) -> str:
    if shutil.which(program) is None:
        return "not installed"
    text = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    return next(
        (word.removeprefix("v=") for word in text.split() if word[:1] == "v" and word[1:2] != "e"), text.strip()
    )
