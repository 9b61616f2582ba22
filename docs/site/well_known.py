"""Well-known URIs (RFC 8615): the API catalog and how to report a vulnerability."""

from datetime import UTC, datetime, timedelta

import orjson

from docs.site.content import Content
from docs.site.contracts import YAML, YAML_PATH
from models.clock import now
from spec.document import BASE_PATH

CATALOG_PATH = "/.well-known/api-catalog"
CATALOG_TYPE = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
SECURITY_PATH = "/.well-known/security.txt"
CONTACT = "security@watchtraderhub.example"
VALIDITY = timedelta(days=180)  # RFC 9116 section 2.5.5 recommends less than a year


def render_api_catalog(public_url: str) -> Content:
    """Render the API catalog (RFC 9727): addresses of contract, docs and status."""
    descriptions = [(f"{BASE_PATH}/openapi.json", "application/json"), (YAML_PATH, YAML)]
    api = {
        "anchor": public_url + BASE_PATH,
        "service-desc": [{"href": public_url + path, "type": media_type} for path, media_type in descriptions],
        "service-doc": [{"href": f"{public_url}/docs", "type": "text/html"}],
        "status": [{"href": f"{public_url}{BASE_PATH}/health", "type": "application/json"}],
    }
    return Content(orjson.dumps({"linkset": [api]}), CATALOG_TYPE)


def render_security_txt(public_url: str) -> Content:
    """Render security.txt (RFC 9116).

    It expires 180 days after today, so that a copy from a hub that is shut down loses its validity.
    """
    today = datetime.fromtimestamp(now() / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{CONTACT}",
        f"Expires: {today + VALIDITY:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {public_url}{SECURITY_PATH}",
        f"Policy: {public_url}/docs/security",
    ]
    return Content("".join(f"{line}\n" for line in lines).encode(), "text/plain; charset=utf-8")
