"""Same-site redirect targets (open-redirect protection)."""

from urllib.parse import urlsplit

MAX_LENGTH = 2000


def safe_path(path: str) -> str:
    """Return the path if it stays on this site, else "/"."""
    is_plain = path.isprintable() and "\\" not in path and len(path) < MAX_LENGTH
    return path if is_plain and path.startswith("/") and not path.startswith("//") else "/"


def page_of(referer: str) -> str:
    """Return path and query of the page in a Referer header, "/" without a valid one."""
    try:
        url = urlsplit(referer)
    except ValueError:  # such as http://[
        return "/"
    return f"{url.path}?{url.query}" if url.query else url.path or "/"
