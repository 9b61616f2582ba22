"""Cookies of a session and of known browsers, and the CSRF token."""

import secrets
from collections.abc import Mapping

from starlette.responses import Response

import config
from models import vault
from models.accounts.known_browser import VALID_MS
from models.vault import digest
from spec.characters import fold_text

NAME = "wth_session"
BROWSER_PREFIX = "wth_browser_"
LIFETIME_SECONDS = 30 * 24 * 3600
BROWSER_LIFETIME_SECONDS = VALID_MS // 1000


def new_token() -> str:
    """Generate a token for a browser without a session.

    It protects the sign-in form against CSRF.
    """
    return secrets.token_urlsafe(32)


def read(cookie: str | None) -> str | None:
    """Return the token of a cookie with a valid signature, else None."""
    token, _, signature = (cookie or "").partition(".")
    return token if _is_signature(signature, "cookie", token) else None


def write(response: Response, token: str) -> None:
    _set(response, NAME, f"{token}.{_signature('cookie', token)}", LIFETIME_SECONDS)


def read_browser(cookies: Mapping[str, str], email: str) -> str:
    """Return the token that makes this browser known for a user, "" if it has none."""
    return _read_browser_token(cookies.get(_browser_name(email), ""))


def is_known_browser(cookies: Mapping[str, str]) -> bool:
    """Return True if any user has signed in with this browser. Needs no database."""
    return any(_read_browser_token(value) for name, value in cookies.items() if name.startswith(BROWSER_PREFIX))


def write_browser(response: Response, email: str, token: str) -> None:
    """Make the browser known for a user. It may be known for several."""
    _set(response, _browser_name(email), f"{token}.{_signature('browser', token)}", BROWSER_LIFETIME_SECONDS)


def _read_browser_token(cookie: str) -> str:
    token, _, signature = cookie.rpartition(".")
    return token if _is_signature(signature, "browser", token) else ""


def _browser_name(email: str) -> str:
    return BROWSER_PREFIX + digest(fold_text(email.strip()))[:16]


def _set(response: Response, name: str, value: str, lifetime_seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=lifetime_seconds,
        path="/",
        secure=config.PUBLIC_URL.startswith("https://"),
        httponly=True,
        samesite="lax",
    )


def csrf_token(token: str) -> str:
    """Derive the CSRF token of a browser.

    Every form carries it, so that no other site can post on the user's behalf.
    """
    return _signature("form", token)


def is_csrf_token(token: str, csrf: str) -> bool:
    return _is_signature(csrf, "form", token)


def _signature(purpose: str, token: str) -> str:
    return vault.sign("dashboard", f"{purpose} {token}".encode()).hex()


def _is_signature(text: str, purpose: str, token: str) -> bool:
    return vault.is_signature(vault.from_hex(text), "dashboard", f"{purpose} {token}".encode())
