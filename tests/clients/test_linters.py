"""The served document passes Redocly, Spectral and the schema of OpenAPI."""

import json
import shutil
from pathlib import Path

import pytest
import requests
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.clients import tools
from tests.hub import Server

HERE = Path(__file__).parent


@pytest.fixture
def document(server: Server, tmp_path: Path) -> Path:
    """The served document as a file, with the settings of the linters beside it."""
    file = tmp_path / "openapi.json"
    file.write_bytes(requests.get(f"{server.url}/openapi.json", timeout=10).content)
    for settings in ("redocly.yaml", "spectral.yaml"):
        shutil.copy(HERE / settings, tmp_path)
    return file


LINTERS = {
    "redocly": ("redocly", "lint", "--config", "redocly.yaml", "--format", "summary", "openapi.json"),
    "spectral": ("spectral", "lint", "--ruleset", "spectral.yaml", "--fail-severity", "hint", "openapi.json"),
}


def lint(linter: str, document: Path) -> tuple[int, str]:
    program, *arguments = LINTERS[linter]
    programs = tools.node_tools() / "node_modules" / ".bin"
    result = tools.run([programs / program, *arguments], document.parent)
    return result.returncode, result.stdout


@pytest.mark.parametrize("linter", LINTERS)
def test_linter_reports_nothing(linter: str, document: Path) -> None:
    status, output = lint(linter, document)
    assert status == 0, output


@pytest.mark.parametrize("linter", LINTERS)
def test_linter_reports_a_seeded_error(linter: str, document: Path) -> None:
    seeded = json.loads(document.read_bytes())
    seeded["paths"]["/me"]["get"]["tags"] = ["Undeclared"]
    seeded["paths"]["/me"]["get"]["responses"]["200"]["content"]["application/json"]["examples"] = {"bad": {"value": 1}}
    document.write_text(json.dumps(seeded))
    assert lint(linter, document)[0] == 1


def test_served_document_is_openapi_3_1(document: Path) -> None:
    OpenAPIV31SpecValidator(json.loads(document.read_bytes())).validate()
