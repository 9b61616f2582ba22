"""What went wrong with an attempt, in one class and one sentence."""

import ssl
from http.client import HTTPException, IncompleteRead
from typing import Literal, NamedTuple

from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from webhooks.exchange import Phase, ResponseTooLarge
from webhooks.guard import BlockedAddress

ErrorClass = Literal["dns", "connect", "tls", "timeout", "blocked_address", "too_large", "protocol"]

# What a network or a receiver can cause (requests' own exceptions are OSErrors); anything else is a bug.
NETWORK_TROUBLE = (OSError, HTTPError, HTTPException, BlockedAddress, ResponseTooLarge)

_LATE: dict[Phase, str] = {
    "dns": "The host name was not resolved in time.",
    "connect": "No connection was made in time.",
    "tls": "The TLS handshake did not finish in time.",
    "body": "The answer began, but was not complete in time.",
}


class Failure(NamedTuple):
    error: ErrorClass
    detail: str


def diagnose(trouble: BaseException, phase: Phase) -> Failure:
    """Name the trouble that ended an exchange in this phase. The sentence never quotes the URL, whose
    path may hold a token, nor the address that a name has inside the network.
    """
    cause = _cause(trouble)
    if isinstance(cause, BlockedAddress):
        return Failure("blocked_address", str(cause))
    if isinstance(cause, ResponseTooLarge):
        return Failure("too_large", "The answer is too large: at most 64 KiB of a body are read.")
    if isinstance(cause, TimeoutError):
        return Failure("timeout", _LATE.get(phase, "No answer arrived in time."))
    return _broken(cause, phase)


def _broken(cause: BaseException, phase: Phase) -> Failure:
    if phase == "dns":
        return Failure("dns", f"The host name could not be resolved: {_reason(cause)}.")
    if phase == "connect":
        return Failure("connect", f"The connection could not be made: {_reason(cause)}.")
    if phase == "tls" or isinstance(cause, ssl.SSLError):
        return Failure("tls", f"TLS failed: {_reason(cause)}.")
    if isinstance(cause, ConnectionError | IncompleteRead):
        return Failure("protocol", "The connection was closed before the answer was complete.")
    return Failure("protocol", "The answer is not valid HTTP.")


def _cause(trouble: BaseException) -> BaseException:
    """The exception below those that requests and urllib3 wrap around it."""
    while isinstance(trouble, RequestException | HTTPError):
        inner = trouble.__cause__ or trouble.__context__
        if inner is None:
            break
        trouble = inner
    return trouble


def _reason(cause: BaseException) -> str:
    """The shortest description that the exception has: of a certificate, of TLS, of the system."""
    for attribute in ("verify_message", "reason", "strerror"):
        if text := getattr(cause, attribute, None):
            return str(text).rstrip(".")
    return type(cause).__name__
