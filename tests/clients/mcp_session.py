"""A session of the MCP SDK's client with the server of the Python package, over stdio."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal

import config

# The hub hides OpenTelemetry from its own process (config/traces.py), and the SDK imports it.
if "opentelemetry" in sys.modules and sys.modules["opentelemetry"] is None:
    del sys.modules["opentelemetry"]

from mcp import Client, MCPError, types
from mcp.client.stdio import StdioServerParameters, stdio_client

__all__ = ["MCPError", "McpSession", "open_mcp"]

SOURCE = config.ROOT / "clients" / "python" / "src"


@dataclass
class McpSession:
    """`call` returns the result of a tool, and whether it is an error. `log` is the server's standard error."""

    portal: BlockingPortal
    client: Client
    log_file: Path

    def list_tools(self) -> list[types.Tool]:
        return self.portal.call(self.client.list_tools).tools

    @property
    def names(self) -> set[str]:
        return {tool.name for tool in self.list_tools()}

    def call(self, name: str, **arguments: Any) -> Any:
        """Return the result of a call that succeeds."""
        document, is_error = self._send(name, arguments)
        assert not is_error, document
        return document

    def fail(self, name: str, **arguments: Any) -> Any:
        """Return the error of a call that fails."""
        document, is_error = self._send(name, arguments)
        assert is_error, document
        return document["error"]

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def _send(self, name: str, arguments: dict[str, Any]) -> tuple[Any, bool]:
        result = self.portal.call(self.client.call_tool, name, arguments)
        assert isinstance(result, types.CallToolResult)
        [content] = result.content
        assert isinstance(content, types.TextContent)
        return json.loads(content.text), result.is_error


@contextmanager
def open_mcp(
    url: str,
    key: str,
    log_file: Path,
    options: Sequence[str] = (),
    *,
    command: Sequence[str] = (sys.executable, "-m", "watchtraderhub.mcp"),
    source: Path = SOURCE,
    mode: str = "auto",
    folder: str = "",
) -> Iterator[McpSession]:
    """Start the server with an API key and the URL of a hub, and connect. `folder` has profiles of `wth login`."""
    parameters = StdioServerParameters(
        command=command[0],
        args=[*command[1:], *options],
        env={"WTH_API_KEY": key, "WTH_API_URL": url, "PYTHONPATH": str(source), "WTH_CONFIG_DIR": folder},
        cwd=log_file.parent,
    )
    with (
        log_file.open("w") as log,
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(stdio_client(parameters, log), mode=mode)) as client,
    ):
        yield McpSession(portal, client, log_file)
