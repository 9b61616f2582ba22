"""Schema compatibility: requests may only widen, responses may only narrow.

Both follow one rule, which Avro calls schema resolution: the reader's schema must accept every value that the writer's
schema allows. A client with the old document writes requests, and the new hub reads them. The new hub writes responses
and webhooks, and a client with the old document reads them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from spec.document import Node, resolve

# These may grow within a version: see docs/versioning.md.
OPEN_ENUMS = frozenset({"ErrorCode", "WebhookEventType", "WebhookEvent"})
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
EXACT_KEYWORDS = ("pattern", "format", "multipleOf", "uniqueItems")
NEUTRAL_VALUES = {"minLength": 0, "minItems": 0, "minProperties": 0, "uniqueItems": False}
SUBSCHEMAS = ("items", "additionalProperties", "propertyNames")
COMBINATIONS = ("allOf", "anyOf")
NOT_COMPARED = ("not", "if", "then", "else", "patternProperties", "prefixItems")
ANNOTATIONS = frozenset({"$ref", "title", "description", "example", "examples", "default", "deprecated"})


class SchemaForm:
    """A schema with references resolved and null separated from its other types."""

    def __init__(self, document: Node, node: Node) -> None:
        self.name = _component_name(node)
        node = _merge_siblings(document, node)
        options = node.get("oneOf", [])
        variants = [option for option in options if option.get("type") != "null"]
        self.is_nullable = len(variants) < len(options)
        if self.is_nullable and len(variants) == 1:
            self.name = _component_name(variants[0]) or self.name
            default = {"default": node["default"]} if "default" in node else {}
            node, variants = {**_merge_siblings(document, variants[0]), **default}, []
        types = node.get("type", [])
        self.types = {types} if isinstance(types, str) else set(types)
        self.is_nullable |= "null" in self.types
        self.types -= {"null"}
        self.node = node
        self.values = [node["const"]] if "const" in node else node.get("enum")
        mapping = {reference: value for value, reference in node.get("discriminator", {}).get("mapping", {}).items()}
        self.variants = {mapping.get(option.get("$ref"), str(option)): option for option in variants}


def _component_name(node: Node) -> str:
    """Name the component of a reference; empty if it has limits of its own."""
    return str(node["$ref"]).rpartition("/")[2] if "$ref" in node and node.keys() <= ANNOTATIONS else ""


def _merge_siblings(document: Node, node: Node) -> Node:
    """Resolve a reference; the keywords beside it apply too (JSON Schema 2020-12)."""
    return {**resolve(document, node), **{name: value for name, value in node.items() if name != "$ref"}}


def _dereference(document: Node, value: Any, visited: frozenset[str] = frozenset()) -> Any:
    """Replace references by their targets, except where one leads back to itself."""
    if isinstance(value, list):
        return [_dereference(document, entry, visited) for entry in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value and value["$ref"] not in visited:
        return _dereference(document, _merge_siblings(document, value), visited | {value["$ref"]})
    return {name: _dereference(document, entry, visited) for name, entry in value.items()}


@dataclass(frozen=True)
class SchemaPair:
    """The same schema in the old and the new document.

    `is_request` is true if clients are the writers.
    """

    old: SchemaForm
    new: SchemaForm
    is_request: bool

    @property
    def reader(self) -> SchemaForm:
        return self.new if self.is_request else self.old

    @property
    def writer(self) -> SchemaForm:
        return self.old if self.is_request else self.new

    def choose(self, request_message: str, response_message: str) -> str:
        return request_message if self.is_request else response_message


class SchemaComparison:
    """Compares the schemas of two documents.

    A component that is used in many places is reported once.
    """

    def __init__(self, old: Node, new: Node, visited: Iterable[tuple[str, str, bool]] = ()) -> None:
        self.old, self.new = old, new
        self.visited = set(visited)

    def compare_request(self, old: Node, new: Node, location: str) -> Iterator[str]:
        """Report what clients may send and the new document no longer accepts."""
        return self._compare(old, new, location, is_request=True)

    def compare_response(self, old: Node, new: Node, location: str) -> Iterator[str]:
        """Report what clients may now receive and the old document did not allow."""
        return self._compare(old, new, location, is_request=False)

    def _compare(self, old: Node, new: Node, location: str, *, is_request: bool) -> Iterator[str]:
        pair = SchemaPair(SchemaForm(self.old, old), SchemaForm(self.new, new), is_request)
        if pair.writer.is_nullable and not pair.reader.is_nullable:
            yield f"{location}: {pair.choose('null is no longer accepted', 'may now be null')}"
        if pair.old.name:
            names = (pair.old.name, pair.new.name, is_request)
            if names in self.visited:
                return
            self.visited.add(names)
            location = pair.old.name if pair.old.name == pair.new.name else location
        self._align_variants(pair)
        changes = list(_compare_kind(pair))
        yield from (f"{location}: {change}" for change in changes or _compare_limits(pair))
        if not changes:
            yield from self._compare_parts(pair, location)

    def _align_variants(self, pair: SchemaPair) -> None:
        """Give each new variant of a union the name of the compatible old one.

        Without a discriminator, a variant's name is its text, which changes with its description.
        """
        for name in pair.old.variants.keys() - pair.new.variants.keys():
            for other in pair.new.variants.keys() - pair.old.variants.keys():
                comparison = SchemaComparison(self.old, self.new, self.visited)
                old, new = pair.old.variants[name], pair.new.variants[other]
                if not any(comparison._compare(old, new, "", is_request=pair.is_request)):
                    pair.new.variants[name] = pair.new.variants.pop(other)
                    break

    def _compare_parts(self, pair: SchemaPair, location: str) -> Iterator[str]:
        yield from _compare_field_presence(pair, location)
        old_fields, new_fields = (form.node.get("properties", {}) for form in (pair.old, pair.new))
        for name in old_fields.keys() & new_fields.keys():
            yield from self._compare(
                old_fields[name], new_fields[name], f"{location}.{name}", is_request=pair.is_request
            )
        for keyword in SUBSCHEMAS:
            old, new = (form.node.get(keyword, True) for form in (pair.old, pair.new))
            if False not in (old, new) and (old, new) != (True, True):
                old, new = ({} if schema is True else schema for schema in (old, new))
                yield from self._compare(old, new, f"{location}[{keyword}]", is_request=pair.is_request)
        for name in pair.old.variants.keys() & pair.new.variants.keys():
            old, new = pair.old.variants[name], pair.new.variants[name]
            yield from self._compare(old, new, f"{location}<{name}>", is_request=pair.is_request)
        yield from self._compare_combinations(pair, location)

    def _compare_combinations(self, pair: SchemaPair, location: str) -> Iterator[str]:
        """Compare members of `allOf` and `anyOf` by position, others as a whole."""
        unclear = []
        for keyword in COMBINATIONS:
            members = pair.old.node.get(keyword, []), pair.new.node.get(keyword, [])
            unclear += [keyword] if len(members[0]) != len(members[1]) else []
            for number, (old, new) in enumerate(zip(*members, strict=False)):
                yield from self._compare(old, new, f"{location}[{keyword} {number}]", is_request=pair.is_request)
        for keyword in NOT_COMPARED:
            old = _dereference(self.old, pair.old.node.get(keyword))
            unclear += [keyword] if old != _dereference(self.new, pair.new.node.get(keyword)) else []
        yield from (f"{location}: {keyword} changed; review it by hand" for keyword in unclear)


def _compare_field_presence(pair: SchemaPair, location: str) -> Iterator[str]:
    old_fields, new_fields = (form.node.get("properties", {}) for form in (pair.old, pair.new))
    yield from (f"{location}.{name}: field removed" for name in old_fields.keys() - new_fields.keys())
    message = pair.choose("field is now required", "field is no longer always present")
    missing = set(pair.reader.node.get("required", [])) - set(pair.writer.node.get("required", []))
    yield from (f"{location}.{name}: {message}" for name in missing if pair.is_request or name in new_fields)


def _compare_kind(pair: SchemaPair) -> Iterator[str]:
    """Report changes of type, enum values and union variants."""
    reader, writer = pair.reader, pair.writer
    readable = reader.types | ({"integer"} if "number" in reader.types else set())
    if reader.types and not (writer.types and writer.types <= readable):
        yield f"type changed from {_list_types(pair.old.types)} to {_list_types(pair.new.types)}"
    yield from _compare_values(pair, pair.old.values, pair.new.values)
    yield from _compare_values(pair, pair.old.variants or None, pair.new.variants or None)


def _compare_values(pair: SchemaPair, old: Iterable[Any] | None, new: Iterable[Any] | None) -> Iterator[str]:
    """Compare enum values or variant names; None means that any value is allowed."""
    readable, written = (new, old) if pair.is_request else (old, new)
    if pair.old.name in OPEN_ENUMS and not pair.is_request and old is not None:
        yield from (f"value {value} removed" for value in old if value not in (new or ()))
    elif readable is not None and written is None:
        yield pair.choose("only some values are accepted now", "any value is possible now")
    elif readable is not None and written is not None:
        message = pair.choose("value {} is no longer accepted", "value {} is new in a closed enum")
        yield from (message.format(value) for value in written if value not in readable)


def _compare_limits(pair: SchemaPair) -> Iterator[str]:
    reader, writer = pair.reader.node, pair.writer.node
    for keyword in (*UPPER_BOUNDS, *LOWER_BOUNDS, *EXACT_KEYWORDS):
        neutral = NEUTRAL_VALUES.get(keyword)
        readable, written = reader.get(keyword, neutral), writer.get(keyword, neutral)
        if readable != neutral and not _is_within(keyword, written, readable):
            old, new = (form.node.get(keyword, "none") for form in (pair.old, pair.new))
            yield f"{keyword} changed from {old} to {new}"
    if reader.get("additionalProperties") is False and writer.get("additionalProperties") is not False:
        yield pair.choose("unknown fields are now rejected", "unknown fields may now be present")
    if pair.is_request and reader.get("default") != writer.get("default"):
        yield f"default changed from {writer.get('default', 'none')} to {reader.get('default', 'none')}"


def _is_within(keyword: str, written: Any, readable: Any) -> bool:
    if written is None or keyword in EXACT_KEYWORDS:
        return bool(written == readable)
    return bool(written <= readable if keyword in UPPER_BOUNDS else written >= readable)


def _list_types(types: set[str]) -> str:
    return " or ".join(sorted(types)) or "any"
