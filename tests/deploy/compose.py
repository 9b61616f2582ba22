"""compose.yaml as Compose reads it, and the lines of the documentation that call Compose."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

import config

PAGES = ("README.md", "docs/self-hosting.md")


def read_compose() -> dict[str, Any]:
    """Return the document, with its anchors resolved."""
    document: dict[str, Any] = yaml.safe_load((config.ROOT / "compose.yaml").read_text())
    return document


def list_hub_services() -> dict[str, Any]:
    """Return the services that run a command of the hub by their names."""
    services = read_compose()["services"]
    return {name: service for name, service in services.items() if service["image"] == "watchtraderhub"}


def list_documented(program: str) -> Iterator[list[str]]:
    """List the arguments of each documented call of `program`, without comments and redirections."""
    for page in PAGES:
        text = (config.ROOT / page).read_text().replace("\\\n", " ")
        for line in re.findall(rf"{program} ([^`#<>\n]+)", re.sub(r"(?<=[^\n`])\n(?=--)", " ", text)):
            yield line.split()
