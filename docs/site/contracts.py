"""The OpenAPI document as YAML, released documents, and their checker."""

from typing import Any

import orjson
import yaml

from docs.site.content import PLAIN, Content
from spec.document import BASE_PATH, read_document, with_server
from spec.releases import list_releases, read_release
from spec.tools.checker_file import render_checker

YAML = "application/yaml"  # RFC 9512
YAML_PATH = f"{BASE_PATH}/openapi.yaml"
CHECKER_PATH = "/openapi/check_compatibility.py"


def render_contracts(public_url: str) -> dict[str, Content]:
    """Render the documents by path, with `public_url` as the only server."""
    contracts = {YAML_PATH: _render_yaml(with_server(read_document(), public_url))}
    for version in list_releases():
        document = with_server(read_release(version), public_url)
        contracts[f"/openapi/{version}.json"] = Content(orjson.dumps(document), "application/json")
        contracts[f"/openapi/{version}.yaml"] = _render_yaml(document)
    contracts[CHECKER_PATH] = Content(render_checker(public_url).encode(), PLAIN)
    return contracts


def _render_yaml(document: dict[str, Any]) -> Content:
    text = yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120)
    return Content(text.encode(), YAML)
