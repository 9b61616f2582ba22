"""Reads what /metrics serves."""

from collections.abc import Callable
from dataclasses import dataclass

import requests
from prometheus_client.parser import text_string_to_metric_families

TOKEN = "metrics-token-of-the-tests-0123456789"


@dataclass
class Scrape:
    """The samples of one response: values by name and labels."""

    names: set[str]
    values: dict[tuple[str, frozenset[tuple[str, str]]], float]

    def value(self, name: str, **labels: str) -> float:
        """Return the value of a sample, 0 if it is missing."""
        return self.values.get((name, frozenset(labels.items())), 0.0)


def scrape(url: str, token: str = TOKEN) -> Scrape:
    response = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    response.raise_for_status()
    assert response.headers["Content-Type"].startswith("text/plain")
    samples = [sample for family in text_string_to_metric_families(response.text) for sample in family.samples]
    values = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(values) == len(samples), "no series occurs twice"
    return Scrape({sample.name for sample in samples}, values)


def increase(url: str, act: Callable[[], object]) -> Scrape:
    """Return how much each sample rises while `act` runs."""
    before = scrape(url)
    act()
    after = scrape(url)
    return Scrape(after.names, {key: value - before.values.get(key, 0.0) for key, value in after.values.items()})
