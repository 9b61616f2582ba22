"""Runs schemathesis with all checks and phases against a fresh hub: `python tests/fuzz.py --max-examples 400`."""

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parent.parent
MIN_CASES = 2000
MAX_LINE = 1000

SETTINGS = """
headers = {{ Authorization = "Bearer {key}" }}
hooks = "tests.fuzz_hooks"
continue-on-failure = true
seed = {seed}

[phases.stateful]
max-steps = 6

# Schemas cannot express signed cursors, numbering plans and cents, so these operations may reject valid-looking data.
[[operations]]
include-operation-id = [
  "listListings", "listCustomers", "listOrders", "listEvents", "upsertCustomer", "createOrder", "triggerTestEvent",
]
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "429"]
"""


@contextmanager
def hub() -> Iterator[tuple[str, dict[str, Any], Path]]:
    """Start a fresh hub with one dealer; yields the API URL, the dealer's key and listings, and the data folder."""
    folder = Path(tempfile.mkdtemp(prefix="wth-fuzz-"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "WTH_DATA_DIR": str(folder),
        "WTH_DATABASE_URL": f"sqlite://{folder}/hub.db",
        "WTH_QUEUE_URL": f"sqlite://{folder}/queue.db",
        "WTH_SQLITE_SYNCHRONOUS": "normal",
        "WTH_VALIDATE_RESPONSES": "1",
        "WTH_AUTH_FAILURES_PER_MINUTE": "1000000",
        "WTH_ALLOW_PRIVATE_WEBHOOKS": "1",
        "PYTHONPATH": str(ROOT),
    }
    seeded = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "fuzz_dealer.py")], env=environment, check=True, capture_output=True
    )
    web = subprocess.Popen([sys.executable, str(ROOT / "cli.py"), "web", "--port", str(port)], env=environment)
    try:
        api = f"http://127.0.0.1:{port}/api/v1"
        _wait_for(api)
        yield api, json.loads(seeded.stdout), folder
    finally:
        web.terminate()
        web.wait(15)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(api: str) -> None:
    for _ in range(150):
        try:
            requests.get(f"{api}/health", timeout=2)
            return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise SystemExit("The hub did not start.")


def fuzz(max_examples: int, seed: int, min_cases: int = 0) -> int:
    """Run schemathesis; returns 0 if it found nothing in at least `min_cases` cases."""
    with hub() as (api, dealer, folder):
        settings = folder / "schemathesis.toml"
        settings.write_text(SETTINGS.format(key=dealer["key"], seed=seed))
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "--config-file",
            str(settings),
            "run",
            f"{api}/openapi.json",
            "--url",
            api,
            "--checks",
            "all",
            "--phases",
            "examples,coverage,fuzzing,stateful",
            "--max-examples",
            str(max_examples),
            "--workers",
            "1",
            "--no-color",
        ]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "WTH_FUZZ_LISTINGS": json.dumps(dealer["listings"])}
        result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    lines = [line[:MAX_LINE] for line in result.stdout.splitlines()]  # a body may have half a million characters
    print("\n".join(lines)[-60000:], result.stderr[-2000:], sep="\n")
    cases = re.search(r"(\d[\d,]*) generated", result.stdout)
    count = int(cases[1].replace(",", "")) if cases else 0
    if count < min_cases:
        print(f"Only {count} cases were generated; at least {min_cases} are required.")
        return 1
    return result.returncode


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--max-examples", type=int, default=40)
    parser.add_argument("--seed", type=int, default=20260507)
    options = parser.parse_args()
    sys.exit(fuzz(options.max_examples, options.seed, MIN_CASES))
