"""Known browsers: cookies that keep strangers from locking a user out.

A browser in which a user has signed in holds a signed token for that user. Its failed sign-ins count separately, so it
can sign in while guesses of others are throttled. This is the device cookie of OWASP's "Slow Down Online Guessing
Attacks with Device Cookies". Nothing is stored: a new password makes all tokens of a user invalid.
"""

import secrets

from models import vault
from models.accounts.user import User
from models.clock import DAY_MS, now

VALID_MS = 365 * DAY_MS
PURPOSE = "known browser"


def create_browser_token(user: User) -> str:
    """Return a token for a browser in which the user has just signed in."""
    browser = f"{now()}.{secrets.token_urlsafe(12)}"
    return f"{browser}.{vault.sign(PURPOSE, _message(user, browser)).hex()}"


def find_browser(user: User | None, token: str) -> str | None:
    """Return the name of the browser that holds the token.

    None if the token is not one of this user, or has expired.
    """
    browser, _, signature = token.rpartition(".")
    if user is None or not vault.is_signature(vault.from_hex(signature), PURPOSE, _message(user, browser)):
        return None
    return browser if int(browser.partition(".")[0]) > now() - VALID_MS else None


def _message(user: User, browser: str) -> bytes:
    return f"{user.id} {browser} {user.password_hash}".encode()
