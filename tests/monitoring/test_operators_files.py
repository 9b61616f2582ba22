"""Alert rules, dashboard, Prometheus' settings and the page name what a hub serves."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

import config
from tests.cast import Cast
from tests.client import Client
from tests.journeys.processes import eventually
from tests.monitoring.measured_hub import MeasuredHub
from tests.monitoring.scraping import Scrape
from tests.receiver import Receiver

PROMETHEUS = config.ROOT / "deploy" / "prometheus"
PAGE = (config.ROOT / "docs" / "operations.md").read_text()
RULES = [rule for group in yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
PANELS = json.loads((config.ROOT / "deploy" / "grafana" / "dashboard.json").read_text())["panels"]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [target["expr"] for panel in PANELS for target in panel["targets"]]
METRIC = re.compile(r"\b(wth_\w+)(?:\{([^}]*)\})?")
OF_PROMETHEUS = {"instance", "job", "le"}  # labels that Prometheus adds, and those of the buckets


@pytest.fixture
def served(hub_processes: MeasuredHub, cast: Cast, receiver: Receiver) -> Scrape:
    """What a hub serves after a request, a delivery and a failed attempt."""
    assert Client(hub_processes.server.url, cast.owner.test_key).get("/me").status_code == 200
    cast.owner.endpoint(receiver.url)
    cast.owner.listing()
    receiver.wait_for(1)
    receiver.respond = lambda _: 500
    cast.owner.listing()
    eventually(lambda: hub_processes.count("wth_delivery_attempts_total", result="http_status") > 0)
    return hub_processes.scrape()


def test_every_name_label_and_value_is_served(served: Scrape) -> None:
    for expression in EXPRESSIONS:
        used = METRIC.findall(expression)
        assert {name for name, _ in used} <= served.names, expression
        known = {label for name, _ in used for label in labels_of(served, name)} | OF_PROMETHEUS
        assert set(grouping_labels(expression)) <= known, expression
        for name, selectors in used:
            for label, operator, value in re.findall(r'(\w+)(=~|!~|!=|=)"([^"]*)"', selectors):
                values = labels_of(served, name)[label]
                assert operator in ("=~", "!~") or value in values, expression


def test_page_lists_every_metric_and_its_labels(served: Scrape) -> None:
    table = dict(re.findall(r"^\| `(wth_\w+)\{?([\w,]*)", PAGE, re.MULTILINE))
    names = {name.removesuffix("_count") for name in served.names if not name.endswith(("_bucket", "_sum"))}
    assert set(table) == names
    for name, labels in table.items():
        found = labels_of(served, name if name in served.names else f"{name}_count")
        assert set(labels.split(",")) - {""} == set(found), name


def test_dashboard_shows_every_metric_of_the_page() -> None:
    shown = {name for panel in PANELS for target in panel["targets"] for name, _ in METRIC.findall(target["expr"])}
    listed = set(re.findall(r"^\| `(wth_\w+)", PAGE, re.MULTILINE))
    assert {name.removesuffix("_bucket") for name in shown} == listed


def test_expressions_are_balanced_and_aggregate_over_machines() -> None:
    for expression in EXPRESSIONS:
        assert [expression.count(bracket) for bracket in "({["] == [expression.count(bracket) for bracket in ")}]"]
        assert re.match(r"(sum|max|min|count|histogram_quantile|up)\b", expression), expression


def test_every_alert_says_what_to_do() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES) > 10
    for rule in RULES:
        assert set(rule["annotations"]) == {"summary", "description"}
    listed = re.findall(r"^\| `(Hub\w+)` \| (\w+) \|", PAGE, re.MULTILINE)
    assert [(rule["alert"], rule["labels"]["severity"]) for rule in RULES] == listed


def test_panels_do_not_overlap() -> None:
    cells = [cell for panel in PANELS for cell in cells_of(panel["gridPos"])]
    assert len(cells) == len(set(cells))
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)


def test_prometheus_reads_the_alerts_and_the_port_of_the_page() -> None:
    settings = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    assert [(PROMETHEUS / name).exists() for name in settings["rule_files"]] == [True]
    [job] = settings["scrape_configs"]
    [target] = job["static_configs"][0]["targets"]
    assert f"WTH_METRICS_PORT={target.split(':')[1]}" in PAGE
    assert f'up{{job="{job["job_name"]}"}} == 0' in EXPRESSIONS


def labels_of(served: Scrape, metric: str) -> dict[str, set[str]]:
    """Return the values of each label of a metric."""
    found: dict[str, set[str]] = {}
    for name, labels in served.values:
        for label, value in labels if name == metric else ():
            found.setdefault(label, set()).add(value)
    return found


def grouping_labels(expression: str) -> list[str]:
    """Return the labels of every `by (…)`."""
    return [label for names in re.findall(r"by \(([\w, ]+)\)", expression) for label in names.split(", ")]


def cells_of(position: dict[str, Any]) -> Iterator[tuple[int, int]]:
    for x in range(position["x"], position["x"] + position["w"]):
        for y in range(position["y"], position["y"] + position["h"]):
            assert x < 24
            yield x, y
