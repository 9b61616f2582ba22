"""Inventory files of any size, as a dealer would upload them."""

HEADER = "SKU,Brand,Model,Reference,Year,Condition,Scope of delivery,Movement,Case diameter,VAT,Price\n"
ROW = "A-{0},Omega,Speedmaster {0},310.30.{0},2021,Very good,Full set,Automatic,41 mm,Margin scheme,{1}\n"


def inventory_file(rows: int) -> bytes:
    """Build a CSV file of valid rows with distinct SKUs."""
    return (HEADER + "".join(ROW.format(number, 5000 + number % 1000) for number in range(rows))).encode()
