"""Options and errors of the commands that call a hub."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import click

from watchtraderhub import ApiConnectionError, Client, RawResponse, StatusError
from watchtraderhub_cli.output import CommandOutput, JsonCommand, describe_error
from watchtraderhub_cli.profiles import Profile, ProfileError, read_profile

DEFAULT_URL = "http://localhost:8080"
URL_VARIABLES = ("WTH_API_URL", "WTH_BASE_URL")
TIMEOUT_SECONDS = 40
NO_KEY = "No API key. Set WTH_API_KEY, pass --api-key, or save one with `wth login`."


@dataclass(frozen=True)
class HubAccess:
    """A hub's URL, and the API key or None. `profile` has the settings of this machine."""

    base_url: str
    api_key: str | None
    profile: Profile

    def connect(self, *, timeout: float = TIMEOUT_SECONDS, needs_key: bool = False) -> Client:
        """Return a client that sends each request once. Raises UsageError for an invalid key or URL."""
        if needs_key and not self.api_key:
            raise click.UsageError(NO_KEY)
        try:
            return Client(self.api_key or None, base_url=self.base_url, timeout=timeout, max_retries=0)
        except ValueError as error:
            raise click.UsageError(str(error)) from None


class ApiCommand(JsonCommand):
    """Command that calls a hub. Errors of the hub, of the connection and of profiles are its output."""

    def describe(self, ctx: click.Context, error: Exception) -> CommandOutput | None:
        if isinstance(error, StatusError):
            return describe_error(error.code or "unexpected_response", f"{error.status}: {error.message}", error.param)
        if isinstance(error, ApiConnectionError):
            return describe_error("unreachable", describe_outage(error))
        if isinstance(error, ProfileError):
            return describe_error("invalid_profile", str(error))
        return super().describe(ctx, error)


def hub_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --api-key, --base-url and --profile, which the function gets as `hub`."""

    @functools.wraps(command)
    def run(*arguments: Any, api_key: str | None, base_url: str | None, profile: str, **options: Any) -> Any:
        saved = read_profile(profile)
        url = base_url or saved.base_url or click.get_current_context().find_root().obj or DEFAULT_URL
        key = api_key or saved.read_api_key()
        return command(*arguments, hub=HubAccess(url, key, saved), **options)

    key = click.option("--api-key", envvar="WTH_API_KEY", show_envvar=True, help="Test key or live key.")
    url = click.option(
        "--base-url",
        envvar=URL_VARIABLES,
        show_envvar=True,
        show_default="the profile's, or this machine's hub",
        help="URL of the hub.",
    )
    return key(url(profile_option(run)))


def profile_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --profile."""
    option = click.option(
        "--profile",
        envvar="WTH_PROFILE",
        show_envvar=True,
        default="default",
        show_default=True,
        help="Profile of `wth login`.",
    )
    return option(command)


def describe_outage(error: ApiConnectionError) -> str:
    """Say which host did not respond and why, in the words of the operating system."""
    request = getattr(error.__cause__, "request", None)
    url = urlsplit(str(getattr(request, "url", "")))
    host = (url.hostname or "the hub") + (f":{url.port}" if url.port else "")  # without a password
    return f"Cannot reach {host}: {_find_reason(error)}. Check --base-url, and that the hub is running."


def _find_reason(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    return type(error.__cause__ or error).__name__


def describe_failure(response: RawResponse) -> str | None:
    """Return one sentence about a response that is not a success, else None."""
    try:
        response.parse()
    except StatusError as error:
        if response.is_success:
            return None
        named = error.code is not None
        return f"{error.status}: {error.message}" if named else f"The hub responded with status {error.status}."
    return None
