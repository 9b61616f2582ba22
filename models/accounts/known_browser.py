"""Known browsers: cookies that keep strangers from locking a user out.

A browser in which a user has signed in holds a signed token for that user. Its failed sign-ins count separately, so it
can sign in while guesses of others are throttled. This is the device cookie of OWASP's "Slow Down Online Guessing
Attacks with Device Cookies". Nothing is stored: a new password makes all tokens of a user invalid.
"""

import hmac
import secrets

import config
from models.accounts.user import User
from models.clock import DAY_MS, now

VALID_MS = 365 * DAY_MS


def create_browser_token(user: User) -> str:
    """Return a token for a browser in which the user has just signed in."""
    browser = f"{now()}.{secrets.token_urlsafe(12)}"
    return f"{browser}.{_signature(user, browser)}"


def find_browser(user: User | None, token: str) -> str | None:
    """Return the name of the browser that holds the token.

    None if the token is not one of this user, or has expired.
    """
    browser, _, signature = token.rpartition(".")
    if user is None or not hmac.compare_digest(_signature(user, browser).encode(), signature.encode()):
        return None
    return browser if int(browser.partition(".")[0]) > now() - VALID_MS else None


def _signature(user: User, browser: str) -> str:
    message = f"browser {user.id} {browser} {user.password_hash}".encode()
    return hmac.digest(config.secret_key().encode(), message, "sha256").hex()
