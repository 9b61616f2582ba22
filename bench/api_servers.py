"""Servers of the API: the hub and its peers, each on its own copy of the database, all on one core."""

import pickle
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.api_requests import send_once
from bench.contenders import API_CONTENDERS, HUB, Programs
from bench.peers.installation import CannotInstall
from bench.processes import SERVER_CORE, cpu_seconds, pss_mib, running, started, wait_until_ready
from bench.surroundings import copy_database, environment_of, redis_server
from tests.ports import free_port

BARE = "bare uvicorn"


@dataclass(frozen=True)
class ApiServer:
    """A running server. `redis_pid` is that of the Redis that it uses, if it uses one."""

    contender: str
    port: int
    pid: int
    database: Path | None = None
    redis_pid: int | None = None

    def cpu_seconds(self) -> float:
        """CPU time of the server, and of the Redis that it uses."""
        redis_seconds = 0.0 if self.redis_pid is None else cpu_seconds(self.redis_pid)
        return cpu_seconds(self.pid) + redis_seconds

    def pss_mib(self) -> float:
        return pss_mib(self.pid) + (0.0 if self.redis_pid is None else pss_mib(self.redis_pid))


@contextmanager
def serving(folder: Path, synchronous: str) -> Iterator[tuple[list[ApiServer], dict[str, str]]]:
    """Start all contenders. Yields the servers, and the reason for each contender that is not available."""
    servers: list[ApiServer] = []
    unavailable: dict[str, str] = {}
    with ExitStack() as stack:
        redis = _start_redis(stack, folder)
        for name, find_programs in API_CONTENDERS.items():
            try:
                programs = find_programs()
                if programs.needs_redis and isinstance(redis, CannotInstall):
                    raise redis
            except CannotInstall as reason:
                unavailable[name] = str(reason)
                continue
            redis_ids = redis if programs.needs_redis and not isinstance(redis, CannotInstall) else (None, None)
            servers.append(stack.enter_context(_start(name, programs, folder / name, synchronous, redis_ids)))
        yield servers, unavailable


def _start_redis(stack: ExitStack, folder: Path) -> tuple[int, int] | CannotInstall:
    try:
        return stack.enter_context(redis_server(folder.parent))
    except CannotInstall as reason:
        return reason


@contextmanager
def _start(
    name: str, programs: Programs, folder: Path, synchronous: str, redis: tuple[int, int] | tuple[None, None]
) -> Iterator[ApiServer]:
    redis_pid, redis_port = redis
    database, port = copy_database(folder, with_plain_secrets=name != HUB), free_port()
    environment = {**environment_of(programs, database, synchronous, redis_port), "PORT": str(port)}
    command = [word.replace("{port}", str(port)) for word in programs.server]
    with started(command, environment, core=SERVER_CORE) as process:
        wait_until_ready(f"http://127.0.0.1:{port}/api/v1/health")
        yield ApiServer(name, port, process.pid, database, redis_pid)


@contextmanager
def bare_uvicorn(hub: ApiServer, folder: Path, requests: list[bytes]) -> Iterator[ApiServer]:
    """Start the floor: a server that sends the hub's responses to these requests, and does nothing else."""
    recorded = {}
    for request in requests:
        response = send_once(hub.port, request)
        assert response.ok, response.text
        headers = [(name.encode(), value.encode()) for name, value in response.headers.items() if name != "date"]
        recorded[request.split()[1].decode()] = (response.status_code, headers, response.content)
    (folder / "responses.pickle").write_bytes(pickle.dumps(recorded))
    port = free_port()
    with running("-m", "bench.baseline", str(port), str(folder / "responses.pickle"), core=SERVER_CORE) as process:
        wait_until_ready(f"http://127.0.0.1:{port}/")
        yield ApiServer(BARE, port, process.pid)
