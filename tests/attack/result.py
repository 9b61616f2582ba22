"""What an attack did to others: one line per attack, and the bounds that the hub guarantees."""

from dataclasses import dataclass

MAX_P99_MS = 500.0
MAX_GROWTH_MIB = 150.0
MAX_DELIVERY_MS = 1000.0
MISSING_MS = -1.0


@dataclass
class AttackResult:
    """`requests` are the bystander's: (kind, status, milliseconds). `delays` are those of its deliveries in ms.

    `log` is what the hub wrote during the attack."""

    name: str
    sent: int
    requests: list[tuple[str, int, float]]
    delays: list[float]
    growth_mib: float
    log: str

    def __str__(self) -> str:
        times = sorted(ms for _, _, ms in self.requests)
        delivered = self._delivered
        return (
            f"{self.name} · {self.sent} requests · bystander {len(times)}/{len(times) - len(self._failed)}"
            f"/{percentile(times, 50):.0f}/{percentile(times, 99):.0f} ms · deliveries {len(self.delays)}"
            f"/{len(delivered)}/{percentile(delivered, 50):.0f}/{percentile(delivered, 99):.0f} ms"
            f" · growth {self.growth_mib:.0f} MiB · log {len(self.log) / 1024:.0f} kB"
        )

    def check(self, *, max_delivery_ms: float = MAX_DELIVERY_MS) -> None:
        """Fail unless the bystander noticed nothing: see the constants above."""
        problems = [f"{kind} got {status or 'no response'} after {ms:.0f} ms" for kind, status, ms in self._failed[:5]]
        p99 = percentile(sorted(ms for _, _, ms in self.requests), 99)
        if p99 >= MAX_P99_MS:
            slowest = sorted(self.requests, key=lambda sent: sent[2], reverse=True)[:6]
            times = ", ".join(f"{kind} {ms:.0f} ms" for kind, _, ms in slowest)
            problems.append(f"p99 of the bystander's requests is {p99:.0f} ms. The slowest: {times}")
        if self.growth_mib >= MAX_GROWTH_MIB:
            problems.append(f"the web process grew by {self.growth_mib:.0f} MiB")
        if len(self._delivered) < len(self.delays):
            problems.append(f"{len(self.delays) - len(self._delivered)} deliveries did not arrive")
        if (delay := percentile(self._delivered, 99)) >= max_delivery_ms:
            problems.append(f"p99 of the bystander's deliveries is {delay:.0f} ms")
        if "Traceback" in self.log:
            problems.append(f"the hub logged a traceback: …{self.log[-1000:]}")
        assert not problems, f"{self}\n" + "\n".join(problems)

    @property
    def _failed(self) -> list[tuple[str, int, float]]:
        return [sent for sent in self.requests if sent[1] not in (200, 201)]

    @property
    def _delivered(self) -> list[float]:
        return sorted(delay for delay in self.delays if delay != MISSING_MS)


def percentile(ordered: list[float], percent: int) -> float:
    """The nearest-rank percentile of sorted values, 0 without values."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else 0.0
