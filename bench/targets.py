"""Targets: what the figures have to reach, compared with a peer, a floor, or another figure of the hub."""

from dataclasses import dataclass

from bench.results import Results

HUB = "hub"
MICROSECONDS, RATE, SECONDS, MEMORY = "µs", "1/s", "s", "MiB"


@dataclass(frozen=True)
class Target:
    """A limit for a figure of the hub.

    With `contender` or `reference`, the limit is a factor of that figure: a contender's of the same operation, or the
    hub's of another one. A rate has a minimum, everything else a maximum.
    """

    operation: str
    limit: float
    unit: str = MICROSECONDS
    contender: str = ""
    reference: str = ""

    @property
    def is_relative(self) -> bool:
        return bool(self.contender or self.reference)

    def measure(self, results: Results) -> float | None:
        """Return the factor or the value that the limit is for, None if a figure is missing."""
        value = results.find(self.operation, HUB, self.unit)
        if value is None or not self.is_relative:
            return value
        other = results.find(self.reference or self.operation, self.contender or HUB, self.unit)
        return value / other if other else None

    def is_met(self, measured: float) -> bool:
        return measured >= self.limit if self.unit == RATE else measured <= self.limit

    def __str__(self) -> str:
        sign = "≥" if self.unit == RATE else "≤"
        if not self.is_relative:
            return f"{sign} {self.limit:,g}/s" if self.unit == RATE else f"{sign} {self.limit:,g} {self.unit}"
        return f"{sign} {self.limit:g} × {self.contender or f'own {self.reference}'}"


TARGETS = (
    Target("page of 20", 0.6, contender="Fastify"),
    Target("page of 20", 10, contender="bare uvicorn"),
    Target("page of 100", 0.6, contender="Fastify"),
    Target("POST /orders", 1.0, contender="Fastify"),
    Target("POST /orders", 1000, RATE),
    Target("POST /orders, synchronous=FULL", 1.5, reference="POST /orders"),
    Target("one delivery", 1.0, contender="BullMQ"),
    Target("GET /me", 400),
    Target("GET /me", 1.2, reference="GET /me, 10 listings"),
    Target("wth --help", 0.25, SECONDS),
    Target("start to first response", 1.0, SECONDS),
    Target("start to first response, new data folder", 2.0, SECONDS),
    Target("web + worker, idle", 120, MEMORY),
    Target("web under load", 110, MEMORY),
)
# Ratios without a target. They are compared with the previous run, as those of the targets are.
FLOORS = (
    Target("POST /orders", float("inf"), contender="SQLite statements"),
    Target("one delivery", float("inf"), contender="adapter.send"),
    Target("GET /me", float("inf"), contender="bare uvicorn"),
)
