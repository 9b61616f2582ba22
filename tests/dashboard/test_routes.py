"""Access to every route: visitors, staff, owners, and another dealer's owner."""

import pytest

from dashboard.site import PAGES
from models.delivery.endpoint import Endpoint
from tests.cast import Cast
from tests.dashboard.browser import Browser
from tests.dashboard.conftest import People
from tests.dashboard.rows import address

NOTHING_TO_SEE = ("/sign-in", "/reset/{token}", "/sign-out")
GETS = [path for method, path, _, who in PAGES if method == "GET" and who != "anyone"]
FOR_ANYONE = [path for method, path, _, who in PAGES if method == "POST" and who == "anyone"]
POSTS = [path for method, path, _, who in PAGES if method == "POST"]
OWNERS_ONLY = [(method, path) for method, path, _, who in PAGES if who == "owner"]
WITH_IDS = [(method, path) for method, path, _, _ in PAGES if "{id}" in path]


@pytest.mark.parametrize("path", GETS)
def test_pages_redirect_visitors_to_the_sign_in_page(visitor: Browser, ids: dict[str, str], path: str) -> None:
    response = visitor.get(address(path, ids), allow_redirects=False)
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/sign-in")


def test_every_post_without_a_valid_csrf_token_is_rejected(people: People, ids: dict[str, str]) -> None:
    foreign = people.stranger.csrf_token()
    for path in POSTS:
        for browser in (people.owner, people.nobody):
            for token in (None, "", "0" * 64, foreign):
                response = browser.post(address(path, ids), {"verb": "publish"}, token=token, allow_redirects=False)
                needs_session = browser is people.nobody and path not in FOR_ANYONE
                assert response.status_code == (303 if needs_session else 403), (path, token)
    assert Endpoint.select().count() == 1
    print(f"{len(POSTS)} forms, {len(POSTS) * 8} forgeries")


def test_a_valid_csrf_token_does_not_replace_a_session(visitor: Browser, ids: dict[str, str]) -> None:
    for method, path, _, who in PAGES:
        if method == "POST" and who != "anyone":
            response = visitor.post(address(path, ids), allow_redirects=False)
            assert (response.status_code, response.headers["Location"][:8]) == (303, "/sign-in"), path


def test_owner_opens_every_page(people: People, ids: dict[str, str]) -> None:
    for path in GETS:
        assert people.owner.get(address(path, ids)).status_code == 200, path


def test_staff_open_all_but_the_owners_pages(people: People, ids: dict[str, str]) -> None:
    for path in GETS:
        expected = 403 if ("GET", path) in OWNERS_ONLY else 200
        assert people.staff.get(address(path, ids)).status_code == expected, path


def test_staff_cannot_change_keys_secrets_mode_or_endpoints(people: People, ids: dict[str, str]) -> None:
    posts = [path for method, path in OWNERS_ONLY if method == "POST"]
    assert len(posts) >= 12
    for path in posts:
        assert people.staff.post(address(path, ids), {"mode": "live"}).status_code == 403, path


def test_ids_of_another_dealer_are_not_found(people: People, ids: dict[str, str]) -> None:
    for method, path in WITH_IDS:
        response = (people.stranger.get if method == "GET" else people.stranger.post)(address(path, ids))
        assert response.status_code == 404, (method, path)
    assert people.stranger.get(f"/channels/custom/log?open={ids['/channels/custom/log']}").status_code == 404
    print(f"{len(PAGES)} routes, {len(WITH_IDS)} with IDs of another dealer")
    assert Endpoint.select().where(Endpoint.id == ids["/channels/custom/endpoints"]).exists()


def test_an_unknown_path_shows_an_error_page_to_signed_in_users(owner: Browser) -> None:
    response = owner.get("/nowhere")
    assert response.status_code == 404
    assert "Uhrenhaus Owner" in response.text


def test_live_ids_are_not_found_in_the_sandbox(owner: Browser, cast: Cast) -> None:
    live = cast.owner.listing(is_test=False)
    assert owner.get(f"/inventory/{live.id}").status_code == 404
    owner.view("live")
    assert owner.get(f"/inventory/{live.id}").status_code == 200
