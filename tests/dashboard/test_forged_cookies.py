"""Forged session cookies and reset links: nobody is signed in by them."""

import hashlib

import pytest

from models.accounts.session import Session
from models.accounts.user import User
from models.base import fetch_dicts
from tests.dashboard.browser import Browser
from tests.dashboard.conftest import OWNER

# Made from a valid cookie, which is `token.signature`. `_cut` lacks the first character.
# A token may begin with any letter, a signature only with a hexadecimal digit: never with `x`.
FORGERIES = {
    "empty": "",
    "token without a signature": "{token}",
    "empty signature": "{token}.",
    "signature only": ".{signature}",
    "signature in capital letters": "{token}.{capitals}",
    "truncated signature": "{token}.{signature_cut}",
    "signature that is too long": "{token}.{signature}0",
    "changed signature": "{token}.x{signature_cut}",
    "hash as the signature": "{token}.{hash}",
    "changed token": "{other}{token_cut}.{signature}",
    "other separator": "{token}:{signature}",
    "two signatures": "{token}.{signature}.{signature}",
    "signature of another token": "none.{signature}",
    "unsigned JSON Web Token": "eyJhbGciOiJub25lIn0..",
    "not ASCII": "{token}.é{signature_cut}",
    "as long as a head may be": "x" * 60_000,
}


def forge(form: str, token: str, signature: str) -> bytes:
    return form.format(
        token=token,
        signature=signature,
        capitals=signature.upper(),
        other="y" if token.startswith("x") else "x",
        token_cut=token[1:],
        signature_cut=signature[1:],
        hash=hashlib.sha256(token.encode()).hexdigest(),
    ).encode()


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_cookie_signs_nobody_in(owner: Browser, name: str) -> None:
    token, _, signature = owner.session.cookies["wth_session"].partition(".")
    owner.session.cookies.clear()
    headers = {"Cookie": b"wth_session=" + forge(FORGERIES[name], token, signature)}
    response = owner.get("/", headers=headers, allow_redirects=False)
    assert (response.status_code, response.headers.get("Location")) in ((303, "/sign-in"), (400, None))


def test_digest_from_the_database_is_no_token(owner: Browser, visitor: Browser) -> None:
    [stored] = fetch_dicts(Session.select(Session.digest))
    _, _, signature = owner.session.cookies["wth_session"].partition(".")
    visitor.session.cookies.set("wth_session", f"{stored['digest']}.{signature}")
    assert visitor.get("/", allow_redirects=False).headers["Location"] == "/sign-in"


@pytest.mark.parametrize("token", ["x", "%2e%2e", "None", "0" * 64])
def test_forged_reset_link_changes_no_password(accounts: None, visitor: Browser, token: str) -> None:
    before = User.get(User.email == OWNER).password_hash
    response = visitor.post(f"/reset/{token}", {"password": "a password of a stranger"}, allow_redirects=False)
    assert response.status_code in (404, 409)
    assert User.get(User.email == OWNER).password_hash == before
