"""Rules for the URL of an endpoint under the settings of this hub."""

import config
from errors import Invalid
from webhooks import guard
from webhooks.simulation import find_receiver


def is_simulated(url: str) -> bool:
    """Return True for the URL of a simulated receiver of this hub."""
    return find_receiver(url, public_url=config.PUBLIC_URL) is not None


def validate_url(url: str) -> None:
    """Raise `validation_failed` for a URL that no endpoint may have."""
    if is_simulated(url):  # no request is ever sent to it
        return
    try:
        guard.check_url(url, allow_private=config.ALLOW_PRIVATE_WEBHOOKS)
    except guard.InvalidUrl as error:
        raise Invalid(str(error), param="url") from None
