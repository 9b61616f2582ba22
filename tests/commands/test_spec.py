"""`wth spec` and `wth generate`: the OpenAPI document and the generated files."""

from pathlib import Path

import orjson
import pytest

import config
from spec.document import serialize_document
from tests.commands.conftest import Wth


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout without generated files."""
    for folder in ("spec", "docs", "postman", "clients/python/src/watchtraderhub", "clients/typescript/src"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setattr(config, "ROOT", tmp_path)
    return tmp_path


def test_spec_prints_the_document_as_it_is_served(wth: Wth) -> None:
    assert wth("spec").document == wth("spec", "--json").document == orjson.loads(serialize_document())


def test_generated_files_of_this_checkout_are_up_to_date(wth: Wth) -> None:
    result = wth("generate", "--check")
    assert (result.status, result.stderr) == (0, "")


def test_check_names_outdated_files_and_writes_nothing(wth: Wth, checkout: Path) -> None:
    wth("generate")
    changed = checkout / "docs" / "cli.md"
    changed.write_text("changed by hand")
    result = wth("generate", "--check", "--json")
    assert (result.status, result.document) == (1, {"differing": ["docs/cli.md"]})
    assert changed.read_text() == "changed by hand"


def test_generate_writes_outdated_files_only(wth: Wth, checkout: Path) -> None:
    written = wth("generate", "--json").document["written"]
    assert {"docs/cli.md", "docs/settings.md", "spec/types.py"} <= set(written)
    assert all((checkout / name).read_text() for name in written)
    assert wth("generate", "--json").document["written"] == []
    assert wth("generate", "--check").status == 0


def test_reference_has_every_setting_and_is_the_same_on_every_machine(wth: Wth, checkout: Path) -> None:
    wth("generate")
    page = (checkout / "docs" / "settings.md").read_text()
    assert all(f"## {setting.name}\n\n{setting.meaning}" in page for setting in config.SETTINGS)
    assert str(config.DATA_DIR) not in page


def test_reference_of_a_command_has_usage_options_and_example(wth: Wth, checkout: Path) -> None:
    wth("generate")
    page = (checkout / "docs" / "cli.md").read_text()
    section = page.split("## wth endpoint rotate\n")[1].split("\n## ")[0]
    assert "wth endpoint rotate [OPTIONS] ID" in section
    assert "- `--grace DURATION`: How long the previous secret stays valid, at most 7d." in section
    assert "```sh\nwth endpoint rotate we_" in section
    assert "demo-receiver" not in page
