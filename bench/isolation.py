"""Isolation: throughput and latency of ten endpoints while ten others never respond."""

import statistics
import time

from bench.measurement import Measurement, below
from bench.processes import running
from bench.traffic import Shop, Target, receiving
from models.database import connection
from tasks.wake_up import wake_worker

PAIRS, EVENTS_A_SECOND, SECONDS = 2, 8, 15  # two dealers of each kind with five endpoints each
MINIMUM_RATE = 0.9  # of the rate without the others


def measure() -> Measurement:
    with receiving() as target, connection():
        fast = [Shop(target) for _ in range(PAIRS)]
        with running("cli.py", "worker", "--threads", "32"):
            time.sleep(3)
            alone, alone_p50, alone_p99 = _run(target, fast, [])
            silent = [Shop(target, "/silent") for _ in range(PAIRS)]
            beside, beside_p50, beside_p99 = _run(target, fast, silent)
    return Measurement(
        f"{beside / alone:.2f} times the rate without the others "
        f"({beside:.0%} against {alone:.0%} of the rate at which events are committed), "
        f"{beside_p99 / alone_p99:.1f} times the p99 from commit to receipt "
        f"({beside_p99:.0f} against {alone_p99:.0f} ms; median {beside_p50:.1f} against {alone_p50:.1f} ms)",
        below("rate beside silent endpoints", beside / alone, MINIMUM_RATE),
    )


def _run(target: Target, fast: list[Shop], silent: list[Shop]) -> tuple[float, float, float]:
    """Edit steadily in all shops and measure the fast endpoints.

    Returns the rate of receipts relative to commits, and median and p99 (ms) from commit to receipt.
    """
    target.arrivals()
    committed: dict[str, float] = {}
    started_at = time.monotonic()
    for turn in range(EVENTS_A_SECOND * SECONDS):
        time.sleep(max(0.0, started_at + turn / EVENTS_A_SECOND - time.monotonic()))
        for shop in fast + silent:
            event = shop.edit()
            if shop in fast:
                committed[event] = time.time()
            wake_worker(shop.person.dealer.id)
    rows = [row for row in target.collect(len(committed) * 5) if row[2] in committed]
    delays_ms = sorted((at - committed[event]) * 1000 for at, _, event in rows)
    span = max(committed.values()) - min(committed.values())
    rate = span / (max(at for at, _, _ in rows) - min(at for at, _, _ in rows))
    return rate, statistics.median(delays_ms), delays_ms[len(delays_ms) * 99 // 100]
