"""API key pages: create or regenerate a key, and show it once."""

from starlette.responses import Response

from dashboard.pages.channel import list_keys, require_integration
from dashboard.request import PageRequest
from errors import Refusal
from models.accounts.api_key import ApiKey


def regenerate(request: PageRequest) -> Response:
    """Respond with the key itself, without a redirect.

    The key is not stored, so no other page can show it.
    """
    is_test = request.value("mode") != "live"
    next_url = "/channels/custom/setup/live" if request.value("from") == "setup" else "/channels/custom/settings"
    return render_key(request, generate_key(request, is_test=is_test), is_test=is_test, next_url=next_url)


def generate_key(request: PageRequest, *, is_test: bool) -> str:
    """Create a key.

    Raises `key_changed` if the form, sent a second time, would replace the new key.
    """
    require_integration(request)
    mode = "test" if is_test else "live"
    current = list_keys(request).get(mode)
    if request.value("replaces") != (current.prefix if current else ""):
        raise Refusal("key_changed", "This key has been regenerated already. Open the settings to regenerate it again.")
    action = "key.regenerated" if current else "key.created"
    with request.audited_change(action, None, f"{mode.capitalize()} API key") as change:
        key = ApiKey.generate(request.dealer, is_test=is_test)
        change.subject_id = list_keys(request)[mode].prefix
    return key


def render_key(request: PageRequest, key: str, *, is_test: bool, next_url: str) -> Response:
    return request.render(
        "pages/secret_revealed.html",
        title=f"Your {'test' if is_test else 'live'} API key",
        label="API key",
        revealed=key,
        next_url=next_url,
        kind="key",
    )
