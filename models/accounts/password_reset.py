"""Password reset by mail, which users request without an administrator."""

from errors import Refusal
from models.accounts.mail import PASSWORD_RESET, RESET_LINK, Mail
from models.accounts.sign_in_throttle import SignInAttempt
from models.accounts.user import User
from models.database import db

TEXT = f"""Set a new password with this link. It works once and expires after 24 hours.

{RESET_LINK}

If you did not request it, ignore this mail. Your password stays as it is.
"""


def request_reset(email: str, address: str) -> None:
    """Write a mail with a reset link, if a user has the email address.

    `address` is the browser's network address. Too many requests are ignored. The caller learns nothing, so that it
    cannot reveal which accounts exist.
    """
    with db.atomic():
        try:
            SignInAttempt.begin_reset(email, address)
        except Refusal:
            return
        user = User.find_by_email(email)
        if user is not None:
            Mail.post(user, PASSWORD_RESET, "Set a new password", TEXT)
