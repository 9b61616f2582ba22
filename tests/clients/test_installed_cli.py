"""The script `wth` as pip installs it: without the server, and beside it in any order."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import config
from tests.cast import Cast
from tests.clients.installed_environment import InstalledEnvironment
from tests.clients.test_python_package import pip
from tests.commands.listener import Listener
from tests.hub import Server
from tests.receiver import Receiver

CLIENT_COMMANDS = {"api", "completion", "listen", "login", "logout", "mcp", "profiles", "trigger", "verify"}
SERVER_COMMANDS = {"serve", "web", "worker", "migrate", "deliveries"}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Wheels of the client and of the server, built from copies, because setuptools writes beside the sources."""
    folder = tmp_path_factory.mktemp("wheels")
    ignored = shutil.ignore_patterns(
        ".*", "*.egg-info", "build", "__pycache__", "var", "tests", "bench", "node_modules"
    )
    built = {}
    for name, source in (("client", config.ROOT / "clients" / "python"), ("server", config.ROOT)):
        shutil.copytree(source, folder / name, ignore=ignored)
        target = folder / f"{name}-wheel"
        pip("wheel", folder / name, "--no-build-isolation", "--wheel-dir", target)
        [built[name]] = target.glob("*.whl")
    return built


@pytest.fixture
def environment(tmp_path: Path) -> InstalledEnvironment:
    return InstalledEnvironment(tmp_path / "environment")


def test_client_alone_forwards_verifies_and_triggers(
    environment: InstalledEnvironment, wheels: dict[str, Path], server: Server, cast: Cast
) -> None:
    environment.install(wheels["client"])
    assert {name for name in environment.commands() if not name.startswith("Example")} == CLIENT_COMMANDS
    assert (
        subprocess.run([environment.python, "-I", "-c", "import models"], capture_output=True, check=False).returncode
        == 1
    )
    variables = {"WTH_API_KEY": cast.owner.test_key, "WTH_API_URL": server.site}
    secret = environment.run("listen", "--print-secret").stdout.strip()
    folder = environment.folder / "profiles"
    with (
        Receiver() as handler,
        Listener(
            folder,
            "--forward-to",
            handler.url,
            key=cast.owner.test_key,
            url=server.site,
            program=[str(environment.wth)],
        ) as listener,
    ):
        listener.wait_until_ready()
        assert "listing.published" in environment.run("trigger", "listing.published", **variables).stdout
        [delivered] = handler.wait_for(1)
    (environment.folder / "body.json").write_bytes(delivered.body)
    signature = ("--signature", delivered.headers["WTH-Signature"], "--secret", secret)
    verified = environment.run("verify", *signature, "body.json")
    assert verified.stdout == "valid: The signature is valid.\n"
    assert cast.owner.dealer.id in environment.run("api", "GET", "/me", **variables).stdout


@pytest.mark.parametrize("order", [("client", "server"), ("server", "client")], ids=" then ".join)
def test_one_script_has_the_commands_of_both(
    environment: InstalledEnvironment, wheels: dict[str, Path], order: tuple[str, str]
) -> None:
    for name in order:
        environment.install(wheels[name])
    assert environment.commands() >= CLIENT_COMMANDS | SERVER_COMMANDS
    environment.pip("uninstall", "--yes", "--quiet", "watchtraderhub")
    assert environment.commands() & (CLIENT_COMMANDS | SERVER_COMMANDS) == CLIENT_COMMANDS


def test_missing_extra_is_named() -> None:
    code = "import sys; sys.modules['click'] = None; from watchtraderhub_cli.start import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "The command line needs the package click. Install it with: pip install 'watchtraderhub-client[cli]'\n"
    )
