"""Installs the Express example shop with the commands of its page.

Its program is `[tools.current_node(), "shop.ts"]` in the folder that `install` returns.
"""

import shutil
from pathlib import Path

import config
from tests.clients import tools
from tests.clients.mirror import node_shop
from tests.docs.reading import BLOCK

SOURCE = config.ROOT / "examples" / "express_shop"
INSTALL, START, CALLS = (block["text"] for block in BLOCK.finditer((SOURCE / "README.md").read_text()))


def install() -> Path:
    """Copy the shop and the package, and run the commands, once for each state of both; returns the shop's folder."""
    tools.current_node()  # skips the test if there is none
    sources = [path for path in sorted(SOURCE.iterdir()) if path.is_file()]

    def build(folder: Path) -> None:
        shop, package = folder / "examples" / "express_shop", folder / "clients" / "typescript"
        shop.mkdir(parents=True)
        for path in sources:
            shutil.copy(path, shop)
        shutil.copytree(node_shop.SOURCE, package, ignore=shutil.ignore_patterns("node_modules", "dist"))
        node_shop.run(["bash", "-ec", INSTALL], shop)

    inputs = [path.read_bytes() for path in [*sources, *node_shop.package_files()]]
    return tools.once("express", inputs, build) / "examples" / "express_shop"
