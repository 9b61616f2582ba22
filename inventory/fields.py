"""The fields that a column of a file may have."""

import re

from inventory.availability_words import AVAILABILITY_FIELDS
from inventory.headers import FIELD_SPELLINGS

# `box_and_papers` is a column that sets both has_box and has_papers.
FIELDS = tuple(dict.fromkeys(FIELD_SPELLINGS.values()))
# Fields of a file: those of a listing, the currencies of its prices, and those that say whether it is for sale.
COLUMN_FIELDS = (*FIELDS, "currency", "cost_currency", *AVAILABILITY_FIELDS)
REQUIRED = ("brand", "model", "asking_price_eur")


def describe_field(field: str) -> str:
    """Name a field in a message.

    For example, `asking_price_eur` is "price" and `case_diameter_mm` is "case diameter".
    """
    return re.sub(r"^asking_|_(eur|mm|m|h)$", "", field).replace("_", " ")
