"""Secrets at rest: encryption under WTH_SECRET_KEY, and one-way digests."""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import config


def digest(secret: str) -> str:
    """Return the SHA-256 of a token as hex, to look it up without storing it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def encrypt(secret: str) -> str:
    """Encrypt a secret that has to be read back, such as a signing secret (Fernet)."""
    return _fernet().encrypt(secret.encode()).decode()


@lru_cache(1024)
def decrypt(ciphertext: str) -> str:
    """Reverse `encrypt`.

    Raises `cryptography.fernet.InvalidToken` if WTH_SECRET_KEY has changed.
    """
    return _fernet().decrypt(ciphertext.encode()).decode()


@lru_cache(1)
def _fernet() -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"webhook secrets").derive(config.secret_key().encode())
    return Fernet(base64.urlsafe_b64encode(derived))
