"""Stored bytes of the dashboard: forms and files count per day, and previews of imports are few."""

from collections.abc import Iterator

import pytest

import config
from models.clock import DAY_MS, now
from models.dealer import MIB, Dealer
from models.jobs.job import BackgroundJob
from models.listing import Listing
from tests.cast import Cast
from tests.dashboard.browser import Browser, page
from tests.dashboard.imports import import_file
from tests.dashboard.pages.test_inventory import WATCH

FILE = b"brand,model,price\nNomos,Tangente,1650\n"


@pytest.fixture
def used_up(cast: Cast) -> Iterator[None]:
    """The owner's dealer has stored all but the last bytes of today."""
    default, config.DAILY_WRITES_MIB = config.DAILY_WRITES_MIB, 1
    dealer_id = cast.owner.dealer.id
    Dealer.update(written_day=now() // DAY_MS, written_bytes=MIB - 10).where(Dealer.id == dealer_id).execute()
    yield
    config.DAILY_WRITES_MIB = default


def test_a_form_beyond_the_daily_limit_is_rejected_and_keeps_its_input(owner: Browser, used_up: None) -> None:
    rejected = page(owner.post("/inventory/new", WATCH), 422)
    assert "continue after midnight UTC" in rejected.text
    assert rejected.value("model") == WATCH["model"]
    assert Listing.select().count() == 0


def test_a_file_beyond_the_daily_limit_is_rejected(owner: Browser, used_up: None) -> None:
    files = {"file": ("stock.csv", FILE, "text/csv")}
    fields = {"csrf_token": owner.csrf_token()}
    response = owner.session.post(owner.site + "/inventory/import", data=fields, files=files, timeout=20)
    assert "continue after midnight UTC" in page(response, 409).text
    assert BackgroundJob.select().count() == 0


def test_pages_still_work_beyond_the_daily_limit(owner: Browser, used_up: None) -> None:
    assert owner.get("/inventory").status_code == 200


def test_the_newest_five_previews_are_kept(owner: Browser) -> None:
    paths = [import_file(owner, FILE) for _ in range(7)]
    assert [owner.get(path).status_code for path in paths] == [404] * 2 + [200] * 5
