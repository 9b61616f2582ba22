"""Where a person comes from and goes back to: never further than our own pages."""

from urllib.parse import urlsplit

from starlette.requests import Request


def safe_path(asked: str) -> str:
    """Where the person wanted to go, if that is a page of ours."""
    is_plain = asked.isprintable() and "\\" not in asked and len(asked) < 2000
    return asked if is_plain and asked.startswith("/") and not asked.startswith("//") else "/"


def page_of(request: Request) -> str:
    """The page that the person has before them; a form's answer stands in for the page of the form."""
    url = urlsplit(str(request.url) if request.method == "GET" else request.headers.get("Referer", ""))
    return f"{url.path}?{url.query}" if url.query else url.path or "/"
