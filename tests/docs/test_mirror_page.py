"""The programs of the page about the mirror kit, each run as a shop that gets the hub's webhooks or polls."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests
from watchtraderhub import mirror
from watchtraderhub.mirror.handlers import LISTS

from tests.cast import Cast
from tests.docs.reading import FOLDER, blocks, code
from tests.hub import Server
from tests.journeys.processes import end, eventually
from tests.mirror.frameworks import is_listening
from tests.mirror.killed_shop import SOURCES
from tests.ports import free_port

DJANGO = """
import sys
from wsgiref.simple_server import make_server
from django.conf import settings
settings.configure(ROOT_URLCONF="shop", ALLOWED_HOSTS=["127.0.0.1"])
from django.core.wsgi import get_wsgi_application
make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application()).serve_forever()
"""
# How each framework's own documentation starts a program; the port follows.
STARTS = {
    "Flask": ["-m", "flask", "--app", "shop", "run", "--port"],
    "FastAPI": ["-m", "uvicorn", "shop:app", "--port"],
    "Django": ["-c", DJANGO],
}


class Shop:
    """A folder with the programs of the page."""

    def __init__(self, folder: Path, site: str, tab: str) -> None:
        self.folder = folder
        catalog = next(block.text for block in blocks("mirror", "python") if block.tab is None)
        (folder / "catalog.py").write_text(catalog.replace("http://localhost:8080", site))
        (folder / "shop.py").write_text(code("mirror", tab))

    def statuses(self) -> dict[str, str]:
        with closing(sqlite3.connect(self.folder / "shop.db", timeout=30)) as connection:
            return dict(connection.execute("SELECT id, status FROM listing").fetchall())

    @contextmanager
    def running(self, words: list[str], **settings: str) -> Iterator[None]:
        environment = {**os.environ, "PYTHONPATH": f"{self.folder}{os.pathsep}{SOURCES}", **settings}
        process = subprocess.Popen([sys.executable, *words], cwd=self.folder, env=environment, start_new_session=True)
        try:
            yield
        finally:
            end(process)


@pytest.mark.parametrize("tab", STARTS)
def test_shop_of_each_framework_follows_the_hub(
    tab: str, server: Server, cast: Cast, tmp_path: Path, deliver: Callable[[], None]
) -> None:
    watch, port, shop = cast.owner.listing(), free_port(), Shop(tmp_path, server.site, tab)
    _, secret = cast.owner.endpoint(f"http://127.0.0.1:{port}/webhooks")
    settings = {"WTH_API_KEY": cast.owner.test_key, "WTH_WEBHOOK_SECRET": secret}
    with shop.running([*STARTS[tab], str(port)], **settings):
        eventually(lambda: is_listening(port))
        assert requests.get(f"http://127.0.0.1:{port}/webhooks", timeout=30).status_code == 405
        assert shop.statuses() == {watch.id: "in_stock"}
        second = cast.owner.listing()
        watch.unpublish(cast.owner.actor())
        deliver()
        assert shop.statuses() == {second.id: "in_stock"}


def test_polling_shop_follows_the_hub(server: Server, cast: Cast, tmp_path: Path) -> None:
    watch, shop = cast.owner.listing(), Shop(tmp_path, server.site, "Polling")
    with shop.running(["shop.py"], WTH_API_KEY=cast.owner.test_key):
        eventually(lambda: (tmp_path / "shop.db").exists() and shop.statuses() == {watch.id: "in_stock"})
        watch.unpublish(cast.owner.actor())
        eventually(lambda: shop.statuses() == {})


def test_names_on_the_page_exist() -> None:
    page = (FOLDER / "mirror.md").read_text()
    for name in mirror.__all__:
        assert hasattr(mirror, name)
    for name in ("Mirror", "SqliteDatabase", "PostgresDatabase", "StaleMirrorError", "HandlerCommittedError"):
        assert name in page
        assert name in mirror.__all__
    assert " or ".join(", ".join(f"`{name}`" for name in LISTS).rsplit(", ", 1)) in page
