"""Secrets that a receiver sends back, in its answer or an error, do not stay in the log."""

import re

# Also where the kept part of an answer ends within them, and spelled as in JSON (\/), URLs (%2F) or HTML (&#x2F;).
SECRETS = re.compile(r"whsec_(?:[A-Za-z0-9+/=_\\%-]|&#x?[0-9A-Fa-f]+;){5,}|wth_[A-Za-z0-9]{9,}")


def redacted(text: str) -> str:
    """API keys and webhook secrets as their kind and three dots."""
    return SECRETS.sub(lambda found: found[0].partition("_")[0] + "_...", text)
