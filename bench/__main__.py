"""Runs the named benchmarks, or all of them, one after another."""

import os
import shutil
import sys
import tempfile
import uuid

NAMES = ("listings_page", "deliveries", "isolation", "latency", "fairness", "onset", "delivery_log")


def main(names: list[str]) -> None:
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
    try:
        for name in names or NAMES:
            print(f"\n== {name}: {import_module(f'bench.{name}').measure()}", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
