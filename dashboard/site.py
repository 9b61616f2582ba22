"""Dashboard application.

The route table names the role that each page requires.
"""

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from dashboard.endpoint import Access, PageFunction, PageLimits, show_not_found, wrap_page
from dashboard.pages import (
    account,
    api_requests,
    audit,
    channel,
    clients,
    debugger,
    delivery_log,
    endpoints,
    events,
    imports,
    inventory,
    keys,
    listings,
    orders,
    overview,
    plan,
    retries,
    sign_in,
    users,
    wizard,
)
from dashboard.request import EnqueueJob, WakeWorker
from dashboard.request_body import MAX_ANONYMOUS_BYTES, MAX_FORM_BYTES, MAX_UPLOAD_BYTES
from dashboard.security_headers import SecurityHeadersMiddleware

CUSTOM = "/channels/custom"
PAGES: tuple[tuple[str, str, PageFunction, Access], ...] = (
    ("GET", "/sign-in", sign_in.show, "anyone"),
    ("POST", "/sign-in", sign_in.sign_in, "anyone"),
    ("POST", "/sign-out", sign_in.sign_out, "anyone"),
    ("GET", "/password-forgotten", sign_in.show_forgotten, "anyone"),
    ("POST", "/password-forgotten", sign_in.send_reset_link, "anyone"),
    ("GET", "/reset/{token}", sign_in.show_reset, "anyone"),
    ("POST", "/reset/{token}", sign_in.reset_password, "anyone"),
    ("GET", "/account", account.show, "staff"),
    ("POST", "/account/password", account.change_password, "staff"),
    ("POST", "/account/sign-out-everywhere", account.sign_out_everywhere, "staff"),
    ("POST", "/view", account.switch_view, "staff"),
    ("GET", "/", overview.show, "staff"),
    ("POST", "/notices/{id}/dismiss", overview.dismiss_notice, "staff"),
    ("GET", "/inventory", inventory.index, "staff"),
    ("POST", "/inventory/bulk", inventory.update_many, "staff"),
    ("GET", "/inventory/export.csv", inventory.export, "staff"),
    ("POST", "/inventory/sandbox", inventory.reset_sandbox, "owner"),
    ("GET", "/inventory/import", imports.show_new, "staff"),
    ("POST", "/inventory/import", imports.upload, "staff"),
    ("GET", "/inventory/import/{id}", imports.show, "staff"),
    ("POST", "/inventory/import/{id}", imports.start, "staff"),
    ("GET", "/inventory/new", listings.show_new, "staff"),
    ("POST", "/inventory/new", listings.create, "staff"),
    ("GET", "/inventory/{id}", listings.show, "staff"),
    ("POST", "/inventory/{id}", listings.update, "staff"),
    ("POST", "/inventory/{id}/publish", listings.publish, "staff"),
    ("POST", "/inventory/{id}/unpublish", listings.unpublish, "staff"),
    ("POST", "/inventory/{id}/sell", listings.sell, "staff"),
    ("POST", "/inventory/{id}/restock", listings.restock, "staff"),
    ("GET", "/orders", orders.index, "staff"),
    ("GET", "/orders/new", orders.show_new, "staff"),
    ("POST", "/orders/new", orders.create, "staff"),
    ("GET", "/orders/{id}", orders.show, "staff"),
    ("POST", "/orders/{id}/fulfil", orders.fulfil, "staff"),
    ("POST", "/orders/{id}/cancel", orders.cancel, "staff"),
    ("GET", "/clients", clients.index, "staff"),
    ("GET", "/clients/new", clients.show_new, "staff"),
    ("POST", "/clients/new", clients.create, "staff"),
    ("GET", "/clients/{id}", clients.show, "staff"),
    ("POST", "/clients/{id}", clients.update, "staff"),
    ("GET", CUSTOM, channel.show, "staff"),
    ("GET", f"{CUSTOM}/setup/key", wizard.show_key, "owner"),
    ("POST", f"{CUSTOM}/setup/key", wizard.create_key, "owner"),
    ("GET", f"{CUSTOM}/setup/endpoint", wizard.show_endpoint, "owner"),
    ("POST", f"{CUSTOM}/setup/endpoint", wizard.create_endpoint, "owner"),
    ("GET", f"{CUSTOM}/setup/ping", wizard.show_ping, "owner"),
    ("POST", f"{CUSTOM}/setup/ping", wizard.ping, "owner"),
    ("GET", f"{CUSTOM}/setup/live", wizard.show_live, "owner"),
    ("GET", f"{CUSTOM}/settings", channel.show_settings, "staff"),
    ("POST", f"{CUSTOM}/keys", keys.regenerate, "owner"),
    ("POST", f"{CUSTOM}/mode", channel.switch_mode, "owner"),
    ("POST", f"{CUSTOM}/activation", channel.switch_activation, "owner"),
    ("POST", f"{CUSTOM}/ping", channel.ping, "staff"),
    ("GET", f"{CUSTOM}/endpoints/new", endpoints.show_new, "owner"),
    ("POST", f"{CUSTOM}/endpoints/new", endpoints.create, "owner"),
    ("GET", f"{CUSTOM}/endpoints/{{id}}", endpoints.show, "owner"),
    ("POST", f"{CUSTOM}/endpoints/{{id}}", endpoints.update, "owner"),
    ("POST", f"{CUSTOM}/endpoints/{{id}}/pause", endpoints.pause, "owner"),
    ("POST", f"{CUSTOM}/endpoints/{{id}}/enable", endpoints.enable, "owner"),
    ("POST", f"{CUSTOM}/endpoints/{{id}}/rotate", endpoints.rotate_secret, "owner"),
    ("POST", f"{CUSTOM}/endpoints/{{id}}/revoke", endpoints.revoke_previous_secret, "owner"),
    ("POST", f"{CUSTOM}/endpoints/{{id}}/delete", endpoints.delete, "owner"),
    ("GET", f"{CUSTOM}/log", delivery_log.index, "staff"),
    ("POST", f"{CUSTOM}/log/advance", delivery_log.advance_all, "staff"),
    ("POST", f"{CUSTOM}/log/{{id}}/retry", delivery_log.retry, "staff"),
    ("POST", f"{CUSTOM}/log/{{id}}/advance", delivery_log.advance, "staff"),
    ("GET", f"{CUSTOM}/retries", retries.show_new, "staff"),
    ("POST", f"{CUSTOM}/retries", retries.start, "staff"),
    ("GET", f"{CUSTOM}/retries/{{id}}", retries.show, "staff"),
    ("GET", f"{CUSTOM}/events", events.index, "staff"),
    ("POST", f"{CUSTOM}/events/trigger", events.trigger, "staff"),
    ("GET", f"{CUSTOM}/requests", api_requests.index, "staff"),
    ("POST", f"{CUSTOM}/request-log", api_requests.switch, "owner"),
    ("GET", f"{CUSTOM}/signature", debugger.show, "staff"),
    ("POST", f"{CUSTOM}/signature", debugger.check, "staff"),
    ("GET", "/plan", plan.show, "staff"),
    ("GET", "/users", users.index, "owner"),
    ("POST", "/users", users.invite, "owner"),
    ("POST", "/users/{id}/link", users.send_link, "owner"),
    ("POST", "/users/{id}/remove", users.remove, "owner"),
    ("GET", "/audit", audit.index, "owner"),
)
# Bytes that a form may have. Others may have MAX_ANONYMOUS_BYTES if they are for anyone, else MAX_FORM_BYTES.
BODY_LIMITS = {"/inventory/import": MAX_UPLOAD_BYTES, "/sign-in": 4 * MAX_ANONYMOUS_BYTES}  # with a form that is kept
# Forms that hash a password run on threads of their own.
PASSWORD_FORMS = ("/sign-in", "/reset/{token}", "/account/password")
# Pages that parse an inventory file run on threads of their own too.
HEAVY_PAGES = ("/inventory/import", "/inventory/import/{id}")


def create_site(wake_worker: WakeWorker, enqueue_job: EnqueueJob) -> ASGIApp:
    """Build the dashboard application.

    `wake_worker(dealer_id)` runs after each committed change, `enqueue_job(job_id)` starts a background job.
    """
    routes = [
        Route(path, wrap_page(page, access, _page_limits(path, access), wake_worker, enqueue_job), methods=[method])
        for method, path, page, access in PAGES
    ]
    static = Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    site = Starlette(
        routes=[*routes, static],
        middleware=[Middleware(SecurityHeadersMiddleware)],
        exception_handlers={404: show_not_found, 405: show_not_found},
    )
    site.router.redirect_slashes = False  # Starlette would redirect to the host that the client names
    return site


def _page_limits(path: str, access: Access) -> PageLimits:
    body_bytes = BODY_LIMITS.get(path, MAX_ANONYMOUS_BYTES if access == "anyone" else MAX_FORM_BYTES)
    return PageLimits(body_bytes, hashes_password=path in PASSWORD_FORMS, is_heavy=path in HEAVY_PAGES)
