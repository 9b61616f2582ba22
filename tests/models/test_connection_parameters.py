"""Parameters in WTH_DATABASE_URL have priority over the hub's own."""

from models.postgres import network_parameters, session_options

URL = "postgresql://hub@db.internal/hub"


def test_hub_bounds_connecting_and_waiting() -> None:
    assert set(network_parameters(URL)) >= {"connect_timeout", "tcp_user_timeout", "keepalives_idle"}
    assert session_options(URL, {"lock_timeout": "10s"}) == "-c lock_timeout=10s"


def test_parameters_in_the_url_have_priority() -> None:
    assert "connect_timeout" not in network_parameters(f"{URL}?connect_timeout=20")
    own = f"{URL}?options=-c%20lock_timeout%3D1s"
    assert session_options(own, {"lock_timeout": "10s"}) == "-c lock_timeout=10s -c lock_timeout=1s"
