"""Writes every page, light and dark, on desktop and phone, to screenshots/: `python -m tests.browser.screenshots`."""

import sys
from pathlib import Path

from playwright.sync_api import Page

import tests.conftest  # noqa: F401 - the settings of a throw-away hub, before anything else is imported
from models import schema
from models.database import connection
from tests.browser.chromium import DESKTOP, PHONE, launch_chromium, sign_in
from tests.browser.stage import EMAIL, PASSWORD, Stage, create_stage
from tests.hub import serve_app
from tests.receiver import Receiver

FOLDER = Path(__file__).parents[2] / "screenshots"
SIZES = {"desktop": DESKTOP, "phone": PHONE}


def pages(stage: Stage) -> dict[str, str]:
    """File name to address."""
    custom = "/channels/custom"
    return {
        "overview": "/",
        "inventory": "/inventory",
        "inventory-no-results": "/inventory?q=no+results",
        "listing": f"/inventory/{stage.listing.id}",
        "listing-new": "/inventory/new",
        "import": "/inventory/import",
        "import-preview": f"/inventory/import/{stage.draft.id}",
        "orders": "/orders",
        "order": f"/orders/{stage.order.id}",
        "order-new": "/orders/new",
        "clients": "/clients",
        "client": f"/clients/{stage.order.customer.id}",
        "custom": custom,
        "custom-settings": f"{custom}/settings",
        "custom-endpoint": f"{custom}/endpoints/{stage.endpoint.id}",
        "custom-log": f"{custom}/log",
        "custom-log-opened": f"{custom}/log?open={stage.delivery.id}",
        "custom-events": f"{custom}/events?open={stage.event_id}",
        "custom-requests": f"{custom}/requests",
        "custom-request-opened": f"{custom}/requests?open={stage.request_id}",
        "custom-retries": f"{custom}/retries",
        "custom-signature": f"{custom}/signature",
        "setup-key": f"{custom}/setup/key",
        "setup-endpoint": f"{custom}/endpoints/new",
        "setup-ping": f"{custom}/setup/ping",
        "setup-live": f"{custom}/setup/live",
        "plan": "/plan",
        "users": "/users",
        "audit": "/audit",
        "account": "/account",
        "not-found": "/nowhere",
    }


def main(wanted: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    schema.migrate()
    with connection(), Receiver() as receiver, serve_app() as server, launch_chromium() as browser:
        stage = create_stage(receiver)
        for size, viewport in SIZES.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport=viewport, color_scheme=scheme)
                _capture_pages(context.new_page(), server.site, stage, f"{size}-{scheme}", wanted)
                context.close()


def _capture_states(page: Page, site: str, suffix: str) -> None:
    """States that need a click: the phone's menu, a confirmation, a form with errors, a checked signature."""
    page.goto(f"{site}/channels/custom/settings")
    for summary in page.locator("details.disclosure > summary").all()[:2]:
        summary.click()
    if page.locator("#menu").is_visible():
        page.locator("#menu").check()
    page.screenshot(path=FOLDER / f"question-{suffix}.png", full_page=True)
    page.goto(f"{site}/orders/new")
    page.get_by_label("Phone").fill("12")
    page.get_by_label("Watch").fill("Rolex")
    page.get_by_role("button", name="Record sale").click()
    page.screenshot(path=FOLDER / f"errors-{suffix}.png", full_page=True)
    page.goto(f"{site}/channels/custom/signature")
    for label, text in (("WTH-Signature header", "t=1,v1=ab"), ("Raw body", "{}"), ("Webhook secret", "whsec_x")):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Check signature").click()
    page.screenshot(path=FOLDER / f"verdict-{suffix}.png", full_page=True)


def _capture_pages(page: Page, site: str, stage: Stage, suffix: str, wanted: list[str]) -> None:
    page.goto(f"{site}/sign-in")
    page.screenshot(path=FOLDER / f"sign-in-{suffix}.png")
    sign_in(page, site, EMAIL, PASSWORD)
    for name, path in pages(stage).items():
        if not wanted or name in wanted:
            page.goto(site + path)
            page.screenshot(path=FOLDER / f"{name}-{suffix}.png", full_page=True)
    if not wanted:
        _capture_states(page, site, suffix)


if __name__ == "__main__":
    main(sys.argv[1:])
