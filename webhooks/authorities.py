"""Certificate authorities that may have issued the certificates of receivers."""

import ssl
from pathlib import Path

import certifi

from errors import Refusal


def create_context(ca_file: Path | None) -> ssl.SSLContext:
    """Create a TLS context that trusts the public authorities and those of a file.

    Raises `invalid_ca_file`.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_file is not None:
        count_authorities(ca_file)
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # an intermediate authority is enough, as in Python 3.13
        context.load_verify_locations(cafile=ca_file)
    return context


def count_authorities(ca_file: Path) -> int:
    """Count the authorities in a file.

    Raises `invalid_ca_file`, also for a file that has only the certificate of a receiver.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=ca_file)
    except ssl.SSLError:
        raise _invalid(ca_file, "it has no certificate, or an incomplete one") from None
    except (OSError, ValueError) as error:
        raise _invalid(ca_file, getattr(error, "strerror", None) or str(error)) from None
    count = context.cert_store_stats()["x509_ca"]
    if not count:
        raise _invalid(ca_file, "it has no certificate of an authority")
    return count


def _invalid(ca_file: Path, reason: str) -> Refusal:
    message = f"Cannot use WTH_WEBHOOK_CA_FILE={ca_file} ({reason}). It must be a PEM file of certificate authorities."
    return Refusal("invalid_ca_file", message)
