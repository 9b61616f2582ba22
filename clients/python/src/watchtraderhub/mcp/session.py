"""One session: the tools that its key may use, and their results and errors as text for the model."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from mcp import types

from watchtraderhub.client import Client
from watchtraderhub.errors import ApiConnectionError, StatusError
from watchtraderhub.mcp import reading, sandbox
from watchtraderhub.mcp.ordering import Ordering
from watchtraderhub.mcp.tool import Tool, ToolFailure

UNEXPECTED = {"code": "unexpected_error", "message": "The tool failed. The log of the MCP server has the details."}

log = logging.getLogger("watchtraderhub.mcp")


class HubSession:
    """The tools of one API key. A live key writes only with `allow_live_writes`. For one thread at a time."""

    def __init__(self, client: Client, api_url: str, *, allow_live_writes: bool) -> None:
        self._client = client
        self._site = _site_of(api_url)
        self._allow_live_writes = allow_live_writes
        self._mode: str | None = None
        tools = (*reading.TOOLS, *Ordering().list_tools(), *sandbox.TOOLS)
        self._tools = {tool.name: tool for tool in tools}

    def list_tools(self) -> list[types.Tool]:
        """Return the tools that the key may use. While the hub does not respond, these are the reading ones."""
        try:
            self._find_mode()
        except (StatusError, ApiConnectionError) as error:
            log.warning("The mode of the API key is unknown, so tools that write are not listed: %s", error)
        return [tool.describe() for tool in self._tools.values() if self._find_obstacle(tool) is None]

    def has_tool(self, name: str) -> bool:
        return name in self._tools

    def call(self, name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        """Call a tool. A failure is a result too, which the model reads."""
        try:
            return _to_result(self._run(self._tools[name], arguments))
        except ToolFailure as failure:
            return _to_result({"error": failure.document}, is_error=True)
        except Exception:
            log.exception("Tool %s failed.", name)
            return _to_result({"error": UNEXPECTED}, is_error=True)

    def _run(self, tool: Tool, arguments: dict[str, Any]) -> Any:
        parsed = tool.parse(arguments)
        try:
            if tool.is_write or tool.needs_test_key:
                self._find_mode()
                self._reject_forbidden(tool)
            return tool.run(self._client, parsed)
        except StatusError as error:
            raise _describe_error(error) from error
        except ApiConnectionError as error:
            raise self._describe_outage(tool) from error
        except ValueError as error:  # an ID that is no ID
            raise ToolFailure("invalid_arguments", str(error)) from error

    def _find_mode(self) -> None:
        """Ask the hub once for the mode of the key. Raises StatusError and ApiConnectionError."""
        if self._mode is None:
            self._mode = self._client.integration.get_me()["mode"]

    def _reject_forbidden(self, tool: Tool) -> None:
        """Raise ToolFailure if the key may not use the tool: hiding it from the list is not enough."""
        if obstacle := self._find_obstacle(tool):
            raise obstacle

    def _find_obstacle(self, tool: Tool) -> ToolFailure | None:
        if tool.needs_test_key and self._mode != "test":
            return ToolFailure("test_key_required", f"{tool.name} works with a test key only, and this is a live key.")
        if tool.is_write and self._mode != "test" and not self._allow_live_writes:
            return ToolFailure(
                "live_writes_not_allowed",
                f"{tool.name} is off, because this server has a live key. Use a test key, or ask the user to start the "
                "server with --allow-live-writes.",
            )
        return None

    def _describe_outage(self, tool: Tool) -> ToolFailure:
        message = f"No response from the hub at {self._site}. Check that it runs and that WTH_API_URL is right."
        is_safe = tool.is_repeatable or not tool.is_write
        return ToolFailure("hub_unreachable", f"{message} The same call again is safe." if is_safe else message)


def _site_of(url: str) -> str:
    """Return the address without a user and a password, which nobody may read in a message."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _describe_error(error: StatusError) -> ToolFailure:
    return ToolFailure(
        error.code or f"http_{error.status}",
        error.message,
        param=error.param and error.param.removesuffix("_eur"),  # as the argument is called
        request_id=error.request_id,
        retry_after_seconds=error.retry_after,
    )


def _to_result(document: Any, *, is_error: bool = False) -> types.CallToolResult:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=is_error)
