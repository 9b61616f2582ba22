"""Parsers for measurements and years: 30 ATM, 7 days, 40,5 mm, ca. 1968.

Each raises ValueError with a message to show.
"""

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from inventory.numbers import parse_number, split_at_number
from inventory.text_matching import fold, spelling_table
from spec.document import limits

_APPROXIMATELY = re.compile(r"(?:(?:ca|circa|c|approx|about|min|up to)\.?|[~≈ø⌀])?", re.I)
_DIAMETER = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,6})0*)?")
_YEAR = re.compile(r"(?:[0-9]{1,2}[./-]){0,2}(?P<year>[0-9]{4})(?:[.,]0{1,10}|-(?:0?[1-9]|1[0-2])(?:-[0-9]{1,2})?)?")
_REMARK = re.compile(r"\s*\([^()]*\)$")

_LENGTHS = spelling_table(
    m="m, meter, meters, metre, metres, mètre, mètres, metri, metro, metros, mtr, mt, м, метър, метра",
    bar="bar, bars, atm, atms, атм, бар",
    ft="ft, feet, foot, fuß, pieds, piedi, pies",
)
_TIMES = spelling_table(
    h="h, hr, hrs, hour, hours, std, stunde, stunden, heure, heures, ora, ore, hora, horas, ч, час, часа",
    days="d, day, days, tag, tage, jour, jours, giorno, giorni, día, días, ден, дни",
)
_DIAMETERS = spelling_table(mm="mm, millimeter, millimeters, millimetre, millimetres, мм", cm="cm, см")

# Factors to the unit that is stored, which comes first.
_METRES = {"m": Decimal(1), "bar": Decimal(10), "ft": Decimal("0.3048")}
_HOURS = {"h": Decimal(1), "days": Decimal(24)}
_MILLIMETRES = {"mm": Decimal(1), "cm": Decimal(10)}

# The spellings of units by field, for column headers.
UNITS: Mapping[str, Mapping[str, str]] = {
    "water_resistance_m": _LENGTHS,
    "power_reserve_h": _TIMES,
    "case_diameter_mm": _DIAMETERS,
}


def parse_water_resistance(text: str, unit: str | None = None) -> int:
    """Parse a water resistance. Returns whole metres.

    1 bar and 1 ATM are 10 m; 1 ft is 0.3048 m. `unit` applies to a number without one. Of several values, such as
    "300 m / 1000 ft", the one in metres counts.
    """
    value = _parse_measurement(text, _LENGTHS, _METRES, unit)
    if value is None:
        raise ValueError('This is not a water resistance. Enter a depth such as "100 m", "10 ATM" or "330 ft".')
    return int(_validate_range(_round(value), "water_resistance_m", "water resistance", "metres"))


def parse_power_reserve(text: str, unit: str | None = None) -> int:
    """Parse a power reserve. Returns whole hours.

    `unit` applies to a number without one.
    """
    value = _parse_measurement(text, _TIMES, _HOURS, unit)
    if value is None:
        raise ValueError('This is not a power reserve. Enter a time such as "48 hours" or "7 days".')
    return int(_validate_range(_round(value), "power_reserve_h", "power reserve", "hours"))


def parse_case_diameter(text: str, unit: str | None = None) -> Decimal:
    """Parse a case diameter. Returns millimetres.

    `unit` applies to a number without one. A single point or comma is the decimal separator, followed by at most six
    decimals.
    """
    value = _parse_measurement(text, _DIAMETERS, _MILLIMETRES, unit, _parse_diameter_number)
    if value is None:
        raise ValueError('This is not a diameter. Enter one number such as "40", "40.5 mm" or "40,25".')
    return _validate_range(value, "case_diameter_mm", "diameter", "millimetres")


def parse_year(text: str) -> int:
    """Parse a year of production.

    It can be part of a date ("05/2019", "2019-05-31") or approximate ("ca. 1968", "1968 (approximation)").
    """
    before, _, _ = split_at_number(text)
    match = _YEAR.fullmatch(_REMARK.sub("", text.strip().removeprefix(before).strip()))
    if match is None or not _APPROXIMATELY.fullmatch(before):
        raise ValueError("This is not a year. Enter four digits, such as 2019.")
    return int(_validate_range(Decimal(match["year"]), "year", "year"))


def _parse_measurement(
    text: str,
    units: Mapping[str, str],
    factors: Mapping[str, Decimal],
    default_unit: str | None,
    parse: Callable[[str], Decimal] = parse_number,
) -> Decimal | None:
    """The value in the stored unit, or None if the text is invalid.

    Of several values, the one written in the stored unit counts, otherwise the first.
    """
    stored_unit = next(iter(factors))
    parts = [part for part in re.split(r"[/()|=]", text) if part.strip()]
    unit = (default_unit or stored_unit) if len(parts) == 1 else ""
    try:
        quantities = [_parse_quantity(part, units, unit, parse) for part in parts]
    except (ValueError, KeyError):
        return None
    quantities.sort(key=lambda quantity: quantity[1] != stored_unit)
    return quantities[0][0] * factors[quantities[0][1]] if quantities else None


def _parse_quantity(
    text: str, units: Mapping[str, str], default_unit: str, parse: Callable[[str], Decimal]
) -> tuple[Decimal, str]:
    before, digits, after = split_at_number(text)
    if not _APPROXIMATELY.fullmatch(before):
        raise ValueError(before)
    return parse(digits), units[fold(after or default_unit)]


def _parse_diameter_number(text: str) -> Decimal:
    match = _DIAMETER.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return Decimal(f"{match[1]}.{match[2]}" if match[2] else match[1])


def _round(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), ROUND_HALF_UP)


def _validate_range(value: Decimal, field: str, noun: str, unit: str = "") -> Decimal:
    allowed = limits("Listing", field)
    if not allowed.minimum <= value <= allowed.maximum:
        bounds = f"{allowed.minimum} to {allowed.maximum} {unit}".strip()
        raise ValueError(f"The {noun} is out of range. Enter a {noun} from {bounds}.")
    return value
