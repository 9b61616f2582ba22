"""Columns are mapped to fields by spelling and by override; ambiguous ones are errors."""

import re
from pathlib import Path

import pytest

from inventory.column_map import MappingError
from inventory.column_overrides import parse_override
from inventory.columns import map_columns
from inventory.fields import FIELDS

PRICE_TABLE = Path(__file__).with_name("price-table.csv")
NEEDED = ["Brand", "Model", "Price"]


def fields(*header: str, overrides: dict[str, str]) -> dict[str, str]:
    columns = map_columns([*NEEDED, *header], overrides).fields
    return {column.name: field for field, column in columns.items() if column.name in header}


def test_headers_of_a_public_price_table_are_recognized() -> None:
    header = PRICE_TABLE.read_text().splitlines()[0]
    columns = map_columns(header.split(","), {})
    assert {field: column.name for field, column in columns.fields.items()} == {
        "brand": "Brand",
        "model": "Model",
        "case_material": "Case Material",
        "bracelet_material": "Strap Material",
        "movement": "Movement Type",
        "water_resistance_m": "Water Resistance",
        "case_diameter_mm": "Case Diameter (mm)",
        "dial_color": "Dial Color",
        "complications": "Complications",
        "power_reserve_h": "Power Reserve",
        "asking_price_eur": "Price (USD)",
    }
    assert columns.ignored == ["Case Thickness (mm)", "Band Width (mm)", "Crystal Material"]
    assert columns.currency == "USD"


@pytest.mark.parametrize(
    "header",
    [
        "Marke;Modell;Ref.-Nr.;Baujahr;Zustand;Lieferumfang;Aufzug;Durchmesser;Wasserdicht;Preis in EUR",
        "Marque;Modèle;Référence;Année;État;Boîte et papiers;Mouvement;Diamètre;Étanchéité;Prix",
        "Marca;Modello;Referenza;Anno;Condizioni;Corredo;Carica;Diametro;Impermeabilità;Prezzo",
        "Marca;Modelo;Referencia;Año;Estado;Caja y papeles;Movimiento;Diámetro;Resistencia al agua;Precio €",
        "Марка;Модел;Референция;Година;Състояние;Комплект;Механизъм;Диаметър;Водоустойчивост;Цена",
        "BRAND;ModelName;ref. no.;production_year;condition;Box & Papers;winding;size (mm);Waterproof;price",
    ],
)
def test_headers_are_recognized_in_the_languages_of_european_dealers(header: str) -> None:
    assert list(map_columns(header.split(";"), {}).fields) == [
        "brand", "model", "reference", "year", "condition", "box_and_papers", "movement", "case_diameter_mm",
        "water_resistance_m", "asking_price_eur",
    ]  # fmt: skip


def test_every_field_is_recognized_by_its_own_name() -> None:
    assert list(map_columns(FIELDS, {}).fields) == list(FIELDS)


@pytest.mark.parametrize(
    ("name", "currency"),
    [
        ("Price", None), ("Price (USD)", "USD"), ("price_chf", "CHF"), ("Preis in EUR", "EUR"),
        ("Price €", "EUR"), ("£ Price", "GBP"), ("USD price", "USD"), ("asking_price_eur", "EUR"),
        ("Prix [CHF]", "CHF"), ("Price HK$", "HKD"), ("Цена, лв.", "BGN"), ("Price$", "USD"),
    ],
)  # fmt: skip
def test_currency_of_the_price_is_in_its_header(name: str, currency: str | None) -> None:
    assert map_columns(["Brand", "Model", name], {}).currency == currency


def test_unit_of_a_measure_is_in_its_header() -> None:
    header = ["Brand", "Model", "Price", "Water resistance (ATM)", "Power reserve [days]", "Diameter"]
    columns = map_columns(header, {}).fields
    assert columns["water_resistance_m"].unit == "bar"
    assert columns["power_reserve_h"].unit == "days"
    assert columns["case_diameter_mm"].unit is None


@pytest.mark.parametrize("name", ["Top price", "All prices", "Price (net)", "Old price", "Band width", "Name", ""])
def test_ambiguous_headers_are_ignored(name: str) -> None:
    columns = map_columns([*NEEDED, name], {})
    assert columns.fields["asking_price_eur"].name == "Price"
    assert columns.ignored == [name] * bool(name)


def test_override_matches_a_column_exactly_or_by_its_folded_spelling() -> None:
    assert fields("Lager", overrides={"Lager": "sku"}) == {"Lager": "sku"}
    assert fields("Lager-Nr (intern)", overrides={"lager nr intern": "sku"}) == {"Lager-Nr (intern)": "sku"}
    assert fields("Ort", "ort", overrides={"ort": "location_country"}) == {"ort": "location_country"}


def test_override_takes_the_field_from_the_column_that_has_its_spelling() -> None:
    columns = map_columns(["Brand", "Model", "Price", "Web price (CHF)"], {"Web price (CHF)": "asking_price_eur"})
    assert columns.fields["asking_price_eur"].name == "Web price (CHF)"
    assert columns.currency == "CHF"
    assert columns.ignored == ["Price"]


def test_override_takes_a_column_away_from_its_field() -> None:
    assert fields("Notes", "Title", overrides={"Title": "description"}) == {"Title": "description"}


def test_override_with_an_empty_field_ignores_the_column() -> None:
    assert fields("Title", overrides={"Title": ""}) == {}


def test_field_of_an_override_may_be_a_common_spelling() -> None:
    assert fields("X", overrides={"X": "Stock No."}) == {"X": "sku"}


@pytest.mark.parametrize(
    ("header", "overrides", "sentence"),
    [
        (NEEDED, {"Colour": "dial_color"}, 'no column "Colour". The columns are "Brand", "Model", "Price"'),
        (NEEDED, {"Brand": "colour"}, 'no field "colour". The fields are sku, brand'),
        ([*NEEDED, "Prix"], {}, '"Price" and "Prix" both match price'),
        ([*NEEDED, "A", "B"], {"A": "title", "B": "title"}, '"A" and "B" both match title'),
        ([*NEEDED, "Price"], {}, '"Price" and "Price (2)" both match price'),
        ([*NEEDED, "A.1", "A-1"], {"a 1": "title"}, '"a 1" matches several columns'),
        (["Brand", "Model", "Price (¥)"], {}, 'The currency of the column "Price (¥)" is ambiguous'),
        ([*NEEDED, "Pris, kr"], {"Pris, kr": "asking_price_eur"}, "is ambiguous"),
        (["Brand", "Year"], {}, "No column is recognized as model or price"),
        (["Price"], {}, "No column is recognized as brand or model"),
        ([], {}, "No column is recognized as brand"),
    ],
)
def test_invalid_mapping_is_rejected_with_a_message(
    header: list[str], overrides: dict[str, str], sentence: str
) -> None:
    with pytest.raises(MappingError, match=re.escape(sentence)):
        map_columns(header, overrides)


def test_override_chooses_between_two_columns_of_a_field() -> None:
    columns = map_columns([*NEEDED, "Prix"], {"Prix": "asking_price_eur"})
    assert (columns.fields["asking_price_eur"].name, columns.ignored) == ("Prix", ["Price"])


def test_override_option_is_split_at_its_last_equals_sign() -> None:
    assert parse_override("A=B=title") == ("A=B", "title")
    assert parse_override("Notes=") == ("Notes", "")
    for option in ("title", "=title"):
        with pytest.raises(MappingError, match="Write both"):
            parse_override(option)


@pytest.mark.parametrize(
    ("name", "field"), [("Stock #", "sku"), ("Item#", "sku"), ("Ref #", "reference"), ("Serial #", "serial_number")]
)
def test_number_sign_is_a_number(name: str, field: str) -> None:
    assert map_columns([*NEEDED, name], {}).fields[field].name == name


def test_russian_headers_are_read() -> None:
    header = "Артикул;Бренд;Модель;Референс;Год выпуска;Состояние;Цена, €;Механизм;Материал корпуса;Диаметр;Коробка"
    assert set(map_columns(header.split(";"), {}).fields) == {
        "sku", "brand", "model", "reference", "year", "condition", "asking_price_eur", "movement", "case_material",
        "case_diameter_mm", "has_box",
    }  # fmt: skip
