"""Output of `wth listen`: a live table on a terminal, plain lines in a pipe, or one JSON document per line."""

from __future__ import annotations

import json

import click

from watchtraderhub import ApiConnectionError, StatusError, WatchTraderHubError
from watchtraderhub_cli.connection import describe_outage
from watchtraderhub_cli.event_page import StreamedEvent
from watchtraderhub_cli.forwarding import ForwardResult
from watchtraderhub_cli.tables import to_line

CLEAR_LINE = "\r\x1b[2K"
COLUMNS = "{time:8}  {sequence:>8}  {type:22}  {resource:28}  {result}"


class ListenOutput:
    """Prints one line per event to standard output, and everything else to standard error."""

    def __init__(self) -> None:
        self.succeeded = 0
        self.failed = 0

    @property
    def count(self) -> str:
        """The number of events, with its noun."""
        count = self.succeeded + self.failed
        return "1 event" if count == 1 else f"{count} events"

    def show_note(self, text: str) -> None:
        """Show a sentence about the listener itself."""
        click.echo(to_line(text), err=True)

    def show_event(self, event: StreamedEvent, result: ForwardResult | None) -> None:
        """Show an event, and the handler's response if there is a handler."""
        if result is None or result.is_success:
            self.succeeded += 1
        else:
            self.failed += 1
        self.print_event(event, result)

    def print_event(self, event: StreamedEvent, result: ForwardResult | None) -> None:
        fields = (event.document["created_at"], event.sequence, event.type, event.resource_id or "-", event.id)
        click.echo(to_line(" ".join([*map(str, fields), describe_result(result)]).rstrip()))

    def started(self) -> None:
        self.show_note("Ready. Ctrl-C ends.")

    def interrupted(self, error: WatchTraderHubError) -> None:
        self.show_note(f"{describe_interruption(error)} Reconnecting.")

    def resumed(self) -> None:
        self.show_note("Reconnected.")

    def skipped(self, first: int, last: int) -> None:
        self.show_note(
            f"Sequences {first} to {last} are no longer available. A hub lists events for 30 days, and a reset of the "
            "sandbox deletes its events."
        )

    def show_summary(self, last_sequence: int | None, *, is_forwarding: bool) -> None:
        """Show the number of events, and where another run can continue."""
        text = f"Forwarded {self.count}, {self.failed} failed." if is_forwarding else f"Received {self.count}."
        if last_sequence is not None:
            text += f" Continue with --from {last_sequence + 1}."
        self.show_note(text)


class JsonLines(ListenOutput):
    """Prints one JSON document per event and line: the event, and the result of its delivery or null."""

    def print_event(self, event: StreamedEvent, result: ForwardResult | None) -> None:
        delivery = None if result is None else {**vars(result), "is_success": result.is_success}
        click.echo(json.dumps({"event": event.document, "delivery": delivery}, separators=(",", ":")))


class LiveTable(ListenOutput):
    """Prints aligned rows with colors. The last line is a status that changes in place."""

    def __init__(self) -> None:
        super().__init__()
        self._status = "Connecting"

    def show_note(self, text: str) -> None:
        click.echo(CLEAR_LINE + to_line(text))

    def print_event(self, event: StreamedEvent, result: ForwardResult | None) -> None:
        color = None if result is None else "green" if result.is_success else "red"
        row = COLUMNS.format(
            time=str(event.document["created_at"])[11:19],
            sequence=event.sequence,
            type=to_line(event.type),
            resource=to_line(event.resource_id or ""),
            result=click.style(describe_result(result), fg=color),
        )
        click.echo(CLEAR_LINE + row.rstrip())
        self._draw_status()

    def started(self) -> None:
        heading = COLUMNS.format(time="TIME", sequence="SEQUENCE", type="EVENT", resource="RESOURCE", result="RESPONSE")
        click.echo(CLEAR_LINE + click.style(heading, bold=True))
        self._set_status("Listening")

    def interrupted(self, error: WatchTraderHubError) -> None:
        super().interrupted(error)
        self._set_status("Reconnecting")

    def resumed(self) -> None:
        super().resumed()
        self._set_status("Listening")

    def _set_status(self, status: str) -> None:
        self._status = status
        self._draw_status()

    def _draw_status(self) -> None:
        status = click.style(self._status, fg="cyan")
        click.echo(f"{CLEAR_LINE}{status} · {self.count}, {self.failed} failed · Ctrl-C ends", nl=False)


FORMATS: dict[str, type[ListenOutput]] = {"table": LiveTable, "lines": ListenOutput, "json": JsonLines}


def describe_result(result: ForwardResult | None) -> str:
    """Describe the handler's response, such as `-> 200 (12 ms)`."""
    if result is None:
        return ""
    outcome = result.error if result.status is None else str(result.status)
    attempts = f", attempt {result.attempts}" if result.attempts > 1 else ""
    return f"-> {outcome} ({result.duration_ms} ms{attempts})"


def describe_interruption(error: WatchTraderHubError) -> str:
    """Describe why the hub cannot be read."""
    if isinstance(error, ApiConnectionError):
        return describe_outage(error)
    return f"{error.status}: {error.message}" if isinstance(error, StatusError) else str(error)
