"""Inventory pages: forms, actions on one or many watches, import and export."""

import pytest

from inventory.cell_parser import PRIVATE_LIMITS
from models import listing_export
from models.delivery.event import Event
from models.listing import Listing
from tests.cast import Cast
from tests.dashboard.browser import Browser, page
from tests.dashboard.imports import finish_import, import_file

WATCH = {
    "brand": "Omega",
    "model": "Seamaster",
    "reference": "210.30",
    "asking_price_cents": "4.890,50",
    "vat_regime": "margin",
}


def test_a_watch_is_created_and_published_in_one_step(owner: Browser, cast: Cast) -> None:
    response = owner.post(
        "/inventory/new", {**WATCH, "then": "publish", "complications": "Date, GMT", "has_box": "yes"}
    )
    assert "Watch added to your inventory." in page(response).text
    listing = Listing.get()
    assert (listing.asking_price_cents, listing.complications, listing.has_box) == (489_050, ["Date", "GMT"], True)
    assert (listing.is_test, listing.is_published, listing.title) == (True, True, "Omega Seamaster 210.30")
    assert [event.type for event in Event.select()] == ["listing.published"]


def test_an_invalid_form_keeps_its_input_and_shows_errors_beside_the_fields(owner: Browser) -> None:
    typed = {
        **WATCH,
        "brand": "",
        "year": "long ago",
        "asking_price_cents": "cheap",
        "title": "x" * 301,
        "photos": "ftp://a",
    }
    result = page(owner.post("/inventory/new", typed), 422)
    assert result.value("model") == "Seamaster"
    assert result.value("year") == "long ago"
    wrong = {found["name"] for _, found in result.elements if found.get("aria-invalid") == "true"}
    assert wrong == {"brand", "year", "asking_price_cents", "title", "photos"}
    for sentence in (
        "This field is required.",
        "Enter a whole number.",
        "This has 301 characters. Shorten it to 300 characters.",
        "https://",
    ):
        assert sentence in result.text
    described = {found["aria-describedby"].split()[-1] for _, found in result.elements if found.get("aria-invalid")}
    assert described <= {found.get("id") for _, found in result.elements}
    assert Listing.select().count() == 0


@pytest.mark.parametrize("field", PRIVATE_LIMITS)
def test_private_field_has_the_limit_of_the_import(owner: Browser, cast: Cast, field: str) -> None:
    max_length = PRIVATE_LIMITS[field].max_length
    too_long = page(owner.post("/inventory/new", {**WATCH, field: "é" * (max_length + 1)}), 422)
    assert f"This has {max_length + 1} characters. Shorten it to {max_length} characters." in too_long.text
    assert "Enter this on one line." in page(owner.post("/inventory/new", {**WATCH, field: "a\nb"}), 422).text
    owner.post("/inventory/new", {**WATCH, field: "é" * max_length})
    assert getattr(Listing.get(), field) == "é" * max_length


@pytest.mark.parametrize("url", ["https://photos.example/ü.jpg", "https://photos.example/%zz", "https://", "ftp://a"])
def test_photo_that_the_api_and_the_import_reject_is_rejected(owner: Browser, url: str) -> None:
    errors = page(owner.post("/inventory/new", {**WATCH, "photos": f"https://photos.example/1.jpg\n{url}"}), 422)
    assert f"&#34;{url}&#34; is not a photo URL" in errors.source
    assert Listing.select().count() == 0


@pytest.mark.parametrize(("count", "status"), [(50, 200), (51, 422)])
def test_a_watch_has_at_most_fifty_photos(owner: Browser, cast: Cast, count: int, status: int) -> None:
    urls = "\n".join(f"https://photos.example/{number}.jpg" for number in range(count))
    assert owner.post("/inventory/new", {**WATCH, "photos": urls}).status_code == status
    assert [len(listing.photos) for listing in Listing.select()] == ([count] if status == 200 else [])


def test_saving_without_a_change_records_no_event(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing(complications=["Date"], case_diameter_mm=39.5, description="Two\nlines")
    before = Event.select().count()
    shown = page(owner.get(f"/inventory/{listing.id}"))
    names = [field["name"] for _, field in shown.elements if field.get("name", "csrf_token") != "csrf_token"]
    texts = {
        name: shown.value(name)
        for name in set(names)
        & {
            "brand",
            "model",
            "reference",
            "title",
            "description",
            "complications",
            "case_diameter_mm",
            "asking_price_cents",
            "location_country",
        }
    }
    owner.post(f"/inventory/{listing.id}", {**texts, "vat_regime": "margin"})
    assert Event.select().count() == before
    owner.post(f"/inventory/{listing.id}", {**texts, "vat_regime": "margin", "asking_price_cents": "6000"})
    assert Event.select().order_by(Event.sequence.desc()).get().type == "listing.updated"


def test_a_watch_goes_through_its_life(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing(published=False)
    for verb in ("publish", "sell", "restock", "unpublish"):
        assert owner.post(f"/inventory/{listing.id}/{verb}").status_code == 200
    types = [event.type for event in Event.select().order_by(Event.sequence)]
    assert types == ["listing.published", "listing.sold", "listing.in_stock", "listing.unpublished"]


def test_a_watch_cannot_be_sold_twice(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing()
    owner.post(f"/inventory/{listing.id}/sell")
    assert "already sold" in page(owner.post(f"/inventory/{listing.id}/sell"), 409).text


def test_selected_watches_are_published_all_or_none(owner: Browser, cast: Cast) -> None:
    listings = [cast.owner.listing(published=False, model=f"M{number}") for number in range(3)]
    foreign = cast.stranger.listing(published=False)
    ids = [("id", listing.id) for listing in listings]
    assert owner.post("/inventory/bulk", [*ids, ("id", foreign.id), ("verb", "publish")]).status_code == 404
    assert Listing.select().where(Listing.is_published).count() == 0
    response = owner.post("/inventory/bulk", [*ids, ("verb", "publish"), ("query", "status=in_stock")])
    assert "3 watches published." in page(response).text
    assert response.url.endswith("?status=in_stock")


def test_search_filters_and_page_are_in_the_url(owner: Browser, cast: Cast) -> None:
    cast.owner.listings(60, published=False)
    cast.owner.listing(brand="Zenith", model="El Primero")
    first = page(owner.get("/inventory"))
    assert "1–50 of 61 watches" in first.text
    assert "51–61 of 61 watches" in page(owner.get("/inventory?page=2")).text
    found = page(owner.get("/inventory?q=zenith+primero&published=yes"))
    assert "1–1 of 1 watch" in found.text
    assert found.value("q") == "zenith primero"
    assert "No watch matches" in page(owner.get("/inventory?q=100%25_")).text


def test_live_inventory_respects_the_plan(owner: Browser, cast: Cast) -> None:
    owner.view("live")
    for number in range(250):
        cast.owner.listing(is_test=False, published=False, model=f"M{number}")
    result = page(owner.post("/inventory/new", WATCH), 422)
    assert "250 watches in stock" in result.text
    assert result.value("model") == "Seamaster"


def test_the_export_is_what_the_import_reads(owner: Browser, cast: Cast) -> None:
    cast.owner.listing(sku="A1", title="=HYPERLINK(1)", published=False)
    exported = owner.get("/inventory/export.csv")
    assert "attachment" in exported.headers["Content-Disposition"]
    assert exported.content.startswith(b"\xef\xbb\xbfsku,")
    Listing.delete().execute()
    path = import_file(owner, exported.content)
    owner.post(path, {"then": "import"})
    finish_import(owner, path)
    assert (Listing.get().sku, Listing.get().title) == ("A1", "=HYPERLINK(1)")


def test_resetting_the_sandbox_keeps_live_data(owner: Browser, cast: Cast) -> None:
    live = cast.owner.listing(is_test=False)
    cast.owner.listing(model="Tried out")
    owner.post("/inventory/sandbox")
    assert Listing.get_by_id(live.id)
    assert "Tried out" not in [row.model for row in Listing.select()]
    assert Listing.select().where(Listing.is_test, Listing.is_published).count() >= 10


def test_an_export_of_several_batches_is_complete(owner: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_export, "BATCH", 2)
    cast.owner.listings(5)
    cast.owner.listing(model="Other", published=False)
    lines = owner.get("/inventory/export.csv?published=yes").text.splitlines()
    assert [f"Model {number}" in line for number, line in enumerate(lines[1:])] == [True] * 5
