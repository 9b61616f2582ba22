"""API key pages: create or regenerate a key, and show it once."""

from starlette.responses import Response

from dashboard.pages.channel import require_integration
from dashboard.request import PageRequest
from models.accounts.api_key import PREFIX_LENGTH, ApiKey


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
    replaces = request.value("replaces")
    action, mode = "key.regenerated" if replaces else "key.created", "test" if is_test else "live"
    with request.audited_change(action, None, f"{mode.capitalize()} API key") as change:
        key = ApiKey.generate(request.dealer, is_test=is_test, replaces=replaces)
        change.subject_id = key[:PREFIX_LENGTH]
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
