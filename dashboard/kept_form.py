"""Input of a form that came too late: its session had ended, or its page was old.

Only the forms of this site are kept, by the browser's own account. Another site must not be able to fill in a form that
a user then submits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import quote_plus, urlsplit

import orjson
from starlette.requests import Request

from dashboard.form_parsing import URL_ENCODED
from dashboard.redirects import safe_path

MAX_KEPT_BYTES: Final = 48 * 1024  # as a field of the sign-in form
SECRET: Final = frozenset({"csrf_token", "password", "current"})
INTERNAL: Final = frozenset({"form_token", "shown", "replaces", "then", "from"})


@dataclass(frozen=True)
class KeptForm:
    """The path and the fields of a form, without passwords and its CSRF token."""

    path: str
    fields: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, path: str, form_data: Mapping[str, Iterable[str]]) -> Self:
        pairs = [(name, value) for name, values in form_data.items() for value in values if name not in SECRET]
        return cls(path, pairs)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the form that `text` holds, None if it is empty or malformed."""
        try:
            path, fields = orjson.loads(text)
            pairs = [(str(name), str(value)) for name, value in fields]
        except (ValueError, TypeError):
            return None
        return cls(safe_path(str(path)), pairs)

    @property
    def text(self) -> str:
        """The form as one field of the sign-in form; "" if it is too long."""
        text = orjson.dumps([self.path, self.fields]).decode()
        return text if len(quote_plus(text)) <= MAX_KEPT_BYTES else ""

    @property
    def entries(self) -> list[tuple[str, str]]:
        """The texts that the user has entered, for a page that shows them."""
        return [(name, value) for name, value in self.fields if value and name not in INTERNAL]


def is_own_form(http_request: Request) -> bool:
    """Return True if a page of this site has sent the form, by the browser's account.

    It reads Sec-Fetch-Site (Fetch Metadata Request Headers, section 2.4), in older browsers Origin (RFC 6454).
    """
    headers: Any = http_request.headers
    if http_request.method != "POST":
        return False
    if site := headers.get("sec-fetch-site"):
        return bool(site == "same-origin")
    return bool(urlsplit(headers.get("origin", "")).netloc == headers.get("host"))


def can_be_kept(http_request: Request, limit: int) -> bool:
    """Return True if the form has no file and declares at most `limit` bytes."""
    declared = http_request.headers.get("content-length", "")
    media_type = http_request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_short = declared.isdecimal() and len(declared) < 10 and int(declared) <= limit
    return is_short and media_type.encode() == URL_ENCODED
