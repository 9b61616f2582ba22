"""Runs the named benchmarks, or all of them, one after another."""

import os
import shutil
import sys
import tempfile
import uuid

NAMES = (
    "operations",
    "listings_page",
    "deliveries",
    "isolation",
    "latency",
    "fairness",
    "onset",
    "delivery_log",
    "startup",
)


def main(names: list[str]) -> int:
    """Run benchmarks. Returns the exit status: 1 if a figure misses its minimum."""
    folder = tempfile.mkdtemp(prefix="wth-bench-")
    environment = {
        "WTH_DATA_DIR": folder,
        "WTH_SECRET_KEY": uuid.uuid4().hex,
        "WTH_ALLOW_PRIVATE_WEBHOOKS": "1",
        "WTH_LOG_LEVEL": "warning",
    }
    os.environ.update(environment)  # before the imports below, which read the settings
    from importlib import import_module

    from models import schema

    schema.migrate()
    misses = 0
    try:
        for name in names or NAMES:
            measurement = import_module(f"bench.{name}").measure()
            print(f"\n== {name}: {measurement.text}", flush=True)
            for miss in measurement.misses:
                print(f"!! {miss}", flush=True)
                misses += 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
