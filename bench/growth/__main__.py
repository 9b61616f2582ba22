"""Command line of the growth benchmark: `python -m bench.growth [--rows N] [--folder DIR] [STEP]`.

Without a step it runs all, each in a process of its own, so that the memory of a step is that of a web process.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from importlib import import_module

STEPS = ("fill", "plans", "measure", "maintenance")
SETTINGS = {
    "WTH_SECRET_KEY": "growth" * 6,
    "WTH_LOG_LEVEL": "error",
    "WTH_ALLOW_PRIVATE_WEBHOOKS": "1",
    "WTH_AUTH_FAILURES_PER_MINUTE": "1000000",
}


def main(arguments: list[str]) -> int:
    """Run the steps; without a folder, in a temporary one. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description="Measure a hub with many rows.")
    parser.add_argument("step", nargs="?", choices=STEPS, help="only this step, in a folder that is kept")
    parser.add_argument("--rows", type=int, default=1_000_000, help="attempts, each with an event and a delivery")
    parser.add_argument("--folder", help="data folder to use and keep")
    options = parser.parse_args(arguments)
    if options.step:
        os.environ.update(WTH_DATA_DIR=options.folder, **SETTINGS)
        import_module(f"bench.growth.{options.step}").run(options.rows)
        return 0
    folder = options.folder or tempfile.mkdtemp(prefix="wth-growth-")
    try:
        return max(_run_step(step, options.rows, folder) for step in STEPS)
    finally:
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)


def _run_step(step: str, rows: int, folder: str) -> int:
    command = [sys.executable, "-m", "bench.growth", step, "--rows", str(rows), "--folder", folder]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
