"""Forms of the dashboard.

A form has fields, the submitted text, the parsed values, and the errors to show beside the fields.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dashboard.forms.edit import CHANGED_WHILE_SAVING, format_shown, merge
from dashboard.forms.parsing import PARSERS
from dashboard.forms.validation import SchemaField, validate, validate_line, validate_money
from errors import Refusal

CONFLICT = "Somebody changed this field after you opened the page."


@dataclass(frozen=True)
class Field:
    """A form field.

    `kind` selects the input element and the parser: text, email, tel, url, country, number, integer, money, choice,
    boolean, list, lines, sku, textarea, raw or password. `schema_field` is a schema and a property of the OpenAPI
    document, such as ("Listing", "brand"); the value must keep that property's limits. `max_length` limits a line of
    text that no schema describes.
    """

    name: str
    label: str
    kind: str = "text"
    schema_field: SchemaField | None = None
    max_length: int | None = None
    is_required: bool = False
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()
    width: str = "half"
    autocomplete: str = "off"


@dataclass
class Form:
    """A form, all its mappings keyed by field name.

    `texts` is the input as typed, `values` the input that parsed, `errors` the messages. The error of the form as a
    whole has the key "". A form that edits a row has the row's texts in `current`, and in `conflicts` those that both
    the user and somebody else have changed.
    """

    fields: Sequence[Field]
    texts: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    current: Mapping[str, str] = field(default_factory=dict)
    conflicts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def show(cls, fields: Sequence[Field], current: Mapping[str, str]) -> "Form":
        """Show a row in a form that edits it."""
        return cls(fields, dict(current), current=current)

    @classmethod
    def parse_edit(
        cls, fields: Sequence[Field], form_data: Mapping[str, Sequence[str]], current: Mapping[str, str]
    ) -> "Form":
        """Parse a form that edits a row which has these texts now.

        Fields that the user and others have changed get an error. A text of `current` without a field, such as a list
        of ticked boxes, is merged too.
        """
        submitted = {name: ",".join(form_data.get(name, ())) for name in current}
        edit = merge(submitted, current, form_data)
        form = cls.parse(fields, {name: [text] for name, text in edit.texts.items()})
        form.texts, form.current, form.conflicts = edit.texts, current, edit.conflicts
        form.errors |= {name: CONFLICT for name in edit.conflicts if name not in form.errors}
        return form

    @classmethod
    def parse(cls, fields: Sequence[Field], form_data: Mapping[str, Sequence[str]]) -> "Form":
        """Parse and validate a submitted form."""
        form = cls(fields)
        for form_field in fields:
            form._parse_field(form_field, (form_data.get(form_field.name) or [""])[0])
        return form

    def _parse_field(self, form_field: Field, text: str) -> None:
        self.texts[form_field.name] = text
        try:
            value = PARSERS[form_field.kind](text)
            _validate_presence(form_field, value)
            validate_line(value, form_field.max_length)
            validate_limits = validate_money if form_field.kind == "money" else validate
            self.values[form_field.name] = validate_limits(value, form_field.schema_field)
        except ValueError as error:
            self.errors[form_field.name] = str(error)

    @property
    def is_valid(self) -> bool:
        return not self.errors

    @property
    def shown(self) -> str:
        """The hashes of the row's texts, for a hidden field; "" without a row."""
        return format_shown(self.current)

    def require_unchanged(self, current: Mapping[str, str]) -> None:
        """Raise a refusal if the row has other texts than at the merge.

        Call it in the transaction that saves the form.
        """
        if current != self.current:
            raise Refusal("changed_meanwhile", CHANGED_WHILE_SAVING)

    @contextmanager
    def collect_refusals(self, **fields_by_param: str) -> Iterator[None]:
        """Turn a refusal raised inside into an error of a field.

        The field is the one that the refusal's `param` names. Without one, the error is the form's.
        `fields_by_param` maps the last part of a param to a field's name where the two differ.
        """
        try:
            yield
        except Refusal as refusal:
            if refusal.code == "service_unavailable":
                raise
            self.errors[self._find_field_name(refusal, fields_by_param)] = refusal.message

    def _find_field_name(self, refusal: Refusal, fields_by_param: Mapping[str, str]) -> str:
        param = (refusal.param or "").rpartition(".")[2]
        name = fields_by_param.get(param, param)
        return name if any(form_field.name == name for form_field in self.fields) else ""


def _validate_presence(form_field: Field, value: Any) -> None:
    if value in (None, "", []) and form_field.is_required:
        raise ValueError("This field is required.")
    if form_field.choices and value is not None and value not in dict(form_field.choices):
        raise ValueError("Choose an option from the list.")
