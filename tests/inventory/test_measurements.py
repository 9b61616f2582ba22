"""Water resistance, power reserve, diameter and year, in the units that people write."""

from decimal import Decimal

import pytest

from inventory.measurements import parse_case_diameter, parse_power_reserve, parse_water_resistance, parse_year


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("300 meters", 300), ("300m", 300), ("300 mètres", 300), ("30 ATM", 300), ("30atm", 300),
        ("30 bar", 300), ("1000 ft", 305), ("1,000 feet", 305), ("300 m / 1000 ft", 300),
        ("1000 ft (300 m)", 300), ("1.220 m", 1220), ("ca. 100 m", 100), ("100", 100), ("0", 0),
        ("20000", 20000), ("2.5 bar", 25), ("100 метра", 100),
    ],
)  # fmt: skip
def test_water_resistance_is_read_in_metres(text: str, value: int) -> None:
    assert parse_water_resistance(text) == value


def test_number_without_a_unit_has_the_unit_of_its_header() -> None:
    assert parse_water_resistance("10", "bar") == 100
    assert parse_water_resistance("10 m", "bar") == 10
    assert parse_power_reserve("8", "days") == 192
    assert parse_case_diameter("4,1", "cm") == 41


@pytest.mark.parametrize("text", ["deep", "", "-30 m", "30 mm", "m", "30 m 20", "30 / 100", "€30", "20001", "9" * 90])
def test_invalid_water_resistance_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="water resistance"):
        parse_water_resistance(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("48 hours", 48), ("48h", 48), ("48 Std.", 48), ("72+ hours", 72), ("~70 h", 70), ("7 days", 168),
        ("270 days", 6480), ("8 Tage", 192), ("7 days (170 h)", 170), ("1,5 days", 36), ("38.5 h", 39),
        ("42", 42),
    ],
)  # fmt: skip
def test_power_reserve_is_read_in_hours(text: str, value: int) -> None:
    assert parse_power_reserve(text) == value


@pytest.mark.parametrize("text", ["long", "48 m", "2 days 5 h", "900 days"])
def test_invalid_power_reserve_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="power reserve"):
        parse_power_reserve(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("40.0", "40"),
        ("40,5 mm", "40.5"),
        ("Ø 36mm", "36"),
        ("39.25", "39.25"),
        ("40.125", "40.125"),
        ("41.500", "41.5"),
        ("4.2 cm", "42"),
    ],
)
def test_diameter_is_read_in_millimetres(text: str, value: str) -> None:
    assert parse_case_diameter(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["big", "40 x 47 mm", "41 / 43 mm", "40.1234567", "4.99", "100.01", "1.5 in", "-40", "40 000"]
)
def test_invalid_diameter_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="diameter"):
        parse_case_diameter(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2019", 2019), ("2019.0", 2019), ("05/2019", 2019), ("31.05.2019", 2019), ("2019-05", 2019),
        ("2019-05-31", 2019), ("ca. 1968", 1968), ("c. 1968", 1968), ("1968 (approximation)", 1968),
        ("1800", 1800), ("2100", 2100),
    ],
)  # fmt: skip
def test_year_is_read(text: str, value: int) -> None:
    assert parse_year(text) == value


@pytest.mark.parametrize(
    "text", ["old", "1960s", "68", "1968-72", "1799", "2101", "20199", "2019 2020", "-2019", "2019" * 40]
)
def test_invalid_year_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="year"):
        parse_year(text)
