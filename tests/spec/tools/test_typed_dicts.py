"""spec/types.py is up to date, and each type says what its schema says."""

import typing
from graphlib import CycleError
from pathlib import Path
from typing import Any, Literal

import pytest

import spec.types
from spec.document import Node, read_document
from spec.tools.typed_dicts import render_types

TEXT = {"type": "string"}


def generated(schemas: Node) -> Node:
    """The namespace of a generated module, after executing it."""
    module: Node = {"__name__": "generated"}
    exec(render_types({"components": {"schemas": schemas}}), module)  # noqa: S102 - the text comes from the generator under test
    return module


def fields(kind: Any) -> Node:
    return typing.get_type_hints(kind)


def test_committed_types_are_up_to_date() -> None:
    assert Path(spec.types.__file__).read_text(encoding="utf-8") == render_types(read_document())


def test_every_schema_has_a_type() -> None:
    assert set(read_document()["components"]["schemas"]) <= set(vars(spec.types))


def test_required_and_optional_fields_differ() -> None:
    cat = {"properties": {"name": TEXT, "age": {"type": "integer"}}}
    some, none = (generated({"Cat": {**cat, "required": names}})["Cat"] for names in (["name"], []))
    assert (some.__required_keys__, some.__optional_keys__) == ({"name"}, {"age"})
    assert (none.__required_keys__, none.__optional_keys__) == (set(), {"name", "age"})


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        (TEXT, str),
        ({"type": ["number", "null"]}, float | None),
        ({"type": "boolean"}, bool),
        ({"type": "string", "const": "cat"}, Literal["cat"]),
        ({"type": "array", "items": {"type": ["integer", "null"]}}, list[int | None]),
        ({"type": "object", "additionalProperties": TEXT}, dict[str, str]),
        ({"type": "object", "additionalProperties": True}, dict[str, Any]),
    ],
)
def test_type_of_a_field(schema: Node, kind: Any) -> None:
    cat = generated({"Cat": {"required": ["field"], "properties": {"field": schema}}})["Cat"]
    assert fields(cat) == {"field": kind}


def test_nullable_reference_is_the_named_type_or_none() -> None:
    field = {"oneOf": [{"$ref": "#/components/schemas/Coat"}, {"type": "null"}]}
    module = generated({"Cat": {"properties": {"coat": field}}, "Coat": TEXT | {"enum": ["red", "black"]}})
    assert module["Coat"] == Literal["red", "black"]
    assert fields(module["Cat"]) == {"coat": Literal["red", "black"] | None}


@pytest.mark.parametrize("count", [2, 30])
def test_union_names_its_variants(count: int) -> None:
    """A long union is wrapped over several lines."""
    variants = {f"Variant{number}": {"properties": {"a": TEXT}} for number in range(count)}
    union = {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in variants]}
    module = generated({"Either": union, **variants})
    assert typing.get_args(module["Either"]) == tuple(module[name] for name in variants)


def test_schema_that_contains_itself_is_rejected() -> None:
    with pytest.raises(CycleError):
        render_types({"components": {"schemas": {"Cat": {"properties": {"kitten": {"$ref": "#/x/Cat"}}}}}})
