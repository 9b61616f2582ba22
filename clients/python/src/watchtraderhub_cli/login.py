"""`wth login`, `wth logout` and `wth profiles`: what this machine remembers of hubs."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from watchtraderhub import Client
from watchtraderhub_cli import key_storage
from watchtraderhub_cli.connection import ApiCommand, HubAccess, hub_options, profile_option
from watchtraderhub_cli.output import CommandOutput, example
from watchtraderhub_cli.profiles import Profile, delete_profile, find_file, list_profiles, read_profile, save_profile
from watchtraderhub_cli.tables import render_table, to_line

HEADER = ("PROFILE", "HUB", "KEY IN")


@click.command(cls=ApiCommand, epilog=example("wth login --base-url https://hub.example --profile sandbox"))
@hub_options
def login(hub: HubAccess) -> CommandOutput:
    """Save an API key and the hub's URL as a profile.

    Reads the key from --api-key or WTH_API_KEY, else asks for it, or reads it from standard input. Checks it with the
    hub. The key is saved in the keyring of the operating system if there is one, else in a file that only you can
    read.
    """
    given = click.get_current_context().params["api_key"]
    access = replace(hub, api_key=given or _read_key())
    with access.connect(needs_key=True) as client:
        dealer, mode = _identify(client)
    profile = replace(hub.profile, base_url=hub.base_url).with_key(access.api_key or "")
    save_profile(profile)
    place = "the keyring" if profile.key_storage == key_storage.KEYRING else str(find_file())
    text = f"Saved the {mode} key of {dealer} as profile {profile.name} in {place}."
    return CommandOutput({**_to_dict(profile), "dealer": dealer, "mode": mode}, text)


@click.command(cls=ApiCommand, epilog=example("wth logout --profile sandbox"))
@profile_option
def logout(profile: str) -> CommandOutput:
    """Delete a profile and its API key.

    The key stays valid: an owner revokes it in the dashboard.
    """
    if delete_profile(read_profile(profile)):
        return CommandOutput({"deleted": profile}, f"Deleted profile {profile}.")
    return CommandOutput({"deleted": None}, "", f"There is no profile {profile}. `wth profiles` lists them.")


@click.command(cls=ApiCommand, epilog=example("wth profiles"))
def profiles() -> CommandOutput:
    """List the profiles of this machine."""
    saved = list_profiles()
    rows = [(profile.name, profile.base_url, profile.key_storage) for profile in saved]
    return CommandOutput({"data": [_to_dict(profile) for profile in saved]}, render_table(HEADER, rows, empty="None."))


def _to_dict(profile: Profile) -> dict[str, str | None]:
    return {"profile": profile.name, "base_url": profile.base_url, "key_storage": profile.key_storage}


def _read_key() -> str:
    if sys.stdin.isatty():
        key: str = click.prompt("API key", hide_input=True)
        return key
    return sys.stdin.readline().strip()


def _identify(client: Client) -> tuple[str, str]:
    me = client.integration.get_me()
    return to_line(me["dealer"]["name"]), me["mode"]
