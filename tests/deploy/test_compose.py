"""compose.yaml runs commands of the hub, with its settings and limits, and as the documentation says."""

import re
import subprocess
import sys
from itertools import takewhile

import pytest

import config
from config.traces import ENDPOINTS
from tests.deploy.compose import list_documented, list_hub_services, read_compose

CADDYFILE = (config.ROOT / "deploy" / "docker" / "Caddyfile").read_text()
RESERVED = 3  # superuser_reserved_connections of PostgreSQL


def _can_run(*command: str) -> bool:
    ended = subprocess.run([sys.executable, "cli.py", *command, "--help"], cwd=config.ROOT, capture_output=True)
    return ended.returncode == 0


@pytest.mark.parametrize("name", list_hub_services())
def test_service_runs_a_command_of_the_hub_with_its_settings(name: str) -> None:
    service = list_hub_services()[name]
    settings = {setting.name for setting in config.SETTINGS}
    assert set(service["environment"]) <= settings | set(ENDPOINTS)
    assert service["read_only"]
    assert _can_run(*service["command"])


def test_images_of_others_have_a_version() -> None:
    images = {service["image"] for service in read_compose()["services"].values()} - {"watchtraderhub"}
    assert len(images) == 3
    assert all(re.search(r":\d+\.\d+(\.\d+)?-", image) for image in images)


def test_only_a_proxy_that_sees_client_addresses_is_published() -> None:
    """Docker gives the IPv6 clients of an IPv4 network the address of its gateway."""
    published = {name: service["ports"] for name, service in read_compose()["services"].items() if "ports" in service}
    assert published == {"proxy": ["0.0.0.0:80:80", "0.0.0.0:443:443", "0.0.0.0:443:443/udp"]}


def test_every_log_has_a_limit() -> None:
    for name, service in read_compose()["services"].items():
        assert {"max-size", "max-file"} <= set(service["logging"]["options"]), name


def test_one_service_builds_the_image_and_no_registry_is_asked_for_it() -> None:
    services = list_hub_services()
    assert [name for name, service in services.items() if "build" in service] == ["migrate"]
    assert {service["pull_policy"] for service in services.values()} == {"never"}
    waiting = [name for name, service in services.items() if "migrate" in service.get("depends_on", {})]
    assert waiting == ["web-1", "web-2", "worker"]


def test_database_is_healthy_only_when_other_containers_can_connect() -> None:
    check = read_compose()["services"]["postgres"]["healthcheck"]["test"]
    assert "--host=127.0.0.1" in check  # its own socket responds earlier, while the database is being created


def test_database_accepts_the_connections_of_all_processes_and_a_command() -> None:
    [limit] = re.findall(r"max_connections=(\d+)", " ".join(read_compose()["services"]["postgres"]["command"]))
    [each] = [int(setting.default) for setting in config.SETTINGS if setting.name == "WTH_DATABASE_CONNECTIONS"]
    assert int(limit) - RESERVED >= each * len(list_hub_services())


def test_proxy_finds_every_web_process_within_seconds() -> None:
    [(name, port, seconds)] = re.findall(r"dynamic a (\S+) (\d+) \{\s+refresh (\d+)s", CADDYFILE)
    webs = [service for service in list_hub_services().values() if service["command"] == ["web"]]
    assert len(webs) == 2
    assert all(name in service["networks"]["hub"]["aliases"] for service in webs)
    assert f"WTH_PORT={port}" in (config.ROOT / "Dockerfile").read_text()
    assert int(seconds) <= 2


def test_an_update_leaves_the_proxy_alone() -> None:
    assert "depends_on" not in read_compose()["services"]["proxy"]  # Compose would replace it with the web processes


def test_documented_calls_of_compose_name_services_and_commands() -> None:
    services = read_compose()["services"]
    calls = list(list_documented("docker compose"))
    assert {call[0] for call in calls} == {"up", "build", "run", "exec", "stop", "restart"}
    for call in calls:
        names = [word for word in call[1:] if word in services]
        assert names or call[0] in ("up", "build"), call
        if "wth" in call:
            command = call[call.index("wth") + 1 :]
            assert _can_run(*takewhile(lambda word: not word.startswith("-"), command)), call


def test_documented_calls_into_a_pod_run_wth() -> None:
    assert all("wth" in call for call in list_documented("kubectl exec"))
