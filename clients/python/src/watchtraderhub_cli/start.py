"""Entry point of the script `wth`, which the package has with and without its extra `cli`."""

from __future__ import annotations

import sys
from importlib import import_module


def main() -> None:
    """Run `wth`, or say how to install what it needs."""
    try:
        program = import_module("watchtraderhub_cli.program")
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.exit("The command line needs the package click. Install it with: pip install 'watchtraderhub-client[cli]'")
    program.main()
