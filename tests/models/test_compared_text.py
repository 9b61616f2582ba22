"""Compared text: which texts are equal, and rows that the previous release wrote."""

import unicodedata

from models import backfill
from models.accounts.audit import AuditEntry
from models.customer import Customer
from models.listing import Listing
from models.order import Order
from models.order_item import OrderItem
from spec.characters import fold_text, normalize_text
from tests.cast import Cast
from tests.client import Client

ASSIGNED = [chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000]


def test_equality_ignores_the_case_of_every_character_but_the_dotless_i() -> None:
    unequal = {char for char in ASSIGNED if not fold_text(char) == fold_text(char.upper()) == fold_text(char.lower())}
    assert unequal == {"ı"}  # its upper case is I, as that of i: Unicode folds them to two letters, in every locale


def test_equality_ignores_the_normalization_form_of_every_character() -> None:
    for form in ("NFC", "NFD"):
        spellings = ((char, unicodedata.normalize(form, char)) for char in ASSIGNED)
        assert [char for char, other in spellings if other != char and fold_text(char) != fold_text(other)] == []


def test_order_of_combining_marks_does_not_matter() -> None:
    assert fold_text("\u03b1\u0345\u0301") == fold_text("\u03b1\u0301\u0345") == fold_text("\u1fb4")
    assert normalize_text("q\u0307\u0323") == normalize_text("q\u0323\u0307")


def test_backfill_completes_rows_that_the_previous_release_wrote(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing(brand="Hermès")
    api.order(listing.id, external_id="web-1")
    actor = cast.owner.actor()
    with actor.dealer.locked():
        AuditEntry.record(actor, "anna@shop.example", "listing.sold", listing.id, "Hermès")
    models = (Listing, Customer, Order, OrderItem, AuditEntry)
    filled = [row.columns() for model in models for row in model.select()]
    Listing.update(brand_folded=None, reference_folded=None, sku_normalized=None).execute()
    for model in models:
        model.update(search_text=None).execute()
    assert api.list_all("/listings", brand="HERMÈS") == []
    assert backfill.fill_compared_text() == len(models)
    assert [row.columns() for model in models for row in model.select()] == filled
    assert [row["id"] for row in api.list_all("/listings", brand="HERMÈS")] == [listing.id]
    assert backfill.fill_compared_text() == 0
