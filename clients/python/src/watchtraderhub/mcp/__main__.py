"""Entry point of `python -m watchtraderhub.mcp`."""

import sys

from watchtraderhub.mcp.command import main

if __name__ == "__main__":
    sys.exit(main())
