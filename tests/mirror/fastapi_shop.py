"""A shop on FastAPI, in a process of its own: the hub's settings disable a library that FastAPI imports."""

import sys
from pathlib import Path

import fastapi
import uvicorn
from watchtraderhub.mirror.starlette import webhook_endpoint

from tests.mirror.small_shop import ShopDatabase, SmallShop


def main(folder: str, schema: str, site: str, key: str, secret: str, port: str) -> None:
    shop = SmallShop(ShopDatabase(Path(folder), schema), site, key)
    shop.secret = secret
    with shop.mirror() as mirror:
        app = fastapi.FastAPI()
        app.add_route("/webhooks", webhook_endpoint(mirror), methods=["POST"])
        uvicorn.run(app, port=int(port), log_level="critical")


if __name__ == "__main__":
    main(*sys.argv[1:])
