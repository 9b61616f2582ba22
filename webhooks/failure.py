"""Classifies failed attempts: an error class and a sentence for the log."""

import ssl
from http.client import HTTPException, IncompleteRead
from typing import Literal, NamedTuple

from urllib3.exceptions import HTTPError
from urllib3.util.ssl_match_hostname import CertificateError

from webhooks.exchange import Phase, ResponseTooLarge
from webhooks.guard import BlockedAddress

ErrorClass = Literal["dns", "connect", "tls", "timeout", "blocked_address", "too_large", "protocol"]

# Errors that a network or a receiver can cause; anything else is a bug.
NETWORK_ERRORS = (OSError, HTTPError, HTTPException, CertificateError, BlockedAddress, ResponseTooLarge)

_TIMEOUT_DETAILS: dict[Phase, str] = {
    "dns": "The host name was not resolved before the timeout.",
    "connect": "No connection was established before the timeout.",
    "tls": "The TLS handshake was not complete before the timeout.",
    "body": "The response began, but was not complete before the timeout.",
}


class Failure(NamedTuple):
    """An error class and `detail`, a sentence for the dealer."""

    error: ErrorClass
    detail: str


def classify(error: BaseException, phase: Phase) -> Failure:
    """Classify the error that ended an exchange in this phase.

    The sentence never quotes the URL, whose path may contain a token, or an address inside the network.
    """
    cause = _root_cause(error)
    if isinstance(cause, BlockedAddress):
        return Failure("blocked_address", str(cause))
    if isinstance(cause, ResponseTooLarge):
        return Failure("too_large", "The response is too large: respond with at most 64 KiB.")
    if isinstance(cause, TimeoutError):
        return Failure("timeout", _TIMEOUT_DETAILS.get(phase, "No response arrived before the timeout."))
    return _classify_by_phase(cause, phase)


def _classify_by_phase(cause: BaseException, phase: Phase) -> Failure:
    if phase == "dns":
        return Failure("dns", f"The host name could not be resolved: {_reason(cause)}.")
    if phase == "connect":
        return Failure("connect", f"The connection could not be established: {_reason(cause)}.")
    is_closed = isinstance(cause, ConnectionError | IncompleteRead | ssl.SSLEOFError | ssl.SSLZeroReturnError)
    if phase == "tls" or (isinstance(cause, ssl.SSLError) and not is_closed):
        return Failure("tls", f"TLS failed: {_reason(cause)}.")
    if is_closed:
        return Failure("protocol", "The connection was closed before the response was complete.")
    return Failure("protocol", "The response is not valid HTTP.")


def _root_cause(error: BaseException) -> BaseException:
    """Unwrap the exceptions of urllib3."""
    while isinstance(error, HTTPError):
        wrapped = (argument for argument in error.args if isinstance(argument, BaseException))
        inner = error.__cause__ or error.__context__ or next(wrapped, None)
        if inner is None:
            break
        error = inner
    return error


def _reason(cause: BaseException) -> str:
    """Return the exception's reason: of the certificate, of TLS or of the system."""
    for attribute in ("verify_message", "reason", "strerror"):
        if text := getattr(cause, attribute, None):
            return _to_words(str(text).rstrip("."))
    return type(cause).__name__


def _to_words(reason: str) -> str:
    """Write OpenSSL's TLSV13_ALERT_CERTIFICATE_REQUIRED as words."""
    return reason.replace("_", " ").lower() if reason.isupper() else reason
