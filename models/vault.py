"""Secrets at rest: encrypted with a key derived from the hub's secret key."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import config


def encrypt(secret: str) -> str:
    return _fernet().encrypt(secret.encode()).decode()


@lru_cache(1024)
def decrypt(ciphertext: str) -> str:
    return _fernet().decrypt(ciphertext.encode()).decode()


@lru_cache(1)
def _fernet() -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"webhook secrets").derive(config.secret_key().encode())
    return Fernet(base64.urlsafe_b64encode(derived))
