"""The manifests for Kubernetes run commands of the hub, with its settings, limits and times."""

import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

import config
from commands.supervisor import WEB_STOP_SECONDS, WORKER_STOP_SECONDS
from dashboard.request_body import MAX_UPLOAD_BYTES
from monitoring.probes import PATHS

FOLDER = config.ROOT / "deploy" / "kubernetes"
STOP_SECONDS = {"web": WEB_STOP_SECONDS, "worker": WORKER_STOP_SECONDS}
SETTINGS = {setting.name for setting in config.SETTINGS}


def _read(name: str) -> dict[tuple[str, str], Any]:
    """Return the objects of a file by kind and name."""
    objects = yaml.safe_load_all((FOLDER / name).read_text())
    return {(item["kind"], item["metadata"]["name"]): item for item in objects}


HUB = _read("hub.yaml")
PODS = {process: HUB["Deployment", f"wth-{process}"]["spec"]["template"]["spec"] for process in STOP_SECONDS}


def test_settings_exist_and_secrets_are_in_the_secret() -> None:
    [secret] = _read("secret.example.yaml").values()
    [open_settings] = [item["data"] for (kind, _), item in HUB.items() if kind == "ConfigMap"]
    assert set(secret["stringData"]) | set(open_settings) <= SETTINGS
    assert set(secret["stringData"]) >= {"WTH_DATABASE_URL", "WTH_SECRET_KEY", "WTH_METRICS_TOKEN"}


@pytest.mark.parametrize("process", STOP_SECONDS)
def test_pod_migrates_then_runs_a_command_of_the_hub(process: str) -> None:
    containers = PODS[process]["initContainers"] + PODS[process]["containers"]
    assert [container["args"] for container in containers] == [["migrate"], [process]]
    for container in containers:
        ended = subprocess.run([sys.executable, "cli.py", *container["args"], "--help"], cwd=config.ROOT)
        assert ended.returncode == 0


@pytest.mark.parametrize("process", STOP_SECONDS)
def test_pod_has_no_rights_and_writes_to_two_folders(process: str) -> None:
    pod = PODS[process]
    [user] = re.findall(r"^USER (\S+)", (config.ROOT / "Dockerfile").read_text(), re.M)
    assert f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" == user
    for container in pod["initContainers"] + pod["containers"]:
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/data", "/tmp"}  # noqa: S108 - of a container


@pytest.mark.parametrize("process", STOP_SECONDS)
def test_pod_gets_the_time_that_its_process_takes_to_stop(process: str) -> None:
    [container] = PODS[process]["containers"]
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][1]) if "lifecycle" in container else 0
    assert PODS[process]["terminationGracePeriodSeconds"] > STOP_SECONDS[process] + pause


def test_probes_ask_paths_that_the_hub_serves() -> None:
    [container] = PODS["web"]["containers"]
    probes = {
        name: container[name]["httpGet"]["path"].partition("?")[0] for name in container if name.endswith("Probe")
    }
    assert probes == {"startupProbe": "/health", "livenessProbe": "/health", "readinessProbe": "/ready"}
    assert set(probes.values()) <= PATHS


def test_ingress_has_the_limits_of_the_hub() -> None:
    annotations = HUB["Ingress", "wth"]["metadata"]["annotations"]
    sizes = [value for name, value in annotations.items() if name.endswith("/proxy-body-size")]
    assert [int(size.rstrip("m")) * 1024 * 1024 for size in sizes] == [MAX_UPLOAD_BYTES]
