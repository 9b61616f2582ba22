"""Campaign: the shop's tables equal the hub's after lost deliveries and kills, for every seed.

`make mirror SEEDS=200` runs many seeds. The seeds of a group share a hub, whose processes are killed.
"""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.mirror.killed_hub import KilledHub
from tests.mirror.trial import Trial

SEEDS = int(os.environ.get("WTH_TEST_MIRROR_SEEDS", "3"))
FIRST = int(os.environ.get("WTH_TEST_SEED", "1"))
GROUP = 5
PAUSE_SECONDS = (0.5, 2.0)


@pytest.mark.parametrize("first", range(FIRST, FIRST + SEEDS, GROUP))
def test_shop_equals_the_hub_after_lost_deliveries_and_kills(first: int, tmp_path: Path) -> None:
    seeds = range(first, min(first + GROUP, FIRST + SEEDS))
    with ExitStack() as stack:
        hub = stack.enter_context(KilledHub())
        server = hub.wait()
        trials = [stack.enter_context(Trial(seed, server, tmp_path / f"seed_{seed}")) for seed in seeds]
        for trial in trials:
            trial.start()
        pool = stack.enter_context(ThreadPoolExecutor(len(trials)))
        work = [pool.submit(trial.work) for trial in trials]
        kill_hub(hub, first)
        for each in work:
            each.result()
        hub.wait()
        print(*pool.map(Trial.check, trials), sep="\n")


def kill_hub(hub: KilledHub, seed: int) -> None:
    """Kill both processes once, at random moments."""
    rng = random.Random(f"hub {seed}")  # noqa: S311 - not a secret
    for kill in rng.sample([hub.kill_web, hub.kill_worker], 2):
        time.sleep(rng.uniform(*PAUSE_SECONDS))  # the random moment is the point of the test
        kill()
