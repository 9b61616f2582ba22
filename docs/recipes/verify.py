import hashlib
import hmac
import re
import time


def verify(header: str | None, body: bytes, secret: str, now: float | None = None) -> bool:
    """Return whether a delivery is authentic and at most five minutes old.

    `header` is the WTH-Signature header, `body` the raw request body, `secret` the whole whsec_… string and `now` the
    current time in Unix seconds.
    """
    pairs = [part.partition("=")[::2] for part in (header or "").split(",")]
    times = [value for name, value in pairs if name == "t"]
    if len(times) != 1 or not re.fullmatch("[0-9]{1,12}", times[0]):
        return False
    expected = hmac.new(secret.encode(), f"{times[0]}.".encode() + body, hashlib.sha256).hexdigest()
    matches = [
        hmac.compare_digest(expected.encode(), value.encode(errors="replace")) for name, value in pairs if name == "v1"
    ]
    now = time.time() if now is None else now
    return any(matches) and abs(now - int(times[0])) <= 300
