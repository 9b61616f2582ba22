"""The result of a benchmark, and the minimum that it has to reach."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """`text` has the figures; `misses` has those that are worse than their minimum or maximum."""

    text: str
    misses: tuple[str, ...] = ()


def below(name: str, value: float, minimum: float) -> tuple[str, ...]:
    """Return the miss of a figure that must be at least `minimum`."""
    return () if value >= minimum else (f"{name} {value:.2f} is below its minimum of {minimum}",)


def above(name: str, value: float, maximum: float) -> tuple[str, ...]:
    """Return the miss of a figure that must be less than `maximum`."""
    return () if value < maximum else (f"{name} {value:.2f} is not below its maximum of {maximum}",)
