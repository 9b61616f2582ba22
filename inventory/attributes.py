"""Attributes of products that shops export as pairs of name and value."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inventory.text_matching import fold

# WooCommerce: "Attribute 1 name" and "Attribute 1 value(s)". Shopify: "Option1 Name" and "Option1 Value".
_NAME_COLUMN = re.compile(r"(?P<pair>(?:attribute|option) ?[0-9]{1,3}) name")
# Magento: "brand=Rolex,model=Submariner". PrestaShop: "Brand:Rolex:1,Case:Steel:2".
_LIST_COLUMNS = ("additional attributes", "feature name value position", "features name value position")
_MAGENTO_PAIR_END = re.compile(r",(?=[A-Za-z][A-Za-z0-9_]*=)")
_TRANSLATIONS = (
    (re.compile(r"attribut ([0-9]{1,3}) name"), r"attribute \1 name"),
    (re.compile(r"attribut ([0-9]{1,3}) werte?(?: e)?"), r"attribute \1 value"),
    (re.compile(r"nom de l attribut ([0-9]{1,3})"), r"attribute \1 name"),
    (re.compile(r"valeurs?(?: s)? de l attribut ([0-9]{1,3})"), r"attribute \1 value"),
)
_NO_VALUE = "default title"  # of Shopify's only variant


@dataclass(frozen=True, slots=True)
class AttributeColumns:
    """Indexes of name and value columns, and of columns with lists of pairs."""

    pairs: tuple[tuple[int, int], ...] = ()
    lists: tuple[int, ...] = ()

    @property
    def indexes(self) -> frozenset[int]:
        return frozenset(self.lists).union(*self.pairs)

    def __bool__(self) -> bool:
        return bool(self.pairs or self.lists)

    def read(self, cells: Sequence[str]) -> Iterator[tuple[str, str, int]]:
        """Yield name, value and column index of each attribute that has a value."""
        for name_index, value_index in self.pairs:
            if cells[value_index].strip() and fold(cells[value_index]) != _NO_VALUE:
                yield cells[name_index], cells[value_index], value_index
        for index in self.lists:
            for name, value in _split_list(cells[index]):
                yield name, value, index


def find_attribute_columns(names: Sequence[str]) -> AttributeColumns:
    """Find the columns of attributes in a header."""
    folded = [_to_english(fold(name)) for name in names]
    values = {re.sub(r" values?(?: s)?$", "", name): index for index, name in enumerate(folded) if " value" in name}
    pairs = [
        (index, values[match["pair"]])
        for index, name in enumerate(folded)
        if (match := _NAME_COLUMN.fullmatch(name)) and match["pair"] in values
    ]
    return AttributeColumns(tuple(pairs), tuple(index for index, name in enumerate(folded) if name in _LIST_COLUMNS))


def _to_english(name: str) -> str:
    """Translate "Attribut 1 Wert(e)" and "Nom de l'attribut 1" of WooCommerce."""
    if "attribut" not in name:
        return name
    for pattern, english in _TRANSLATIONS:
        name = pattern.sub(english, name)
    return name


def _split_list(cell: str) -> Iterator[tuple[str, str]]:
    if "=" in cell:
        pairs = [part.partition("=")[::2] for part in _MAGENTO_PAIR_END.split(cell)]
    else:
        pairs = [(name, rest.partition(":")[0]) for name, _, rest in (part.partition(":") for part in cell.split(","))]
    return ((name.strip(), value.strip()) for name, value in pairs if value.strip())
