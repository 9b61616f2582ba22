"""Reads the fields of a form as a browser without JavaScript would send them."""

from html.parser import HTMLParser

Fields = list[tuple[str, str]]


class FormReader(HTMLParser):
    """Collects the successful controls of each form of a page (HTML Standard, 4.10.22.4)."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.forms: list[Fields] = []
        self._select: str | None = None
        self._textarea: str | None = None
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append([])
        elif tag == "input" and values.get("name"):
            if values.get("type") not in ("checkbox", "radio", "submit", "file") or "checked" in values:
                self._add(values["name"], values.get("value", ""))
        elif tag == "select":
            self._select = values["name"]
            self._add(self._select, "")
        elif tag == "option" and self._select and "selected" in values:
            self.forms[-1][-1] = (self._select, values["value"])
        elif tag == "textarea":
            self._textarea = values["name"]
            self._add(self._textarea, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea" and self._textarea:
            name, text = self.forms[-1][-1]
            self.forms[-1][-1] = (name, text.removeprefix("\n").replace("\n", "\r\n"))
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            name, text = self.forms[-1][-1]
            self.forms[-1][-1] = (name, text + data)

    def _add(self, name: str, value: str) -> None:
        if self.forms:
            self.forms[-1].append((name, value))


def fill(source: str, having: str, **changes: str) -> Fields:
    """Fill in the form of a page that has a field of this name; without its CSRF token."""
    [form] = [form for form in FormReader(source).forms if having in dict(form)]
    assert set(changes) <= set(dict(form))
    return [(name, changes.get(name, value)) for name, value in form if name != "csrf_token"]
