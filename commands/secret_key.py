"""`wth secret-key`: rotates the key of webhook secrets and signatures."""

import time

import click

import config
from commands.database import HubGroup
from commands.output import CommandOutput, example
from config import key_file
from errors import Refusal
from models import secret_key as domain

EXAMPLE = example("wth secret-key rotate")


@click.group("secret-key", cls=HubGroup, epilog=EXAMPLE)
def secret_key() -> None:
    """Rotate the secret key. The hub may run meanwhile."""


@secret_key.command(epilog=EXAMPLE)
def rotate() -> CommandOutput:
    """Use a new key and encrypt the webhook secrets under it.

    The previous key stays valid for sessions, cursors and reset links until `wth secret-key retire`. With
    WTH_SECRET_KEY, which must be the new key already, this only encrypts the secrets again. You can repeat the command
    if it was interrupted.
    """
    if config.SECRET_KEY:
        if not config.SECRET_KEY_PREVIOUS:
            raise Refusal(
                "no_previous_key",
                "Set WTH_SECRET_KEY to the new key and WTH_SECRET_KEY_PREVIOUS to the old one for all processes first.",
            )
    else:
        config.KEY_FILE.add()
        _wait_for_processes()
        config.KEY_FILE.promote()
        _wait_for_processes()
    count = domain.adopt_key()
    return CommandOutput({"reencrypted": count}, f"Encrypted {count} secrets under the new key.")


@secret_key.command(epilog=example("wth secret-key retire"))
def retire() -> CommandOutput:
    """Delete previous keys from the key file.

    Sessions, cursors and reset links that they have signed end. Secrets that are still encrypted under them are
    encrypted under the key in use first.
    """
    count = domain.adopt_key()
    if config.SECRET_KEY:
        text = "No secret depends on a previous key. Remove WTH_SECRET_KEY_PREVIOUS and restart all processes."
        return CommandOutput({"reencrypted": count, "retired": 0}, text)
    retired = config.KEY_FILE.retire()
    return CommandOutput({"reencrypted": count, "retired": retired}, f"Deleted {retired} previous keys.")


def _wait_for_processes() -> None:
    """Wait until the running processes have read the key file again.

    None of them meets a key that it does not know, because a new key is accepted by all before one uses it.
    """
    time.sleep(2 * key_file.RELOAD_SECONDS)
