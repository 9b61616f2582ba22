"""The code in the README of the TypeScript package: each block is compiled and run."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.clients import tools
from tests.clients.mirror import node_shop
from tests.clients.mirror.conftest import Stage
from tests.clients.mirror.node_shop import signed_headers
from tests.docs.reading import BLOCK
from tests.journeys.processes import eventually
from tests.ports import free_port
from tests.worker import work_off

LIST, VERIFY, EXPRESS, POSTGRES_MIRROR, FASTIFY, POLL = (
    block["text"] for block in BLOCK.finditer((node_shop.SOURCE / "README.md").read_text())
)
on_sqlite = pytest.mark.parametrize("shop_database", ["node:sqlite"], indirect=True)
MIRROR = EXPRESS.partition("await mirror.catchUp();")[0].replace('import express from "express";\n', "")
REQUEST = """
import { readFileSync } from "node:fs";
const rawBody = readFileSync("body");
const request = { headers: JSON.parse(readFileSync("headers", "utf8")) };
"""


@pytest.fixture
def page(stage: Stage, tmp_path: Path) -> Callable[..., Path]:
    """Write blocks of the page as a program in a project of its own, and compile it; returns its folder."""

    def write(*blocks: str, port: int = 0) -> Path:
        for name in ("node_modules", "package.json", "tsconfig.json"):
            (tmp_path / name).symlink_to(stage.program / name)
        text = "\n".join(blocks).replace("http://localhost:8080", stage.server.site)
        text = re.sub(r"listen\((\{ port: )?3000", lambda found: f"listen({found[1] or ''}{port}", text)
        (tmp_path / "page.ts").write_text(text)
        node_shop.run(["node_modules/.bin/tsc"], tmp_path)
        return tmp_path

    return write


def settings(stage: Stage, secret: str = "") -> dict[str, str]:
    key = stage.cast.owner.test_key
    return {"WTH_API_KEY": key, "WTH_WEBHOOK_SECRET": secret or stage.secret, "NODE_NO_WARNINGS": "1"}


def run_page(folder: Path, **variables: str) -> str:
    done = tools.run([tools.current_node(), "page.ts"], folder, **variables)
    assert done.returncode == 0, done.stdout
    return done.stdout


@on_sqlite
def test_the_first_block_lists_the_stock(stage: Stage, page: Callable[..., Path]) -> None:
    stage.cast.owner.listing()
    assert run_page(page(LIST), **settings(stage)) == "Omega Speedmaster 6250.5\n"


@on_sqlite
def test_the_second_block_verifies_a_delivery(stage: Stage, page: Callable[..., Path]) -> None:
    watch = stage.cast.owner.listing()
    delivered = next(
        each for each in stage.deliveries(lambda: stage.api.order(watch.id)) if "sold" in each.event["event"]
    )
    folder = page(REQUEST, VERIFY)
    (folder / "body").write_bytes(delivered.body)
    (folder / "headers").write_text(str(signed_headers(delivered)).replace("'", '"'))
    assert run_page(folder, **settings(stage)) == f"Remove {watch.id}\n"


@on_sqlite
@pytest.mark.parametrize("blocks", [(EXPRESS,), (MIRROR, FASTIFY)], ids=["express", "fastify"])
def test_the_receivers_mirror_what_the_worker_delivers(
    stage: Stage, page: Callable[..., Path], blocks: tuple[str, ...]
) -> None:
    port = free_port()
    _, secret = stage.cast.owner.endpoint(f"http://127.0.0.1:{port}/webhooks")
    folder = page(*blocks, port=port)
    stage.database.address = str(folder / "shop.db")
    with node_shop.started([tools.current_node(), "page.ts"], folder, settings(stage, secret)):
        eventually(lambda: is_listening(port))
        watch = stage.cast.owner.listing()
        work_off()
        assert stage.database.rows("SELECT id, title, status FROM listing") == [(watch.id, watch.title, "in_stock")]


@on_sqlite
def test_polling_mirrors_without_webhooks_and_stops(stage: Stage, page: Callable[..., Path]) -> None:
    folder = page(MIRROR, POLL)
    stage.database.address = str(folder / "shop.db")
    with node_shop.started([tools.current_node(), "page.ts"], folder, settings(stage)) as process:
        stage.cast.owner.listing()
        eventually(lambda: stage.database.position == 1)
        process.terminate()
        assert process.wait(10) == 0


@pytest.mark.parametrize("shop_database", ["pg"], indirect=True)
def test_the_mirror_in_postgresql_knows_what_is_sold(stage: Stage, page: Callable[..., Path]) -> None:
    sold, kept, later = stage.cast.owner.listings(3)
    stage.api.order(sold.id)
    folder, database = page(POSTGRES_MIRROR), {"DATABASE_URL": stage.database.address}
    run_page(folder, **settings(stage), **database)
    stage.api.order(later.id)
    run_page(folder, **settings(stage), **database)
    assert stage.database.rows("SELECT listing_id FROM sold ORDER BY 1") == sorted([(sold.id,), (later.id,)])
    assert kept.id not in {sold.id, later.id}


def is_listening(port: int) -> bool:
    try:
        return requests.post(f"http://127.0.0.1:{port}/webhooks", timeout=2).status_code == 400
    except requests.ConnectionError:
        return False
