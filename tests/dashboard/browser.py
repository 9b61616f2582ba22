"""A browser without JavaScript: keeps cookies, sends forms with their CSRF token, reads pages."""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import requests

PASSWORD = "a quiet saturday"
CURRENT = "own"


class Browser:
    """One user's browser. Follows redirects unless `allow_redirects` is False."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.site + path, timeout=20, **options)

    def post(self, path: str, fields: Any = None, *, token: str | None = CURRENT, **options: Any) -> requests.Response:
        """Send a form with this browser's CSRF token, with another one, or without one (None)."""
        sent = list(fields.items()) if isinstance(fields, dict) else list(fields or [])
        if token is not None:
            sent.append(("csrf_token", self.csrf_token() if token == CURRENT else token))
        return self.session.post(self.site + path, data=sent, timeout=20, **options)

    def csrf_token(self) -> str:
        page = self.get("/account") if "wth_session" in self.session.cookies else self.get("/sign-in")
        found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page.text)
        assert found, page.text[:500]
        return found[1]

    def sign_in(self, email: str, password: str = PASSWORD, **options: Any) -> requests.Response:
        return self.post("/sign-in", {"email": email, "password": password}, **options)

    def view(self, side: str) -> None:
        self.post("/view", {"view": side, "from": "/"})


@dataclass
class Page(HTMLParser):
    """A parsed page: its elements with their attributes, and its text."""

    source: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source.replace("<wbr>", ""))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def of(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [found for name, found in self.elements if name == tag and wanted.items() <= found.items()]

    def value(self, name: str) -> str:
        """The value of an input or a textarea."""
        inputs = self.of("input", name=name)
        if inputs:
            return inputs[0].get("value", "")
        found = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\n?(.*?)</textarea>', self.source, re.S)
        assert found, name
        return html.unescape(found[1])


def page(response: requests.Response, status: int = 200) -> Page:
    assert response.status_code == status, (response.status_code, response.text[:2000])
    return Page(response.text)
