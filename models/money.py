"""Amounts in euro: integer cents inside the hub, a JSON number outside."""

from decimal import Decimal

from errors import Invalid


def to_cents(amount: float | Decimal, *, param: str) -> int:
    """Convert euro to cents: 14500.5 → 1450050.

    Raises `validation_failed` for more than two decimals.
    """
    exact = Decimal(str(amount)) * 100
    if exact != exact.to_integral_value():
        raise Invalid("An amount in euros has at most two decimals.", param=param)
    return int(exact)


def to_euro(cents: int) -> int | float:
    """Convert cents to the shortest JSON number in euro: 1450000 → 14500."""
    euro, remainder = divmod(cents, 100)
    return cents / 100 if remainder else euro
