"""Mails about webhook endpoints.

They name the host only, because a URL may contain a token.
"""

from urllib.parse import urlsplit

from models.accounts.mail import Mail
from models.dealer import Dealer

NOTICE_SUBJECTS = {
    "endpoint_failing": "Your webhook endpoint is failing",
    "endpoint_disabled": "Your webhook endpoint was disabled",
}


def report_new_secret(dealer: Dealer, url: str) -> None:
    """Tell the owners that the secret of an endpoint was regenerated."""
    body = (
        f"The webhook secret of the endpoint at {_host_of(url)} of {dealer.name} was regenerated. "
        "If nobody in your team did this, change your password and regenerate the secret again."
    )
    Mail.post_to_owners(dealer, "secret_regenerated", "Your webhook secret was regenerated", body)


def forward_notice(dealer: Dealer, url: str, kind: str, message: str) -> None:
    """Send a notice about an endpoint to the owners."""
    Mail.post_to_owners(dealer, kind, NOTICE_SUBJECTS[kind], f"{dealer.name}: {message.replace(url, _host_of(url))}")


def _host_of(url: str) -> str:
    return urlsplit(url).hostname or "an unknown host"
