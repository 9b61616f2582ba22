"""Redaction of log lines: the second line of defence.

No code logs a secret. Text of libraries, such as an error that quotes its connection string, still might.
"""

import re
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

import config
from webhooks.redaction import redact

MIN_SECRET_LENGTH = 8  # a shorter value would match ordinary words

# Text in lower case that may be near a secret. A line without any of these is not read further.
MARKERS = (
    "wth_", "whsec_", "://", "bearer ", "basic ", "authorization", "cookie", "passw", "secret", "/reset/", "csrf",
)  # fmt: skip
SEPARATOR = r"""(["']?\s*[:=,]\s*b?["']?)"""
PATTERNS = (
    (re.compile(rf"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie){SEPARATOR}[^\r\n\"']+"), r"\1\2..."),
    (re.compile(r"(?i)\b(bearer|basic) [^\s\"']+"), r"\1 ..."),
    (re.compile(r"(://[^\s/@:\"']*):[^\s\"']+@"), r"\1:...@"),
    (re.compile(rf"(?i)((?:password|passwd|secret(?:_key)?|csrf_token)){SEPARATOR}[^\s\"'&,;]+"), r"\1\2..."),
    (re.compile(r"\b(wth_(?:session|browser_\w+))=[^\s;\"']+"), r"\1=..."),
    (re.compile(r"(/reset/)[^\s\"'?#{]+"), r"\1..."),
)


def _list_secrets() -> tuple[str, ...]:
    """List the secrets that the settings contain."""
    urls = (config.DATABASE_URL, config.QUEUE_URL, config.RATE_LIMIT_URL, config.SMTP_URL)
    passwords = [password for url in urls for password in _passwords_of(url)]
    values = {*passwords, config.SECRET_KEY, *config.SECRET_KEY_PREVIOUS, config.METRICS_TOKEN}
    return tuple(sorted((value for value in values if len(value) >= MIN_SECRET_LENGTH), key=len, reverse=True))


def _passwords_of(url: str) -> set[str]:
    user_info = urlsplit(url).netloc.rpartition("@")[0]
    password = user_info.partition(":")[2]
    return {password, unquote(password)}


SECRETS = _list_secrets()


def may_contain_secret(text: str) -> bool:
    """Return True if a line has to be redacted."""
    folded = text.lower()
    return any(marker in folded for marker in MARKERS) or any(secret in text for secret in SECRETS)


def redact_line(line: str) -> str:
    """Redact a rendered line of either format."""
    if not may_contain_secret(line):
        return line
    if config.LOG_FORMAT != "json":
        return redact_text(line)
    fields = orjson.loads(line)  # a match in JSON could end with the backslash that escapes a quotation mark
    return orjson.dumps({name: _redact_value(value) for name, value in fields.items()}).decode()


def redact_text(text: str) -> str:
    """Replace API keys, webhook secrets, credentials and the hub's own secrets."""
    for secret in SECRETS:
        text = text.replace(secret, "...")
    for pattern, replacement in PATTERNS:
        text = pattern.sub(replacement, text)
    return redact(text)


def _redact_value(value: Any) -> Any:
    return redact_text(str(value)) if isinstance(value, (str, list, dict)) else value
