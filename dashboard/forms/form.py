"""Forms: fields with their labels, what was typed, what it means and what is wrong with it.

Limits stand in the contract document: a field that names a schema and property is held to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dashboard.forms.parsing import PARSERS
from dashboard.forms.validation import validate
from errors import Refusal


@dataclass(frozen=True)
class Field:
    """`kind` is how it is drawn and read: text, email, tel, url, number, whole, money, choice, yes_no, list, lines,
    area, secret. `limits` is schema and property of the document, such as ("Listing", "brand")."""

    name: str
    label: str
    kind: str = "text"
    limits: tuple[str, str] | None = None
    is_required: bool = False
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()
    width: str = "half"
    autocomplete: str = "off"


@dataclass
class Form:
    """`texts` are kept as typed; `values` hold what could be read; `errors` stand beside their fields."""

    fields: Sequence[Field]
    texts: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def filled(cls, fields: Sequence[Field], given: Mapping[str, Sequence[str]]) -> "Form":
        """A form as it was sent."""
        form = cls(fields)
        for one in fields:
            form._read(one, (given.get(one.name) or [""])[0])
        return form

    def _read(self, one: Field, text: str) -> None:
        self.texts[one.name] = text
        try:
            value = PARSERS[one.kind](text)
            if value in (None, "", []) and one.is_required:
                raise ValueError("Fill this in.")
            if one.choices and value is not None and value not in dict(one.choices):
                raise ValueError("Choose one of the list.")
            self.values[one.name] = validate(value, one.limits)
        except ValueError as reason:
            self.errors[one.name] = str(reason)

    @property
    def is_valid(self) -> bool:
        return not self.errors

    @contextmanager
    def collect_refusals(self, **fields_by_param: str) -> Iterator[None]:
        """A verb's refusal becomes an error beside its field, or above the form. Nothing runs in a bad form."""
        try:
            yield
        except Refusal as refusal:
            if refusal.code == "service_unavailable":
                raise
            self.errors[self._field_of(refusal, fields_by_param)] = refusal.message

    def _field_of(self, refusal: Refusal, fields_by_param: Mapping[str, str]) -> str:
        last = (refusal.param or "").rpartition(".")[2]
        name = fields_by_param.get(last, last)
        return name if any(one.name == name for one in self.fields) else ""
