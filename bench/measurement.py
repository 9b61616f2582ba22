"""The result of a benchmark: text, figures, and the minimum or maximum that a figure has to reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One number: the median of rounds.

    `operation` is what was done, `contender` by which program, `unit` that of the values: µs of CPU time, 1/s, s, MiB.
    """

    operation: str
    contender: str
    unit: str
    rounds: tuple[float, ...]

    @property
    def value(self) -> float:
        return median(self.rounds)


@dataclass(frozen=True)
class Measurement:
    """`text` has the figures; `misses` has those that are worse than their minimum or maximum.

    `figures` are kept in the results. `unavailable` has the reason for each contender that could not run.
    """

    text: str
    misses: tuple[str, ...] = ()
    figures: Sequence[Figure] = ()
    unavailable: tuple[tuple[str, str], ...] = ()


def below(name: str, value: float, minimum: float) -> tuple[str, ...]:
    """Return the miss of a figure that must be at least `minimum`."""
    return () if value >= minimum else (f"{name} {value:.2f} is below its minimum of {minimum}",)


def above(name: str, value: float, maximum: float) -> tuple[str, ...]:
    """Return the miss of a figure that must be less than `maximum`."""
    return () if value < maximum else (f"{name} {value:.2f} is not below its maximum of {maximum}",)
