"""Parameters in WTH_DATABASE_URL have priority over the hub's own."""

import time

import pytest

from models.postgres import open_pool, read_options
from models.postgres_server import default_parameters

URL = "postgresql://hub@db.internal/hub"


def test_hub_bounds_connecting_and_waiting() -> None:
    assert set(default_parameters(URL)) >= {"connect_timeout", "tcp_user_timeout", "keepalives_idle"}


def test_parameters_in_the_url_have_priority() -> None:
    assert "connect_timeout" not in default_parameters(f"{URL}?connect_timeout=20")


def test_hub_selects_the_primary_among_several_servers_only() -> None:
    several = "postgresql://hub@first,second:5433/hub"
    assert default_parameters(several)["target_session_attrs"] == "read-write"
    assert "target_session_attrs" not in default_parameters(f"{several}?target_session_attrs=any")
    assert "target_session_attrs" not in default_parameters(URL)


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ("-csearch_path%3Dhub", {"search_path": "hub"}),
        ("-c%20lock_timeout%3D1s%20--search-path%3Dhub", {"lock_timeout": "1s", "search_path": "hub"}),
        ("-c%20search_path%3Dhub,%5C%20public", {"search_path": "hub, public"}),
        ("-c%20lock_timeout%3D1s%20-c%20lock_timeout%3D2s", {"lock_timeout": "2s"}),
    ],
)
def test_options_of_the_url_are_read_as_postgresql_reads_them(options: str, settings: dict[str, str]) -> None:
    assert read_options(f"{URL}?options={options}") == settings


@pytest.mark.parametrize(("options", "timeout"), [("", "10s"), ("?options=-clock_timeout%3D1s", "1s")])
def test_lock_timeout_of_the_url_replaces_the_hubs(options: str, timeout: str) -> None:
    pool = open_pool(URL + options, on_time=lambda *_: None, timer=time.monotonic, lock_timeout="10s")
    assert pool.begin_statement == f"BEGIN; SET LOCAL lock_timeout = '{timeout}'"
