"""The contract document as data: read once, served with this installation's address."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import yaml

import config

FILE = Path(__file__).with_name("openapi.yaml")
BASE_PATH = "/api/v1"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@lru_cache(1)
def read_document() -> dict[str, Any]:
    """spec/openapi.yaml; not to be changed by anyone who gets it."""
    document: dict[str, Any] = yaml.load(FILE.read_bytes(), Loader=yaml.CSafeLoader)
    return document


@lru_cache(1)
def served() -> bytes:
    """The document as JSON, its server the public URL."""
    servers = [{"url": config.PUBLIC_URL + BASE_PATH, "description": "This installation"}]
    return orjson.dumps({**read_document(), "servers": servers})
