"""Databases that operators really have: encodings, locales, schemas and standbys."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

import config
from models.database import db
from tests.cast import Cast
from tests.client import Client, error_of
from tests.journeys.processes import WTH, free_port, serving
from tests.postgres_programs import database

needs_server = pytest.mark.skipif(config.is_sqlite(), reason="WTH_TEST_POSTGRES names no server")
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
    with monkeypatch.context() as demoted:
        demoted.setattr(db, "begin_statement", "BEGIN READ ONLY")
        assert error_of(api.order(watch.id))[:2] == (503, "service_unavailable")
    assert "cannot execute UPDATE in a read-only transaction" in caplog.text
    assert api.order(watch.id).status_code == 201
