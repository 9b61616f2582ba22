"""Secrets at rest: encryption, signatures and one-way digests."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import config


def digest(secret: str) -> str:
    """Return the SHA-256 of a token as hex, to look it up without storing it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def encrypt(secret: str) -> str:
    """Encrypt a secret that has to be read back, such as a signing secret (Fernet)."""
    return _fernet(config.secret_key()).encrypt(secret.encode()).decode()


@lru_cache(1024)
def decrypt(ciphertext: str) -> str:
    """Reverse `encrypt`, also under a previous key.

    Raises `cryptography.fernet.InvalidToken` if none of the keys is the right one.
    """
    return _all_keys().decrypt(ciphertext.encode()).decode()


def can_decrypt(ciphertext: str) -> bool:
    """Return True if one of the keys is the right one."""
    try:
        decrypt(ciphertext)
    except InvalidToken:
        return False
    return True


def reencrypt(ciphertext: str) -> str:
    """Encrypt under the key in use, or return the ciphertext if it already is.

    Raises InvalidToken if none of the keys is the right one.
    """
    try:
        _fernet(config.secret_key()).decrypt(ciphertext.encode())
    except InvalidToken:
        return _all_keys().rotate(ciphertext.encode()).decode()
    return ciphertext


def check_value(key: str) -> str:
    """Derive a value that tells whether two keys are equal, and nothing else."""
    return _derive(key, b"secret key check").hex()


def sign(purpose: str, message: bytes) -> bytes:
    """Sign with the key in use (HMAC-SHA256, 32 bytes).

    `purpose` separates the kinds of messages.
    """
    return _sign(config.secret_key(), purpose, message)


def is_signature(signature: bytes, purpose: str, message: bytes, *, size: int = 32) -> bool:
    """Check the first `size` bytes of a signature, also by a previous key."""
    valid = (_sign(key, purpose, message)[:size] for key in config.secret_keys())
    return any(hmac.compare_digest(signature, expected) for expected in valid)


def from_hex(text: str) -> bytes:
    """Decode a signature in lower-case hex; any other text becomes an invalid one."""
    try:
        decoded = bytes.fromhex(text)
    except ValueError:
        return b""
    return decoded if decoded.hex() == text else b""


def _sign(key: str, purpose: str, message: bytes) -> bytes:
    return hmac.digest(_signing_key(key, purpose), message, "sha256")


def _all_keys() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in config.secret_keys()])


@lru_cache(16)
def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derive(key, b"webhook secrets")))


@lru_cache(64)
def _derive(key: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(key.encode())


@lru_cache(64)
def _signing_key(key: str, purpose: str) -> bytes:
    return hmac.digest(key.encode(), purpose.encode(), "sha256")
