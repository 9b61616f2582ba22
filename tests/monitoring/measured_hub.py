"""A hub of several processes with a port for metrics."""

from contextlib import ExitStack

import requests

import config
from tests.hub import Server
from tests.journeys.processes import WTH, eventually, running, serving
from tests.monitoring.scraping import TOKEN, Scrape, scrape
from tests.ports import free_port


class MeasuredHub:
    """Two web processes and a worker with one port for metrics."""

    def __init__(self, stack: ExitStack, folder: str) -> None:
        self.port = free_port()
        self.settings = {
            "WTH_METRICS_PORT": str(self.port),
            "WTH_METRICS_TOKEN": TOKEN,
            "WTH_DATA_DIR": folder,
            "WTH_RATE_LIMIT_URL": config.RATE_LIMIT_URL or f"sqlite://{folder}/counters.db",
        }
        self.server: Server
        self.worker = stack.enter_context(running("worker", program=WTH, **self.settings))
        web = serving("web", "--workers", "2", port=free_port(), **self.settings)
        self.web, self.server = stack.enter_context(web)
        eventually(lambda: self.scrape().value("wth_workers") == 1)

    def scrape(self) -> Scrape:
        try:
            return scrape(f"http://127.0.0.1:{self.port}/metrics")
        except requests.RequestException:
            return Scrape(set(), {})

    def count(self, name: str, **labels: str) -> float:
        return self.scrape().value(name, **labels)
