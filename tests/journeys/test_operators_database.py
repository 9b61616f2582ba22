"""Databases that operators really have: encodings, locales, schemas, several servers, TLS and passwords."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import psycopg
import pytest
import trustme

import config
from models import postgres_server
from models.database import db
from models.outages import OutageLog
from models.postgres import Postgres
from tests.cast import Cast
from tests.client import Client, error_of
from tests.journeys.processes import WTH, eventually, serving
from tests.ports import free_port
from tests.postgres_programs import database, postgres
from tests.proxy import Proxy, between

needs_server = pytest.mark.skipif(config.is_sqlite(), reason="WTH_TEST_POSTGRES names no server")
PASSWORD = "p,ass:word-5"
ESCAPED_PASSWORD = "p%2Cass%3Aword-5"
BRANDS = "sku,brand,model,price,currency\nA-1,Ракета,Copernicus,900,EUR\nA-2,Škoda Time,One,800,EUR\n"
COUNT_TABLES = "SELECT schemaname, count(*) > 20 FROM pg_tables WHERE schemaname IN ('hub', 'public') GROUP BY 1"


def run(*arguments: str, url: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WTH_DATABASE_URL": url}
    return subprocess.run([sys.executable, str(WTH), *arguments], env=environment, capture_output=True, text=True)


def read(url: str, query: str) -> list[Any]:
    with psycopg.connect(url) as server:
        return server.execute(query).fetchall()


@needs_server
@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_database_that_cannot_store_every_text_is_rejected(encoding: str) -> None:
    with database(f"ENCODING '{encoding}' LOCALE 'C'") as url:
        for command in ("migrate", "serve"):
            result = run(command, url=url)
            assert result.returncode == 1
            assert f"The database has the encoding {encoding}" in result.stderr
            assert "createdb --template=template0 --encoding=UTF8" in result.stderr
        assert f"The database has the encoding {encoding}" in run("check", url=url).stdout
        assert read(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []


@needs_server
@pytest.mark.parametrize("locale", ["LOCALE 'C'", "LOCALE 'C.UTF-8'", "LOCALE_PROVIDER icu ICU_LOCALE 'tr' LOCALE 'C'"])
def test_brands_are_found_in_every_locale(tmp_path: Path, locale: str) -> None:
    inventory = tmp_path / "brands.csv"
    inventory.write_text(BRANDS)
    with database(f"ENCODING 'UTF8' {locale}") as url:
        assert run("migrate", url=url).returncode == 0
        assert run("check", url=url).returncode == 0
        names = ("--name", "A", "--email", "a@shop.example", "--country", "BG", "--password", "a long password")
        dealer = orjson.loads(run("dealer", "create", *names, "--json", url=url).stdout)["dealer_id"]
        scope = ("--dealer", dealer, "--mode", "test", "--json")
        assert run("inventory", "import", str(inventory), *scope, "--publish", url=url).returncode == 0
        key = orjson.loads(run("key", "create", *scope, url=url).stdout)["key"]
        with serving("web", port=free_port(), WTH_DATABASE_URL=url) as (_, server):
            api = Client(server.url, key)
            for value, brand in {"ракета": "Ракета", "РАКЕТА": "Ракета", "ŠKODA TIME": "Škoda Time"}.items():
                assert [row["brand"] for row in api.list_all("/listings", brand=value)] == [brand]


@needs_server
def test_search_path_of_the_url_decides_where_the_tables_are() -> None:
    with database() as url:
        own = f"{url}?options=-csearch_path%3Dhub"
        assert "No schema of the search_path exists: hub." in run("migrate", url=own).stderr
        with psycopg.connect(url) as server:
            server.execute("CREATE SCHEMA hub")
        assert "Applied 0001_initial." in run("migrate", url=own).stdout
        assert run("migrate", url=own).stdout == "The database is up to date.\n"
        assert run("check", url=own).returncode == 0
        assert read(url, COUNT_TABLES) == [("hub", True)]


@needs_server
def test_tables_in_a_later_schema_of_the_search_path_are_used() -> None:
    with database() as url:
        assert run("migrate", url=url).returncode == 0
        with psycopg.connect(url) as server:
            server.execute("CREATE SCHEMA hub")
        both = f"{url}?options=-csearch_path%3Dhub,public"
        assert run("migrate", url=both).stdout == "The database is up to date.\n"
        with psycopg.connect(url) as server:  # as after an interruption of this migration
            server.execute("DELETE FROM schema_migration WHERE name = '0009_compared_text'")
        assert run("migrate", url=both).stdout == "Applied 0009_compared_text.\n"
        assert run("migrate", "--plan", url=both).stdout == "No pending migrations.\n"
        assert read(url, COUNT_TABLES) == [("public", True)]


@needs_server
def test_read_only_server_is_rejected() -> None:
    with database() as url:
        standby = f"{url}?options=-cdefault_transaction_read_only%3Don"
        assert "The server is read-only" in run("migrate", url=standby).stderr
        assert "The server is read-only" in run("check", url=standby).stdout


@needs_server
def test_server_that_becomes_a_standby_costs_503_until_the_primary_is_reached(
    api: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    watch = cast.owner.listing()
    # an outage of its own: the log of a second one within a minute has fewer lines
    monkeypatch.setattr(
        "models.database.outage", OutageLog(logging.getLogger("wth.database"), "Database", "requests wait.")
    )
    with monkeypatch.context() as demoted:
        demoted.setattr(db, "begin_statement", "BEGIN READ ONLY")
        assert error_of(api.order(watch.id))[:2] == (503, "service_unavailable")
    assert "cannot execute UPDATE in a read-only transaction" in caplog.text
    assert api.order(watch.id).status_code == 201


@pytest.fixture
def first_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The first of two servers of the hub's threads. The second one is the server of the tests."""
    assert isinstance(db, Postgres)
    for name, seconds in {"SUSPECT_AFTER_SECONDS": 0.1, "PROBE_SECONDS": 0.2, "PROBE_INTERVAL_SECONDS": 0.05}.items():
        monkeypatch.setattr(postgres_server, name, seconds)
    second = urlsplit(config.DATABASE_URL)
    with between(config.DATABASE_URL) as (proxy, _):
        hosts = f"postgres@127.0.0.1:{proxy.port},{second.hostname}:{second.port or 5432}"
        monkeypatch.setattr(db, "servers", postgres_server.list_servers(f"postgresql://{hosts}{second.path}"))
        db.close_idle()
        yield proxy
    db.close_idle()


@needs_server
def test_second_server_serves_while_the_first_one_hangs(api: Client, first_server: Proxy) -> None:
    def request(_: int) -> int:
        return api.get("/me").status_code

    with ThreadPoolExecutor(8) as clients:
        assert set(clients.map(request, range(8))) == {200}
        first_server.hang()
        eventually(lambda: api.get("/me").status_code == 200, 5)
        started_at = time.monotonic()
        assert set(clients.map(request, range(24))) == {200}
        assert time.monotonic() - started_at < 2, "nobody waits for the server that hangs"
        first_server.resume()
        assert set(clients.map(request, range(8))) == {200}


@needs_server
@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_command_uses_the_server_of_several_that_accepts_writes(scheme: str) -> None:
    with database() as url:
        rest = url.partition("@")[2]
        several = f"{scheme}://postgres@127.0.0.1:{free_port()},{rest}?target_session_attrs=read-write"
        assert "Applied 0001_initial." in run("migrate", url=several).stdout
        assert run("check", url=several).returncode == 0


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def tls_port(authority: trustme.CA) -> Iterator[int]:
    """A server that accepts passwords over TLS only."""

    def prepare(data: Path) -> list[str]:
        certificate = authority.issue_cert("localhost")
        certificate.cert_chain_pems[0].write_to_path(data / "server.crt")
        certificate.private_key_pem.write_to_path(data / "server.key")
        (data / "server.key").chmod(0o600)
        (data / "pg_hba.conf").write_text("hostssl all all all scram-sha-256\n")
        return ["ssl=on", "listen_addresses=localhost"]

    with postgres(prepare, password=PASSWORD) as port:
        yield port


@pytest.mark.parametrize("is_second", [False, True], ids=["only server", "second server"])
def test_hub_verifies_the_certificate_of_the_server(
    tmp_path: Path, authority: trustme.CA, tls_port: int, is_second: bool
) -> None:
    way = f"localhost:{free_port()}," if is_second else ""
    root = tmp_path / "root.pem"
    authority.cert_pem.write_to_path(root)
    server = f"postgresql://hub:{ESCAPED_PASSWORD}@{way}localhost:{tls_port}/postgres"
    url = f"{server}?sslmode=verify-full&sslrootcert={root}"
    assert run("migrate", url=url).returncode == 0
    assert run("check", url=url).returncode == 0
    assert read(url, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == [(True,)]


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ("sslmode=verify-full&sslrootcert={stranger}", "certificate verify failed"),
        ("sslmode=verify-full&sslrootcert={root}&hostaddr=127.0.0.1&host=other.example", "does not match host name"),
        ("sslmode=disable", "no encryption"),
        ("sslmode=require&password=wrong-secret", "password authentication failed"),
        ("sslmode=sometimes", "invalid sslmode value"),
        ("unknown=1", "PostgreSQL cannot parse it"),
    ],
)
def test_connection_that_fails_is_explained_without_the_password(
    tmp_path: Path, authority: trustme.CA, tls_port: int, parameters: str, error: str
) -> None:
    files = {"root": tmp_path / "root.pem", "stranger": tmp_path / "stranger.pem"}
    authority.cert_pem.write_to_path(files["root"])
    trustme.CA().cert_pem.write_to_path(files["stranger"])
    url = f"postgresql://hub:{ESCAPED_PASSWORD}@localhost:{tls_port}/postgres?{parameters.format(**files)}"
    for command in ("check", "migrate"):
        result = run(command, url=url)
        output = result.stdout + result.stderr
        assert result.returncode == 1
        assert error in output
        assert not any(secret in output for secret in (PASSWORD, ESCAPED_PASSWORD, "wrong-secret"))
