"""Probes at the root of the site: `/health` (liveness) and `/ready` (readiness).

They follow the conventions of Kubernetes. `/api/v1/health` is another one, a part of the API.
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from monitoring.readiness import OK, Readiness

PATHS = frozenset({"/health", "/ready"})
NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def create_probes(readiness: Readiness) -> ASGIApp:
    """Create the application of the two paths."""

    async def show_readiness(request: Request) -> Response:
        excluded = frozenset(request.query_params.getlist("exclude"))
        if not excluded <= readiness.parts:
            known = ", ".join(sorted(readiness.parts))
            return JSONResponse({"status": "failed", "message": f"`exclude` must be one of {known}."}, 400, NO_STORE)
        results = await readiness.find_results()
        return _render({name: sentence for name, sentence in results.items() if name not in excluded})

    return Starlette(routes=[Route("/health", _show_health), Route("/ready", show_readiness)])


async def _show_health(_: Request) -> Response:
    """Respond at once: it depends on nothing but this process."""
    return JSONResponse({"status": OK}, headers=NO_STORE)


def _render(results: dict[str, str]) -> Response:
    is_ready = all(sentence == OK for sentence in results.values())
    document = {"status": OK if is_ready else "failed", "checks": results}
    return JSONResponse(document, 200 if is_ready else 503, NO_STORE)
