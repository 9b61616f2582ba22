"""The signed session cookie, and the CSRF token derived from it."""

import hmac
import secrets
from functools import lru_cache

from starlette.responses import Response

import config

NAME = "wth_session"
LIFETIME_SECONDS = 30 * 24 * 3600


def new_token() -> str:
    """Generate a token for a browser without a session.

    It protects the sign-in form against CSRF.
    """
    return secrets.token_urlsafe(32)


def read(cookie: str | None) -> str | None:
    """Return the token of a cookie with a valid signature, else None."""
    token, _, signature = (cookie or "").partition(".")
    is_valid = hmac.compare_digest(_signature("cookie", token).encode(), signature.encode())
    return token if is_valid else None


def write(response: Response, token: str) -> None:
    response.set_cookie(
        NAME,
        f"{token}.{_signature('cookie', token)}",
        max_age=LIFETIME_SECONDS,
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
    return hmac.compare_digest(csrf_token(token).encode(), csrf.encode())


def _signature(purpose: str, token: str) -> str:
    return hmac.digest(_key(), f"{purpose} {token}".encode(), "sha256").hex()


@lru_cache(1)
def _key() -> bytes:
    return hmac.digest(config.secret_key().encode(), b"dashboard", "sha256")
