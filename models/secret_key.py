"""Secret key of a database: detects a wrong one, re-encrypts under a new one."""

import peewee
from cryptography.fernet import InvalidToken

import config
from errors import Refusal
from models import vault
from models.base import Row
from models.database import db

BATCH_SIZE = 100
ONLY_ID = 1

P = db.param
NEXT_SECRETS = f"SELECT id, secret, previous_secret FROM endpoint WHERE id > {P} ORDER BY id LIMIT {P}"
REPLACE_SECRET = f"UPDATE endpoint SET secret = {P} WHERE id = {P} AND secret = {P}"
REPLACE_PREVIOUS = f"UPDATE endpoint SET previous_secret = {P} WHERE id = {P} AND previous_secret = {P}"


class SecretKeyCheck(Row):
    """The only row holds a value that is derived from the key in use."""

    id = peewee.IntegerField(primary_key=True)
    value = peewee.TextField()


def require_right_key() -> None:
    """Reject a key that is not that of the database; remember the key of a new one.

    Raises `wrong_secret_key`.
    """
    stored = SecretKeyCheck.get_or_none(SecretKeyCheck.id == ONLY_ID)
    if stored is None:
        _require_decryptable_secrets()
        SecretKeyCheck.insert(id=ONLY_ID, value=vault.check_value(config.secret_key())).on_conflict_ignore().execute()
        stored = SecretKeyCheck.get_by_id(ONLY_ID)
    if stored.value not in map(vault.check_value, config.secret_keys()):
        raise _wrong_key()


def adopt_key() -> int:
    """Encrypt all webhook secrets under the key in use; return their number.

    Repeatable, and safe to interrupt: until it is complete, the previous keys are required. Secrets that change at the
    same time are found by the next pass. Raises `wrong_secret_key`.
    """
    SecretKeyCheck.update(value=vault.check_value(config.secret_key())).where(SecretKeyCheck.id == ONLY_ID).execute()
    count = 0
    while changed := _reencrypt_all():
        count += changed
    return count


def _reencrypt_all() -> int:
    last_id, count = "", 0
    while rows := db.execute_sql(NEXT_SECRETS, (last_id, BATCH_SIZE)).fetchall():
        last_id = rows[-1][0]
        count += _reencrypt(rows)
    return count


def _reencrypt(rows: list[tuple[str, str, str | None]]) -> int:
    """Replace the secrets of a batch, unless they have changed since."""
    replacements = [
        (statement, (replacement, endpoint_id, secret))
        for endpoint_id, *secrets in rows
        for statement, secret in zip((REPLACE_SECRET, REPLACE_PREVIOUS), secrets, strict=True)
        if secret is not None and (replacement := _reencrypted(secret)) != secret
    ]
    if not replacements:
        return 0
    with db.atomic():
        return sum(db.execute_sql(statement, values).rowcount for statement, values in replacements)


def _reencrypted(secret: str) -> str:
    try:
        return vault.reencrypt(secret)
    except InvalidToken:
        raise _wrong_key() from None


def _require_decryptable_secrets() -> None:
    secrets = db.execute_sql("SELECT secret FROM endpoint").fetchall()
    if not all(vault.can_decrypt(secret) for (secret,) in secrets):
        raise _wrong_key()


def _wrong_key() -> Refusal:
    return Refusal(
        "wrong_secret_key",
        "The secret key is not the one that encrypted the webhook secrets in this database. Restore secret.key in the "
        "data folder, or set WTH_SECRET_KEY to the right key.",
    )
