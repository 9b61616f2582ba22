"""An SKU that is typed into a form is cleaned like an imported one."""

import pytest

from models.listing import Listing
from tests.dashboard.browser import Browser, page
from tests.dashboard.pages.test_inventory import WATCH


@pytest.mark.parametrize("typed", ["A-\u200b1", "'A-1", '="A-1"', " A-1\ufeff", "A\u00ad-1"])
def test_typed_sku_is_cleaned_like_an_imported_one(owner: Browser, typed: str) -> None:
    owner.post("/inventory/new", {**WATCH, "sku": typed})
    assert Listing.get().sku == "A-1"
    again = page(owner.post("/inventory/new", {**WATCH, "sku": "A-1"}), 422)
    assert "Another watch has this SKU." in again.text


def test_sku_that_lost_its_digits_is_rejected(owner: Browser) -> None:
    assert "its last digits are lost" in page(owner.post("/inventory/new", {**WATCH, "sku": "1.23E+11"}), 422).text
