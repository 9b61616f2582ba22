"""The columns of a file and their fields, and the errors of finding them."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from inventory.attributes import AttributeColumns


class MappingError(ValueError):
    """The columns are ambiguous or incomplete. The message says why, and what to do."""


class ColumnChoiceError(MappingError):
    """Error for a field that no column, or more than one, matches.

    The message leaves it to the caller to say how to choose a column.
    """

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file.

    `unit` is the unit in the header, for numbers without one: a currency code for prices, otherwise such as "bar",
    "ft" or "days".
    """

    name: str
    index: int
    unit: str | None = None

    @property
    def label(self) -> str:
        """The name within a sentence, or the number of a column without one."""
        return self.name or f"column {self.index + 1}, without a name"

    @property
    def label_at_start(self) -> str:
        """The column at the start of a sentence."""
        return f'The column "{self.name}"' if self.name else f"Column {self.index + 1}, which has no name,"


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The column of each mapped field, and the labels of the ignored columns.

    `fallbacks` are more columns of a field: for photos all count, for others the first one with a value.
    `availability` holds fields of AVAILABILITY_FIELDS with their columns: a field may have several, and the strictest
    decides. `currencies` are the currency columns by price field. `rejected` holds the indexes of the columns that the
    user wants to be ignored. `is_export` is True for an export of the hub.
    """

    fields: Mapping[str, Column]
    ignored: list[str]
    fallbacks: Mapping[str, tuple[Column, ...]]
    availability: tuple[tuple[str, Column], ...]
    currencies: Mapping[str, Column]
    attributes: AttributeColumns
    discount_dates: tuple[int, ...]
    rejected: frozenset[int]
    is_export: bool

    @property
    def currency(self) -> str | None:
        """The currency code in the header of the price column."""
        return self.fields["asking_price_eur"].unit

    @property
    def shared_indexes(self) -> frozenset[int]:
        """The indexes of the columns that are read beside others of their field."""
        photos = [self.fields["photos"], *self.fallbacks["photos"]] if "photos" in self.fields else []
        return frozenset(column.index for column in (*photos, *(column for _, column in self.availability)))

    @property
    def read_indexes(self) -> frozenset[int]:
        """The indexes of the columns that are read."""
        several = (*self.fallbacks.values(), [column for _, column in self.availability])
        columns = chain(self.fields.values(), self.currencies.values(), *several)
        return frozenset(column.index for column in columns).union(self.attributes.indexes, self.discount_dates)

    def find_field(self, index: int) -> str:
        """Return the field that a column alone decides, or ""."""
        if any(column.index == index for column in self.currencies.values()):
            return "currency"
        return next((name for name, column in self.fields.items() if column.index == index), "")

    @property
    def is_model_in_title(self) -> bool:
        """True if there is no column for the model, so that the product's name has to do."""
        title, model = self.fields.get("title"), self.fields.get("model")
        return title is not None and title == model
