"""Warnings: shown on every page, and dismissed without leaving it."""

import pytest

from models.delivery.endpoint import Endpoint
from models.delivery.notice import Notice
from tests.cast import Cast
from tests.dashboard.browser import Browser, Page, page


@pytest.fixture
def notice(cast: Cast) -> Notice:
    endpoint, _ = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    return Notice.post(Endpoint.find(cast.owner.dealer, endpoint.id), "endpoint_failing", "It fails.")


def origin_of(shown: Page, notice: Notice) -> str:
    """Where the notice's form says that the person is."""
    form = shown.source.partition(f"/notices/{notice.id}/dismiss")[2].partition("</form>")[0]
    return Page(form).of("input", name="from")[0]["value"]


def test_a_notice_is_dismissed_on_the_page_where_it_stands(owner: Browser, notice: Notice) -> None:
    here = "/orders?q=omega&page=2"
    origin = origin_of(page(owner.get(here)), notice)
    answer = owner.post(f"/notices/{notice.id}/dismiss", {"from": origin}, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, here)
    assert "It fails." not in page(owner.get(here)).text


def test_after_a_form_came_back_the_way_leads_to_the_page_of_the_form(owner: Browser, notice: Notice) -> None:
    headers = {"Referer": f"{owner.site}/orders/new?listing=inv_1"}
    refused = page(owner.post("/orders/new", {"phone": "12"}, headers=headers), 422)
    assert origin_of(refused, notice) == "/orders/new?listing=inv_1"


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil.example", "", "orders"])
def test_dismissing_leads_nowhere_else(owner: Browser, notice: Notice, elsewhere: str) -> None:
    answer = owner.post(f"/notices/{notice.id}/dismiss", {"from": elsewhere}, allow_redirects=False)
    assert answer.headers["Location"] == "/"
