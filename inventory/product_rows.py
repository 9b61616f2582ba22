"""Joins the rows of one product: shops write one per photo and variant.

Every watch is one of a kind. So a product with several variants is one listing, and all its rows decide whether it is
for sale.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from inventory.column_map import ColumnMap
from inventory.csv_reader import Record
from inventory.fields import REQUIRED
from inventory.text_matching import fold, word_set

_HANDLES = ("handle", "url handle", "product handle")  # of Shopify
_PARENTS = word_set("parent")  # of WooCommerce: the SKU of the product, or "id:17"


@dataclass(frozen=True, slots=True)
class ProductRows:
    """The first row of a product, with what only later rows say, and these rows."""

    record: Record
    others: list[Record] = field(default_factory=list)


def join_rows(records: Sequence[Record], header: Sequence[str], columns: ColumnMap) -> list[ProductRows]:
    """Join each row with the earlier one that it continues, in file order."""
    keys = _KeyReader(header, columns)
    products: list[list[Record]] = []
    by_key: dict[str, list[Record]] = {}
    for record in records:
        wanted = [] if record.error else keys.find_product(record.cells)
        rows = next((by_key[key] for key in wanted if key in by_key), None)
        if rows is None and products and not record.error and keys.is_continuation(record.cells):
            rows = products[-1]
        if rows is None or rows[0].error:
            rows = []
            products.append(rows)
        rows.append(record)
        for key in [] if record.error else keys.find_own(record.cells):
            by_key.setdefault(key, rows)
    return [_join(rows, columns) for rows in products]


class _KeyReader:
    """Reads what names the product of a row."""

    def __init__(self, header: Sequence[str], columns: ColumnMap) -> None:
        folded = [fold(name) for name in header]
        self._handles = [index for index, name in enumerate(folded) if name in _HANDLES]
        self._parents = [index for index, name in enumerate(folded) if name in _PARENTS and "type" in folded]
        self._ids = [index for index, name in enumerate(folded) if name == "id" and self._parents]
        sku = columns.fields.get("sku")
        self._sku = [sku.index] if sku else []
        self._required = [columns.fields[name].index for name in REQUIRED if name in columns.fields]
        photos = [columns.fields["photos"], *columns.fallbacks["photos"]] if "photos" in columns.fields else []
        self._photos = [column.index for column in photos]

    def find_own(self, cells: Sequence[str]) -> list[str]:
        """Return the names under which later rows may refer to this one."""
        return _read(cells, self._handles) or [
            *_read(cells, self._sku),
            *(f"id:{name}" for name in _read(cells, self._ids)),
        ]

    def find_product(self, cells: Sequence[str]) -> list[str]:
        """Return the names of the product that a row may continue, if any."""
        named = _read(cells, self._parents) or _read(cells, self._handles)
        return named or ([] if _read(cells, self._required) else _read(cells, self._sku))

    def is_continuation(self, cells: Sequence[str]) -> bool:
        """Return True for a row with photos only."""
        return bool(_read(cells, self._photos)) and not _read(cells, [*self._required, *self._sku, *self._handles])


def _read(cells: Sequence[str], indexes: Sequence[int]) -> list[str]:
    return [cell for index in indexes if index < len(cells) and (cell := cells[index].strip())]


def _join(rows: Sequence[Record], columns: ColumnMap) -> ProductRows:
    first, *others = rows
    if not others:
        return ProductRows(first)
    width = max(len(row.cells) for row in rows)
    photos = columns.fields.get("photos")
    indexes = {photos.index, *(column.index for column in columns.fallbacks["photos"])} if photos else set()
    cells = [
        _join_cells([row.cells[index] for row in rows if index < len(row.cells)], are_photos=index in indexes)
        for index in range(width)
    ]
    return ProductRows(Record(first.line, cells), others)


def _join_cells(cells: Sequence[str], *, are_photos: bool) -> str:
    filled = dict.fromkeys(cell.strip() for cell in cells if cell.strip())
    return " ".join(filled) if are_photos else next(iter(filled), "")
