"""Starting the MCP server: the documented configuration, `wth mcp`, and messages about settings."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import config
from tests.cast import Cast
from tests.clients.mcp_session import SOURCE, open_mcp
from tests.docs.reading import BLOCK, blocks
from tests.hub import Server

KEY = "wth_SecretSecretSecretSecretSecret12"
WITHOUT_SDK = "import sys; sys.modules['mcp'] = None; from watchtraderhub.mcp.command import main; sys.exit(main([]))"


def documented_command() -> list[str]:
    """Return the command of the configuration in docs/mcp.md, after checking its variables."""
    [text] = [block.text for block in blocks("mcp", "json")]
    configured = json.loads(text)["mcpServers"]["watchtraderhub"]
    assert configured["env"].keys() == {"WTH_API_URL", "WTH_API_KEY"}
    return [configured["command"], *configured["args"]]


def test_documented_configuration_works(
    server: Server, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    cast.owner.listing()
    with open_mcp(server.site, cast.owner.test_key, tmp_path / "log", command=documented_command()) as session:
        assert len(session.call("search_listings")["listings"]) == 1


def test_readme_names_the_same_command() -> None:
    [text] = [
        found["text"]
        for found in BLOCK.finditer((SOURCE.parent / "README.md").read_text())
        if found["language"] == "sh"
    ]
    assert text.split() == documented_command()


@pytest.mark.parametrize("module", ["watchtraderhub_cli", "cli"])
def test_command_starts_it_with_and_without_the_hub(server: Server, cast: Cast, tmp_path: Path, module: str) -> None:
    source = Path(f"{config.ROOT}{os.pathsep}{SOURCE}") if module == "cli" else SOURCE
    command = [sys.executable, "-m", module, "mcp"]
    with open_mcp(server.site, cast.owner.live_key, tmp_path / "log", command=command, source=source) as session:
        assert session.call("get_account")["mode"] == "live"
        assert "place_order" not in session.names
    command.append("--allow-live-writes")
    with open_mcp(server.site, cast.owner.live_key, tmp_path / "log", command=command, source=source) as session:
        assert "place_order" in session.names


def test_command_uses_a_profile(server: Server, cast: Cast, tmp_path: Path) -> None:
    cast.owner.listing()
    program = [sys.executable, "-m", "watchtraderhub_cli"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(SOURCE),
        "WTH_CONFIG_DIR": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    login = [*program, "login", "--base-url", server.site]
    subprocess.run(login, env=environment, input=cast.owner.test_key, text=True, capture_output=True, check=True)
    with open_mcp("", "", tmp_path / "log", command=[*program, "mcp"], folder=str(tmp_path)) as session:
        assert len(session.call("search_listings")["listings"]) == 1


def start(words: Sequence[str], **variables: str) -> tuple[int, str]:
    environment = {"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"], **variables}
    done = subprocess.run(
        [sys.executable, *words], env=environment, input="", capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == ""
    assert "Secret" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"WTH_API_URL": "http://127.0.0.1:9"}, "Set WTH_API_KEY to a test key or a live key"),
        ({"WTH_API_KEY": KEY}, "Set WTH_API_URL to the address of the hub"),
        ({"WTH_API_KEY": KEY, "WTH_API_URL": "hub.example"}, "Invalid base_url: pass the address of the hub"),
        ({"WTH_API_KEY": f"{KEY} x", "WTH_API_URL": "http://127.0.0.1:9"}, "Invalid API key: pass the key"),
    ],
)
def test_setting_that_is_missing_or_invalid_is_named(variables: dict[str, str], message: str) -> None:
    status, text = start(["-m", "watchtraderhub.mcp"], **variables)
    assert (status, message in text) == (2, True), text


def test_missing_sdk_is_named_with_its_installation() -> None:
    status, text = start(["-c", WITHOUT_SDK], WTH_API_KEY=KEY, WTH_API_URL="http://127.0.0.1:9")
    assert (status, "python3 -m pip install 'watchtraderhub-client[mcp]'" in text) == (2, True), text


def test_it_ends_with_its_input() -> None:
    assert start(["-m", "watchtraderhub.mcp"], WTH_API_KEY=KEY, WTH_API_URL="http://127.0.0.1:9") == (0, "")
