"""Deliveries: CPU time of one, by the hub's worker, by peers, and by a loop of `adapter.send`.

Each is signed, sent to an address that was checked, and logged. The receiver is in a process of its own on the other
core. The peers log an attempt once, after the request, and ignore the order of a resource's events; the hub also logs
it before, under a lease, and keeps the order.
"""

from bench.adapter_loop import measure_loop
from bench.contenders import DELIVERY_CONTENDERS, HUB
from bench.measurement import Figure, Measurement
from bench.peer_deliveries import measure_peer
from bench.peers.installation import CannotInstall
from bench.processes import LOAD_CORE, SERVER_CORE, cpu_seconds, pinned_to, running
from bench.traffic import ENDPOINTS_EACH, Shop, Target, receiving
from models.database import connection

SHOPS = 4
QUICK = {"rounds": 1, "edits": 20}  # arguments of a quick run
DELIVERY, FLOOR, MICROSECONDS = "one delivery", "adapter.send", "µs"


def measure(rounds: int = 4, edits: int = 75) -> Measurement:
    """Compare the workers. A peer whose log or signatures are invalid is a miss.

    `edits` is the number of each dealer's edits in a round; five endpoints get each of them.
    """
    count = SHOPS * edits * ENDPOINTS_EACH
    unavailable: dict[str, str] = {}
    misses: list[str] = []
    with pinned_to(LOAD_CORE), receiving() as target, connection():
        shops = [Shop(target) for _ in range(SHOPS)]
        figures = [Figure(DELIVERY, HUB, MICROSECONDS, _measure_hub(shops, target, rounds, edits))]
        _edit_all(shops, edits)  # the peers get a copy of the database with these deliveries
        for name in [name for name in DELIVERY_CONTENDERS if name != HUB]:
            try:
                values, errors = measure_peer(DELIVERY_CONTENDERS[name](), count, rounds)
            except CannotInstall as reason:
                unavailable[name] = str(reason)
                continue
            figures.append(Figure(DELIVERY, name, MICROSECONDS, values))
            misses += [f"{name}: {error}" for error in errors]
        figures.append(Figure(DELIVERY, FLOOR, MICROSECONDS, measure_loop(target, rounds)))
    lines = [f"\n  {figure.contender:<18} {figure.value:8.0f} µs" for figure in figures]
    text = f"CPU time of one delivery, {count} in a round{''.join(lines)}"
    return Measurement(text, tuple(misses), figures, tuple(unavailable.items()))


def _measure_hub(shops: list[Shop], target: Target, rounds: int, edits: int) -> tuple[float, ...]:
    values, count = [], len(shops) * edits * ENDPOINTS_EACH
    with running("cli.py", "worker", "--threads", "32", core=SERVER_CORE) as worker:
        for turn in range(rounds + 1):
            cpu_before = _fill(shops, target, worker.pid, edits)
            target.collect(count)
            if turn:  # the first round warms up
                values.append((cpu_seconds(worker.pid) - cpu_before) / count * 1e6)
    return tuple(values)


def _fill(shops: list[Shop], target: Target, worker_pid: int, edits: int) -> float:
    """Make a backlog due at once. Returns the CPU time of the worker before it."""
    for shop in shops:
        shop.pause()
    _edit_all(shops, edits)
    target.arrivals()
    cpu_before = cpu_seconds(worker_pid)
    for shop in shops:
        shop.resume()
    return cpu_before


def _edit_all(shops: list[Shop], edits: int) -> None:
    for shop in shops:
        for _ in range(edits):
            shop.edit()
