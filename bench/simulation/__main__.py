"""Command line of the simulation: `python -m bench.simulation [--dealers N] [--seconds N]`."""

import argparse
import os
import shutil
import sys
import tempfile
from importlib import import_module


def main(arguments: list[str]) -> int:
    """Run the simulation in a temporary data folder. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.simulation", description="Simulate claims and fairness.")
    parser.add_argument("--dealers", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=20, help="simulated time")
    options = parser.parse_args(arguments)
    folder = tempfile.mkdtemp(prefix="wth-simulation-")
    os.environ.update(
        WTH_DATA_DIR=folder, WTH_SECRET_KEY="simulation" * 4, WTH_LOG_LEVEL="error", WTH_ALLOW_PRIVATE_WEBHOOKS="1"
    )
    try:
        import_module("bench.simulation.run").run(options.dealers, options.seconds)
        return 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
