"""Invitations: an owner adds a user, who chooses a password through a link."""

from secrets import token_hex

import config
from errors import NotFound, Refusal
from models.accounts.mail import INVITATION, RESET_LINK, Mail
from models.accounts.user import INVITATION_VALID_MS, NO_PASSWORD, User
from models.dealer import Dealer
from spec.characters import fold_text

MAX_USERS = 50  # of a dealer: each may be sent mail
TEXT = f"""{{owner}} has invited you to {{dealer}} on WatchTraderHub.

Choose your password with this link. It works once and expires after seven days.

{RESET_LINK}

If you do not know {{owner}}, ignore this mail.
"""


def invite(dealer: Dealer, owner: User, *, email: str, role: str) -> User:
    """Add a user without a password, and mail a link if the hub sends mail.

    A second invitation of the same person sends a new link. Raises `validation_failed`, `email_taken`,
    `too_many_users`. Runs inside `dealer.locked()`.
    """
    user = User.of(dealer).where(User.email == fold_text(email.strip())).first()
    if user is None or not user.is_invited:
        _check_user_count(dealer)
        user = User.register_with_hash(dealer, email=email, password_hash=_no_password(), role=role)
    send_link(user, owner)
    return user  # type: ignore[no-any-return] # peewee's stubs do not type first()


def send_link(user: User, owner: User) -> None:
    """Replace the link of an invitation, and mail the new one if the hub sends mail.

    Raises `invitation_accepted`.
    """
    if not user.is_invited:
        raise Refusal("invitation_accepted", f"{user.email} has accepted the invitation already.")
    user.replace_password_hash(_no_password())
    if config.has_mail():
        names = {"owner": owner.email, "dealer": " ".join(user.dealer.name.split())[:80]}
        Mail.post(user, INVITATION, f"Invitation to {names['dealer']}", TEXT.format(**names))


def create_link(user: User) -> str:
    """Return the link of an invitation, for an owner who sends it without the hub."""
    return f"{config.PUBLIC_URL}/reset/{user.create_reset_token(INVITATION_VALID_MS)}"


def find_user(dealer: Dealer, user_id: str) -> User:
    """Return a user of the dealer. Raises NotFound."""
    user = User.of(dealer).where(User.id == user_id).first()
    if user is None:
        raise NotFound("user")
    return user  # type: ignore[no-any-return] # peewee's stubs do not type first()


def remove(dealer: Dealer, owner: User, user_id: str) -> User:
    """Delete a user with sessions and mails.

    What the user changed stays in the audit log. Raises NotFound, `own_account`: so a dealer always has an owner.
    """
    user = find_user(dealer, user_id)
    if user.id == owner.id:
        raise Refusal("own_account", "You cannot remove yourself. Ask another owner.")
    user.delete_instance()
    return user


def _check_user_count(dealer: Dealer) -> None:
    if User.of(dealer).count() >= MAX_USERS:
        message = f"You have {MAX_USERS} users, which is the most. Remove one first."
        raise Refusal("too_many_users", message, param="email")


def _no_password() -> str:
    """Return a value that no password has.

    It is a part of the signature of a link, so it makes earlier links invalid.
    """
    return NO_PASSWORD + token_hex(16)
