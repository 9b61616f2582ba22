"""The signed cookie that names a browser, and the token that proves that a form came from our pages."""

import hmac
import secrets
from functools import lru_cache

from starlette.responses import Response

import config

NAME = "wth_session"
LIFETIME_SECONDS = 30 * 24 * 3600


def fresh_token() -> str:
    """For a browser in which nobody is signed in; known to no one but its forms."""
    return secrets.token_urlsafe(32)


def read(cookie: str | None) -> str | None:
    """The token of a cookie that we signed."""
    token, _, signature = (cookie or "").partition(".")
    is_ours = hmac.compare_digest(_signature("cookie", token).encode(), signature.encode())
    return token if is_ours else None


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


def form_token(token: str) -> str:
    """Goes into every form of this browser, so that no other site can post in its name."""
    return _signature("form", token)


def is_form_token(token: str, given: str) -> bool:
    return hmac.compare_digest(form_token(token).encode(), given.encode())


def _signature(purpose: str, token: str) -> str:
    return hmac.digest(_key(), f"{purpose} {token}".encode(), "sha256").hex()


@lru_cache(1)
def _key() -> bytes:
    return hmac.digest(config.secret_key().encode(), b"dashboard", "sha256")
