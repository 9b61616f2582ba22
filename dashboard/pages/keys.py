"""API keys: made or made anew, shown in full once."""

from starlette.responses import Response

from dashboard.pages.channel import keys_of, require_integration
from dashboard.request import PageRequest
from errors import Refusal
from models.accounts.api_key import ApiKey


def regenerate(request: PageRequest) -> Response:
    """The page with the key is the answer itself: the key is kept nowhere, so no other page could show it."""
    is_test = request.value("mode") != "live"
    onward = "/channels/custom/setup/live" if request.value("from") == "setup" else "/channels/custom/settings"
    return key_page(request, generate(request, is_test=is_test), is_test=is_test, onward=onward)


def generate(request: PageRequest, *, is_test: bool) -> str:
    """A new key. The form names the key that it replaces, so that a reload of the answer replaces nothing."""
    require_integration(request)
    mode = "test" if is_test else "live"
    known = keys_of(request).get(mode)
    if request.value("replaces") != (known.prefix if known else ""):
        raise Refusal("key_changed", "This key was made anew already; open the settings to make another.")
    with request.audited_change(
        "key.regenerated" if known else "key.created", None, f"{mode.capitalize()} API key"
    ) as made:
        key = ApiKey.generate(request.dealer, is_test=is_test)
        made.subject_id = keys_of(request)[mode].prefix
    return key


def key_page(request: PageRequest, key: str, *, is_test: bool, onward: str) -> Response:
    return request.render(
        "pages/secret_revealed.html",
        title=f"Your {'test' if is_test else 'live'} API key",
        label="API key",
        revealed=key,
        onward=onward,
        what="key",
    )
