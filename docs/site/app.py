"""Serves the documentation, and contracts that are no operation of the API."""

from collections.abc import Mapping
from functools import lru_cache

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

import config
from contract.content_negotiation import accepts_gzip
from contract.etags import matches_etag
from contract.response import PUBLIC_CACHE
from docs.site.changelog import render_atom_feed
from docs.site.content import Content, render_not_found, render_site
from docs.site.contracts import YAML_PATH, render_contracts
from docs.site.well_known import CATALOG_PATH, SECURITY_PATH, render_api_catalog, render_security_txt

PATHS = ("/docs", "/openapi", "/llms.txt", YAML_PATH, CATALOG_PATH, SECURITY_PATH)
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
DOCUMENT_TYPES = ("application/", "text/plain")
IMMUTABLE = "public, max-age=31536000, immutable"


def docs_site() -> ASGIApp:
    """Create the ASGI app.

    It renders the site at the first request and keeps it in memory.
    """
    return Starlette(routes=[Route("/{path:path}", _serve)])


@lru_cache(1024)
def is_documentation(path: str) -> bool:
    """Return True if this app serves a path of the hub."""
    return any(path == prefix or path.startswith(prefix + "/") for prefix in PATHS)


def _serve(request: Request) -> Response:
    path = request.scope["path"]  # never from Request.url, which begins with the client's Host header
    site = _render_everything(config.PUBLIC_URL)
    if path != "/docs" and path.endswith("/") and path.rstrip("/") in site:
        return RedirectResponse(path.rstrip("/"), 308)
    content = render_security_txt(config.PUBLIC_URL) if path == SECURITY_PATH else site.get(path)
    if content is None:
        return _respond(render_not_found(config.PUBLIC_URL), request, 404)
    return _respond(content, request, 200)


@lru_cache(2)
def _render_everything(public_url: str) -> dict[str, Content]:
    site = render_site(public_url) | render_contracts(public_url) | render_atom_feed(public_url)
    return site | {CATALOG_PATH: render_api_catalog(public_url)}


def _respond(content: Content, request: Request, status: int) -> Response:
    """Respond with the content, or with 304 if the client's copy is current."""
    headers = _headers(content)
    if_none_match = ",".join(request.headers.getlist("if-none-match")).encode("latin-1")
    if status == 200 and matches_etag(if_none_match, content.etag.encode()):
        return Response(status_code=304, headers=headers)
    body, accept_encoding = content.body, ",".join(request.headers.getlist("accept-encoding"))
    if content.gzipped is not None and accepts_gzip(accept_encoding.encode("latin-1")):
        body, headers = content.gzipped, {**headers, "Content-Encoding": "gzip"}
    return Response(body, status, headers, content.media_type)


def _cache_control(content: Content) -> str:
    """Choose the Cache-Control header: browsers revalidate pages, not documents."""
    if content.is_immutable:
        return IMMUTABLE
    return PUBLIC_CACHE if content.media_type.startswith(DOCUMENT_TYPES) else "no-cache"


def _headers(content: Content) -> Mapping[str, str]:
    styles = " 'unsafe-inline'" if content.has_inline_styles else ""
    return {
        "Cache-Control": _cache_control(content),
        "Content-Security-Policy": CONTENT_SECURITY_POLICY.format(styles=styles),
        "Cross-Origin-Opener-Policy": "same-origin",
        "ETag": content.etag,
        "Link": f'<{config.PUBLIC_URL}{CATALOG_PATH}>; rel="api-catalog"',
        "Referrer-Policy": "same-origin",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
