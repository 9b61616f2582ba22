"""Redacts secrets that a receiver echoes, before the delivery log stores them."""

import re

# Also matches a secret that is cut off at the end of the preview or escaped for JSON (\/), URLs (%2F), HTML (&#x2F;).
SECRETS = re.compile(r"whsec_(?:[A-Za-z0-9+/=_\\%-]|&#x?[0-9A-Fa-f]+;){5,}|wth_[A-Za-z0-9]{9,}")


def redact(text: str) -> str:
    """Replace API keys and webhook secrets with their prefix and three dots.

    Redact values before they are serialized: a match may end with the backslash that escapes a quotation mark of JSON.
    """
    return SECRETS.sub(lambda match: match[0].partition("_")[0] + "_...", text)
