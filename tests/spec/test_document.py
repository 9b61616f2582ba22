"""The document is valid OpenAPI 3.1, and every schema in it compiles."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from spec.document import FILE, read_document
from tests.spec.reading import Operation, Validators, bodies, fields, operations

DOCUMENT = read_document()
VALIDATORS = Validators(DOCUMENT)
WEBHOOKS = [operation for operation in operations(DOCUMENT) if operation.is_webhook]


class UniqueKeys(yaml.CSafeLoader):
    """Rejects duplicate keys; YAML loaders silently keep the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        repeated = {key for key in keys if keys.count(key) > 1}
        if repeated:
            raise ValueError(f"Duplicate keys {sorted(repeated)} near line {node.start_mark.line + 1}.")
        return super().construct_mapping(node, deep)


def test_document_is_valid_openapi() -> None:
    errors = OpenAPIV31SpecValidator(DOCUMENT).iter_errors()
    assert [error.message for error in errors] == []


def test_document_has_no_duplicate_keys() -> None:
    assert yaml.load(FILE.read_bytes(), Loader=UniqueKeys) == DOCUMENT  # noqa: S506 - a safe loader's subclass


def test_changed_source_is_read_instead_of_the_generated_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "openapi.yaml"
    changed.write_text(FILE.read_text().replace(DOCUMENT["info"]["title"], "A changed title"))
    monkeypatch.setattr("spec.document.FILE", changed)
    assert read_document.__wrapped__()["info"]["title"] == "A changed title"


def test_changed_source_must_be_valid_openapi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "openapi.yaml"
    changed.write_text("openapi: 3.1.1\ninfo: {title: No version}\npaths: {}\n")
    monkeypatch.setattr("spec.document.FILE", changed)
    with pytest.raises(OpenAPIValidationError, match="version"):
        read_document.__wrapped__()


def test_duplicate_key_is_detected() -> None:
    with pytest.raises(ValueError, match="'a'"):
        yaml.load("{b: {a: 1, a: 2}}", Loader=UniqueKeys)  # noqa: S506 - a safe loader's subclass


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_component_schema_compiles(name: str) -> None:
    VALIDATORS.of(DOCUMENT["components"]["schemas"][name])


def test_schemas_of_bodies_parameters_and_headers_compile() -> None:
    schemas = [media["schema"] for _, media, _ in bodies(DOCUMENT)]
    schemas += [field["schema"] for _, field in fields(DOCUMENT)]
    assert all(VALIDATORS.of(schema) for schema in schemas)


@pytest.mark.parametrize("webhook", WEBHOOKS, ids=lambda webhook: webhook.route)
def test_webhook_payload_is_validated(webhook: Operation) -> None:
    """An event is valid under its own type only, and only with its data."""
    media = webhook.node["requestBody"]["content"]["application/json"]
    validator = VALIDATORS.of(media["schema"])
    event: dict[str, Any] = next(iter(media["examples"].values()))["value"]
    assert validator.is_valid(event)
    assert not validator.is_valid(event | {"event": "listing.deleted"})
    assert not validator.is_valid({name: value for name, value in event.items() if name != "data"})
    assert not validator.is_valid(event | {"data": {}})
