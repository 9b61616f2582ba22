"""Serves the documentation: /docs and below, /llms.txt, /openapi/v1.postman.json."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

import config
from docs.site.content import Content, not_found, render_site

PATHS = ("/docs", "/openapi", "/llms.txt")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
UNCHANGING = "public, max-age=31536000, immutable"


def docs_site() -> ASGIApp:
    """Pages are made at the first request and kept."""
    return Starlette(routes=[Route("/{path:path}", _answer)])


def is_documentation(path: str) -> bool:
    """Whether a path of the hub belongs to this site."""
    return any(path == prefix or path.startswith(prefix + "/") for prefix in PATHS)


def _answer(request: Request) -> Response:
    path = request.url.path
    known = render_site(config.PUBLIC_URL)
    if path != "/docs" and path.endswith("/") and path.rstrip("/") in known:
        return RedirectResponse(path.rstrip("/"), 308)
    content = known.get(path)
    if content is None:
        return _response(not_found(config.PUBLIC_URL), request, 404)
    return _response(content, request, 200)


def _response(content: Content, request: Request, status: int) -> Response:
    headers = _headers(content)
    if status == 200 and content.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = content.body
    if content.gzipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers = content.gzipped, {**headers, "Content-Encoding": "gzip"}
    return Response(body, status, headers, content.media_type)


def _headers(content: Content) -> Mapping[str, str]:
    styles = " 'unsafe-inline'" if content.has_inline_styles else ""
    return {
        "Cache-Control": UNCHANGING if content.never_changes else "no-cache",
        "Content-Security-Policy": POLICY.format(styles=styles),
        "Cross-Origin-Opener-Policy": "same-origin",
        "ETag": content.etag,
        "Referrer-Policy": "same-origin",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
