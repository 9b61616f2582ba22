"""Floor of a delivery: one prepared request after the other through `HTTPAdapter.send` of requests.

`python -m bench.adapter_loop URL COUNT` prints the CPU time of one request in µs.
"""

import sys
import time
from contextlib import closing

import requests
from requests.adapters import HTTPAdapter

from bench.processes import SERVER_CORE, run_and_read
from bench.traffic import Target

COUNT = 1000
BODY = b"x" * 1200  # about the size of an event
HEADERS = {"Content-Type": "application/json", "WTH-Signature": f"t=1795700000,v1={'0' * 64}", "webhook-id": "evt_x"}


def measure_loop(target: Target, rounds: int) -> tuple[float, ...]:
    """Return the CPU time of one request in µs for each round."""
    command = ("-m", "bench.adapter_loop", target.url(), str(COUNT))
    return tuple(float(run_and_read(*command, core=SERVER_CORE)) for _ in range(rounds))


def send_all(url: str, count: int) -> float:
    """Send requests over one connection. Returns the CPU time of one in µs."""
    request = requests.Request("POST", url, data=BODY, headers=HEADERS).prepare()
    with closing(HTTPAdapter()) as adapter:
        adapter.send(request, timeout=15)
        started_at = time.process_time()
        for _ in range(count):
            assert adapter.send(request, timeout=15).ok
        return (time.process_time() - started_at) / count * 1e6


if __name__ == "__main__":
    print(send_all(sys.argv[1], int(sys.argv[2])))
