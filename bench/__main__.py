"""Command line of the benchmarks: `python -m bench [--quick] [NAME …]`."""

import argparse
import os
import shutil
import sys
import tempfile
import uuid
from importlib import import_module

from bench import COMPARED, NAMES


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, or all of them. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Compare the hub with peers and floors.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="one round, only with peers, without keeping the results")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"unknown benchmark: {', '.join(sorted(unknown))}. Choose from {', '.join(NAMES)}.")
    if options.quick and set(options.names) - set(COMPARED):
        parser.error(f"--quick is for {' and '.join(COMPARED)}.")
    names = options.names or (COMPARED if options.quick else NAMES)
    folder = _prepare_environment()
    try:
        status: int = import_module("bench.run").run(names, is_quick=options.quick, is_complete=not options.names)
        return status
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare_environment() -> str:
    """Give the hub an empty data folder, before anything imports its settings."""
    folder = tempfile.mkdtemp(prefix="wth-bench-")
    settings = {"WTH_SECRET_KEY": uuid.uuid4().hex, "WTH_ALLOW_PRIVATE_WEBHOOKS": "1", "WTH_LOG_LEVEL": "error"}
    os.environ.update(WTH_DATA_DIR=folder, **settings)
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
