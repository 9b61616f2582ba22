"""`wth listen`: forwards the events of a hub to a handler on this machine, without a public address."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import click

from watchtraderhub import Client, signing
from watchtraderhub_cli.connection import ApiCommand, HubAccess, hub_options
from watchtraderhub_cli.event_stream import LATEST, EventStream
from watchtraderhub_cli.forwarding import Forwarder
from watchtraderhub_cli.interruption import Interruption
from watchtraderhub_cli.listen_options import complete_globs, parse_globs, parse_headers, parse_start, parse_url
from watchtraderhub_cli.listen_output import FORMATS, ListenOutput
from watchtraderhub_cli.output import example
from watchtraderhub_cli.profiles import Profile, ProfileError, find_file, save_profile

TIMEOUT_SECONDS = 10  # beside the wait of a long poll: the time until a lost connection is noticed


class ListenCommand(ApiCommand):
    """Command without --json: it prints until it is stopped."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.params = [param for param in self.params if param.name != "json"]

    def run(self, ctx: click.Context) -> str | None:
        click.Command.invoke(self, ctx)
        return None


@click.command(cls=ListenCommand, epilog=example("wth listen --forward-to localhost:3000/webhooks --events 'order.*'"))
@click.option("--forward-to", "url", callback=parse_url, metavar="URL", help="Address of your handler.")
@click.option(
    "--events",
    "globs",
    multiple=True,
    callback=parse_globs,
    shell_complete=complete_globs,
    metavar="GLOB",
    help="Only these event types, such as 'order.*'. Separate several with commas.",
)
@click.option("--from", "start", callback=parse_start, metavar="SEQ|TIME", help="Replay from a sequence or a time on.")
@click.option(
    "--retries", type=click.IntRange(0, 10), default=0, show_default=True, help="Attempts after a failed one."
)
@click.option(
    "--header", "headers", multiple=True, callback=parse_headers, help="Further header, such as 'Host: shop'."
)
@click.option("--skip-verify", is_flag=True, help="Accept any certificate of your handler.")
@click.option("--print-secret", is_flag=True, help="Print the secret that signs the requests, and exit.")
@click.option(
    "--format", "format_name", type=click.Choice([*FORMATS]), help="Default: table on a terminal, else lines."
)
@hub_options
def listen(
    url: str | None,
    globs: Sequence[str],
    start: str | None,
    retries: int,
    headers: dict[str, str],
    skip_verify: bool,
    print_secret: bool,
    format_name: str | None,
    hub: HubAccess,
) -> None:
    """Forward events to your machine.

    Reads the events of the key's mode as they happen and sends each to your handler, signed like a webhook with a
    secret of this machine. Your handler needs no public address. Without --forward-to, the events are only printed.

    After an outage the stream continues with the next event. A failed request is shown and not repeated, except with
    --retries; --from replays it.
    """
    if print_secret:
        click.echo(_find_secret(hub.profile))
        return
    output = FORMATS[format_name or ("table" if sys.stdout.isatty() else "lines")]()
    forwarder = Forwarder(url, _find_secret(hub.profile), retries, not skip_verify, headers) if url else None
    with hub.connect(timeout=TIMEOUT_SECONDS, needs_key=True) as client:
        _introduce(client, hub, forwarder, output)
        stream = EventStream(client, start or LATEST, output)
        _run(stream, globs, forwarder, output)


def _find_secret(profile: Profile) -> str:
    """Return the secret of this profile. It stays the same, so that the handler keeps its configuration."""
    if profile.listen_secret is None:
        secret = signing.create_secret()
        save_profile(replace(profile, listen_secret=secret))
        return secret
    if not signing.is_secret(profile.listen_secret):
        raise ProfileError(f"Invalid listen_secret of profile {profile.name} in {find_file()}. Delete the line.")
    return profile.listen_secret


def _introduce(client: Client, hub: HubAccess, forwarder: Forwarder | None, output: ListenOutput) -> None:
    me = client.integration.get_me()
    output.show_note(f"Listening to {me['dealer']['name']} in {me['mode']} mode at {hub.base_url}.")
    if forwarder is not None:
        output.show_note(f"Forwarding to {forwarder.url}, signed with {forwarder.secret}")


def _run(stream: EventStream, globs: Sequence[str], forwarder: Forwarder | None, output: ListenOutput) -> None:
    """Forward until the process is interrupted or the hub rejects the key."""
    done = stream.last_sequence
    try:
        with Interruption() as interruption:
            for event in stream:
                with interruption.deferred():
                    if not globs or any(fnmatchcase(event.type, glob) for glob in globs):
                        output.show_event(event, forwarder.forward(event) if forwarder else None)
                    done = event.sequence
    except KeyboardInterrupt:
        pass
    finally:
        output.show_summary(done, is_forwarding=forwarder is not None)
