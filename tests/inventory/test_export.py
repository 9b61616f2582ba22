"""An export imports back to the same values and is harmless in a spreadsheet."""

import csv
import io
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.cell_parser import ListingValues
from inventory.countries import CODES
from inventory.export import write_csv
from inventory.identifiers import clean_identifier
from inventory.sheet import read_sheet
from spec.characters import find_control_character

seeded = settings(derandomize=True, database=None, deadline=None, max_examples=120)

INVISIBLE = "\u00ad\u200b\u2060\ufeff"  # dropped at the start and end of every text
SAMPLE = Path(__file__).parents[2] / "demo" / "sample-inventory.csv"
MARKUP = ("<b>new</b>", "a<br>b", "Fish &amp; chips", "<script>", "#REF!", "\ufeffx", '="A"', "<!-- x -->", "&#65;")
WATCH: ListingValues = {"brand": "Rolex", "model": "Explorer", "asking_price_cents": 700050}


def import_back(*rows: ListingValues) -> list[ListingValues]:
    sheet = read_sheet("".join(write_csv(rows)).encode())
    assert sheet.errors == []
    return [row.values for row in sheet.rows]


def cells(row: ListingValues) -> dict[str, str]:
    (found,) = csv.DictReader(io.StringIO("".join(write_csv([row])), newline=""))
    return found


def texts(limit: int, *, lines: bool = False, is_literal: bool = True) -> st.SearchStrategy[str]:
    """Texts of a listing. Identifiers and lists are not literal: they lose invisible characters."""
    forbidden = "".join(filter(find_control_character, map(chr, range(0x80)))) + ("" if lines else "\t\n\r")
    alphabet = st.characters(
        exclude_categories=["Cs"], exclude_characters=forbidden + ("" if is_literal else INVISIBLE)
    )
    awkward = st.sampled_from(
        ["=1+1", "'", "'=x", "-", "n/a", "+359", '"', 'a,"b";c', "Ünïcode €", "@x", "＝x", *MARKUP]
    )
    return (st.text(alphabet, min_size=1, max_size=limit) | awkward).map(str.strip).filter(bool)


def identifiers(limit: int) -> st.SearchStrategy[str]:
    """Identifiers as the import stores them: composed, visible, and without the apostrophe of a spreadsheet."""
    visible = texts(limit, is_literal=False).filter(lambda text: text not in MARKUP)
    return visible.map(clean_identifier).filter(lambda text: text and not text[0].isdigit())


NAMES = texts(30, is_literal=False).filter(lambda name: ";" not in name and name not in MARKUP)
YES_NO = st.booleans()
LISTINGS = st.fixed_dictionaries(
    {"brand": texts(100), "model": texts(100), "asking_price_cents": st.integers(1, 100_000_000_00)},
    optional={
        "sku": identifiers(100),
        "reference": identifiers(100),
        "title": texts(300),
        "description": texts(400, lines=True),
        "condition": st.sampled_from(["new", "unworn", "very_good", "good", "fair", "poor"]),
        "year": st.integers(1800, 2100),
        "case_material": texts(100),
        "case_diameter_mm": st.decimals(5, 100, places=2),
        "bracelet_material": texts(100),
        "dial_color": texts(100),
        "movement": st.sampled_from(["automatic", "manual", "quartz"]),
        "caliber": identifiers(100),
        "power_reserve_h": st.integers(0, 20000),
        "water_resistance_m": st.integers(0, 20000),
        "complications": st.lists(NAMES, min_size=1, max_size=5),
        "has_box": YES_NO,
        "has_papers": YES_NO,
        "vat_regime": st.sampled_from(["margin", "standard", "export"]),
        "location_country": st.sampled_from(sorted(CODES)),
        "photos": st.lists(st.sampled_from(["https://example.com/a.jpg", "https://example.com/b,c;d"]), min_size=1),
        "cost_price_cents": st.integers(1, 100_000_000_00),
        "serial_number": identifiers(255),
        "supplier": texts(255),
    },
)


@seeded
@given(LISTINGS)
def test_export_imports_back_to_the_same_values(listing: ListingValues) -> None:
    assert import_back(listing) == [listing]


def test_markup_of_an_export_is_text_and_that_of_a_shop_is_not() -> None:
    description = "<b>New</b><br>Box &amp; papers"
    assert import_back({**WATCH, "description": description})[0]["description"] == description
    shop = f"brand,model,price,description\nRolex,Explorer,7000,{description}\n"
    assert read_sheet(shop.encode()).rows[0].values["description"] == "New\nBox & papers"


def test_export_of_an_import_imports_back_to_the_same_values() -> None:
    imported = [row.values for row in read_sheet(SAMPLE.read_bytes()).good]
    assert import_back(*imported) == imported


def test_columns_are_named_after_the_fields() -> None:
    (header,) = write_csv([])
    assert header == (
        "sku,brand,model,reference,title,description,condition,year,case_material,case_diameter_mm,bracelet_material,"
        "dial_color,movement,caliber,power_reserve_h,water_resistance_m,complications,has_box,has_papers,"
        "asking_price_eur,vat_regime,location_country,photos,cost_price_eur,serial_number,supplier,"
        "status,published\r\n"
    )


def test_values_are_written_plainly() -> None:
    row = cells({**WATCH, "has_box": False, "case_diameter_mm": Decimal("1E+1"), "complications": ["Date", "GMT"]})
    assert (row["asking_price_eur"], row["has_box"], row["case_diameter_mm"]) == ("7000.50", "no", "10")
    assert (row["complications"], row["has_papers"], row["sku"]) == ("Date; GMT", "", "")


def test_no_cell_is_a_formula() -> None:
    row = cells({**WATCH, "model": '=HYPERLINK("https://example.com")', "supplier": "+1", "complications": ["@x"]})
    assert (row["model"][:2], row["supplier"], row["complications"]) == ("'=", "'+1", "'@x")


def test_complication_with_a_separator_stays_one() -> None:
    for name in ("Day/Date", "Date, quick-set", "none", "a|b"):
        assert import_back({**WATCH, "complications": [name]})[0]["complications"] == [name]


def test_none_and_missing_are_empty_and_other_keys_are_ignored() -> None:
    row = cells({**WATCH, "year": None, "complications": [], "id": "inv_1"})  # type: ignore[typeddict-item, typeddict-unknown-key]  # a row of the database has both
    assert (row["year"], row["complications"], row.get("id")) == ("", "", None)
