"""Drivers of servers: each process imports those of its settings only."""

import sys

import config


def skip_unused_drivers() -> None:
    """Treat drivers that the settings do not need as not installed.

    peewee and huey import every driver that they find. psycopg and redis take a third of the memory of a hub that uses
    neither. None in `sys.modules` makes an import fail: see "The module cache" in Python's language reference.
    """
    urls = {"psycopg": (config.DATABASE_URL,), "redis": (config.QUEUE_URL, config.RATE_LIMIT_URL)}
    schemes = {"psycopg": "postgresql:", "redis": "redis"}
    for driver, values in urls.items():
        if not any(value.startswith(schemes[driver]) for value in values):
            sys.modules.setdefault(driver, None)  # type: ignore[arg-type] # the documented value for this


def use_driver(name: str) -> None:
    """Let this process import a driver after all."""
    if sys.modules.get(name, name) is None:
        del sys.modules[name]
