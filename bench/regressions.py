"""Regressions: ratios that are worse than those of the previous run.

Absolute times differ from machine to machine and from hour to hour. Ratios of figures that were measured in turn within
one run do not, so only they are compared.
"""

from collections.abc import Iterator

from bench.results import Results
from bench.targets import FLOORS, TARGETS

TOLERANCE = 1.15


def find_regressions(results: Results, previous: Results) -> Iterator[str]:
    """Describe each ratio that is more than 15 % worse than before."""
    for target in (target for target in (*TARGETS, *FLOORS) if target.is_relative):
        before, after = target.measure(previous), target.measure(results)
        if before and after and after > before * TOLERANCE:
            other = target.contender or target.reference
            yield f"{target.operation}: {after:.2f} times {other}, was {before:.2f} on {previous.date}"
