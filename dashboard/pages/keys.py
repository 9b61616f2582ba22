"""API keys: made or made anew, shown in full once."""

from starlette.responses import Response

from dashboard.pages.channel import integration_of, keys_of
from dashboard.request import Visit
from errors import Refusal
from models.accounts.integration import ApiKey


def regenerate(visit: Visit) -> Response:
    """The page with the key is the answer itself: the key is kept nowhere, so no other page could show it."""
    is_test = visit.given("mode") != "live"
    onward = "/channels/custom/setup/live" if visit.given("from") == "setup" else "/channels/custom/settings"
    return key_page(visit, generate(visit, is_test=is_test), is_test=is_test, onward=onward)


def generate(visit: Visit, *, is_test: bool) -> str:
    """A new key. The form names the key that it replaces, so that a reload of the answer replaces nothing."""
    integration_of(visit)
    mode = "test" if is_test else "live"
    known = keys_of(visit).get(mode)
    if visit.given("replaces") != (known.prefix if known else ""):
        raise Refusal("key_changed", "This key was made anew already; open the settings to make another.")
    with visit.change("key.regenerated" if known else "key.created", None, f"{mode.capitalize()} API key") as made:
        key = ApiKey.generate(visit.dealer, is_test=is_test)
        made.subject_id = keys_of(visit)[mode].prefix
    return key


def key_page(visit: Visit, key: str, *, is_test: bool, onward: str) -> Response:
    return visit.render(
        "revealed.html",
        title=f"Your {'test' if is_test else 'live'} API key",
        label="API key",
        revealed=key,
        onward=onward,
        what="key",
    )
