"""Warnings are on every page, and dismissing one keeps the page."""

import pytest

from models.delivery.endpoint import Endpoint
from models.delivery.notice import Notice
from tests.cast import Cast
from tests.dashboard.browser import Browser, Page, page


@pytest.fixture
def notice(cast: Cast) -> Notice:
    endpoint, _ = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    return Notice.post(Endpoint.find(cast.owner.dealer, endpoint.id), "endpoint_failing", "It fails.")


def find_origin(shown: Page, notice: Notice) -> str:
    """The page that the notice's form leads back to."""
    form = shown.source.partition(f"/notices/{notice.id}/dismiss")[2].partition("</form>")[0]
    return Page(form).of("input", name="from")[0]["value"]


def test_dismissing_a_notice_keeps_the_page_with_its_filters(owner: Browser, notice: Notice) -> None:
    here = "/orders?q=omega&page=2"
    origin = find_origin(page(owner.get(here)), notice)
    response = owner.post(f"/notices/{notice.id}/dismiss", {"from": origin}, allow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (303, here)
    assert "It fails." not in page(owner.get(here)).text


def test_dismissing_a_notice_on_an_invalid_form_leads_to_the_page_of_the_form(owner: Browser, notice: Notice) -> None:
    headers = {"Referer": f"{owner.site}/orders/new?listing=inv_1"}
    result = page(owner.post("/orders/new", {"phone": "12"}, headers=headers), 422)
    assert find_origin(result, notice) == "/orders/new?listing=inv_1"


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil.example", "", "orders"])
def test_dismissing_redirects_to_no_other_site(owner: Browser, notice: Notice, elsewhere: str) -> None:
    response = owner.post(f"/notices/{notice.id}/dismiss", {"from": elsewhere}, allow_redirects=False)
    assert response.headers["Location"] == "/"
