"""URLs with passwords: an invalid one is rejected in a message that repeats no part of it."""

import pytest

from config import readers

ESCAPE = "write % as %25"
HOST = "percent-encode other characters"
PORT = "with a port from 1 to 65535"
PARAMETERS = "no other parameters than"


@pytest.mark.parametrize(
    ("reader", "value", "reason"),
    [
        ("database_url", "postgresql://hub:%zzgeheim@db/hub", ESCAPE),
        ("database_url", "postgresql://hub:geheim%@db/hub", ESCAPE),
        ("database_url", "postgresql://hub:geheim%2@db/hub", ESCAPE),
        ("database_url", "postgresql://hub:geheim%00@db/hub", ESCAPE),
        ("database_url", "postgresql://hub:geheim\u2100@db/hub", HOST),
        ("database_url", "postgresql://hub:geheim@[::1/hub", HOST),
        ("database_url", "postgresql://hub:gehe im@db/hub", "without spaces"),
        ("database_url", "postgresql://hub:geheim@db1:5432,db2:0/hub", PORT),
        ("database_url", "postgresql://hub:geheim@db1:geheim,db2:5432/hub", PORT),
        ("database_url", "postgresql://hub:geheim@db1,[::1/hub", HOST),
        ("queue_url", "redis://:%zzgeheim@queue/0", ESCAPE),
        ("queue_url", "redis://:geheim\u2100@queue/0", HOST),
        ("queue_url", "redis://queue/0?password=geheim", PARAMETERS),
        ("queue_url", "redis://:geheim@queue/0?socket_timeout=geheim", "numbers as timeouts"),
        ("queue_url", "redis://:geheim@queue/0#geheim", "write # as %23"),
        ("rate_limit_url", "rediss://:geheim%@cache/0", ESCAPE),
        ("rate_limit_url", "rediss://cache/0?nonsense=geheim", PARAMETERS),
    ],
)
def test_message_says_what_to_do_without_the_password(reader: str, value: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as error:
        getattr(readers, reader)(value)
    assert "geheim" not in str(error.value)


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        ("database_url", "postgresql://hub:100%25@db/hub?sslmode=require"),
        ("database_url", "postgresql://hub:a,b@db/hub?options=-csearch_path%3Da,b"),
        ("database_url", "postgresql://hub:a,b@db1:5432,db2:5433/hub?target_session_attrs=read-write"),
        ("database_url", "postgresql://hub:a,b@[::1]:5432,[::2]/hub"),
        ("database_url", "postgresql:///hub?host=db1,db2&port=5432"),
        ("queue_url", "rediss://:a%40b@queue:6380/2?ssl_cert_reqs=none&socket_timeout=3"),
        ("rate_limit_url", "memory://"),
    ],
)
def test_valid_url_is_unchanged(reader: str, value: str) -> None:
    assert getattr(readers, reader)(value) == value


def test_short_scheme_of_postgresql_is_the_long_one() -> None:
    assert readers.database_url("postgres://hub:100%25@db/hub") == "postgresql://hub:100%25@db/hub"
