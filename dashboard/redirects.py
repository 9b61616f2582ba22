"""Same-site redirect targets (open-redirect protection)."""

from urllib.parse import urlsplit

from starlette.requests import Request

MAX_LENGTH = 2000


def safe_path(path: str) -> str:
    """Return the path if it stays on this site, else "/"."""
    is_plain = path.isprintable() and "\\" not in path and len(path) < MAX_LENGTH
    return path if is_plain and path.startswith("/") and not path.startswith("//") else "/"


def current_page(request: Request) -> str:
    """Build the path and query of the page that the user sees.

    After a form was posted, this is the page of the form.
    """
    url = urlsplit(str(request.url) if request.method == "GET" else request.headers.get("Referer", ""))
    return f"{url.path}?{url.query}" if url.query else url.path or "/"
