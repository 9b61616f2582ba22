"""Two editions of a schema: is all that clients send still accepted, is all that they get still what was promised?

Both are one question, whether an outer schema takes in an inner one. What clients send was allowed by the old edition
and must be by the new; what they get is made by the new edition and must be within the old.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Node = dict[str, Any]

OPEN = frozenset({"ErrorCode", "WebhookEventType", "WebhookEvent"})  # they grow within a version: docs/versioning.md
MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
EXACT = ("pattern", "format", "multipleOf")
INSIDE = ("items", "additionalProperties", "propertyNames")
BEYOND = ("allOf", "anyOf", "not", "if", "then", "else", "patternProperties", "prefixItems", "uniqueItems")


def follow(document: Node, node: Node) -> Node:
    """The object that a reference means."""
    while "$ref" in node:
        target: Any = document
        for token in node["$ref"].removeprefix("#/").split("/"):
            target = target[token]
        node = target
    return node


class SchemaForm:
    """A schema with null told apart from the rest."""

    def __init__(self, document: Node, node: Node) -> None:
        self.name = node.get("$ref", "").rpartition("/")[2]
        node = follow(document, node)
        options = node.get("oneOf", [])
        inner = [option for option in options if option.get("type") != "null"]
        self.is_nullable = len(inner) < len(options)
        if self.is_nullable and len(inner) == 1:
            self.name = inner[0].get("$ref", "").rpartition("/")[2] or self.name
            node, inner = follow(document, inner[0]), []
        types = node.get("type", [])
        self.types = {types} if isinstance(types, str) else set(types)
        self.is_nullable |= "null" in self.types
        self.types -= {"null"}
        self.node = node
        self.values = [node["const"]] if "const" in node else node.get("enum")
        named = {ref: value for value, ref in node.get("discriminator", {}).get("mapping", {}).items()}
        self.variants = {named.get(option.get("$ref"), str(option)): option for option in inner}


@dataclass(frozen=True)
class Pair:
    """The same schema in both editions, and whether clients send it."""

    old: SchemaForm
    new: SchemaForm
    is_sent: bool

    @property
    def outer(self) -> SchemaForm:
        return self.new if self.is_sent else self.old

    @property
    def inner(self) -> SchemaForm:
        return self.old if self.is_sent else self.new


class Schemas:
    """Compares the schemas of two documents; a component that stands in many places is reported once."""

    def __init__(self, old: Node, new: Node) -> None:
        self.old, self.new = old, new
        self.seen: set[tuple[str, str, bool]] = set()

    def sent(self, old: Node, new: Node, at: str) -> Iterator[str]:
        """What a client may send no longer."""
        return self._compare(old, new, at, is_sent=True)

    def received(self, old: Node, new: Node, at: str) -> Iterator[str]:
        """What a client may get that it was not promised, or get no longer."""
        return self._compare(old, new, at, is_sent=False)

    def _compare(self, old: Node, new: Node, at: str, *, is_sent: bool) -> Iterator[str]:
        pair = Pair(SchemaForm(self.old, old), SchemaForm(self.new, new), is_sent)
        if pair.inner.is_nullable and not pair.outer.is_nullable:
            yield f"{at}: {_said(pair, 'null')}"
        if pair.old.name:
            known = (pair.old.name, pair.new.name, is_sent)
            if known in self.seen:
                return
            self.seen.add(known)
            at = pair.old.name if pair.old.name == pair.new.name else at
        faults = list(_kind(pair))
        yield from (f"{at}: {fault}" for fault in faults or _limits(pair))
        if not faults:
            yield from self._parts(pair, at)

    def _parts(self, pair: Pair, at: str) -> Iterator[str]:
        old, new = pair.old.node, pair.new.node
        fields, later = old.get("properties", {}), new.get("properties", {})
        yield from (f"{at}.{name}: the field is removed" for name in fields.keys() - later.keys())
        yield from (f"{at}.{name}: {_said(pair, 'required')}" for name in _demanded(pair))
        for name in fields.keys() & later.keys():
            yield from self._compare(fields[name], later[name], f"{at}.{name}", is_sent=pair.is_sent)
        for word in INSIDE:
            inside = [node.get(word, True) for node in (old, new)]
            if False not in inside and inside != [True, True]:
                before, after = ({} if part is True else part for part in inside)
                yield from self._compare(before, after, f"{at}[{word}]", is_sent=pair.is_sent)
        for name in pair.old.variants.keys() & pair.new.variants.keys():
            options = pair.old.variants[name], pair.new.variants[name]
            yield from self._compare(*options, f"{at}<{name}>", is_sent=pair.is_sent)


SAID = {
    "null": ("must not be null now", "may be null now"),
    "value": ("{} is not accepted now", "{} is new in a closed list"),
    "required": ("the field is required now", "the field may be missing now"),
    "closed": ("unknown fields are refused now", "there may be unknown fields now"),
}


def _said(pair: Pair, what: str, *given: object) -> str:
    return SAID[what][0 if pair.is_sent else 1].format(*given)


def _kind(pair: Pair) -> Iterator[str]:
    """Another type, other values or variants."""
    outer, inner = pair.outer, pair.inner
    admitted = outer.types | ({"integer"} if "number" in outer.types else set())
    if outer.types and not (inner.types and inner.types <= admitted):
        yield f"{_listed(pair.old.types)} is now {_listed(pair.new.types)}"
    for old, new in ((pair.old.values, pair.new.values), (pair.old.variants or None, pair.new.variants or None)):
        yield from _values(pair, old, new)


def _values(pair: Pair, old: Iterable[Any] | None, new: Iterable[Any] | None) -> Iterator[str]:
    """None stands for any value."""
    outer, inner = (new, old) if pair.is_sent else (old, new)
    if pair.old.name in OPEN and not pair.is_sent and old is not None:
        yield from (f"{value} is removed" for value in old if value not in (new or ()))
    elif outer is not None:
        yield from (
            _said(pair, "value", value) for value in (["any value"] if inner is None else inner) if value not in outer
        )


def _limits(pair: Pair) -> Iterator[str]:
    outer, inner = pair.outer.node, pair.inner.node
    for word in (*MOST, *LEAST, *EXACT):
        if word in outer and not _within(word, inner.get(word), outer[word]):
            yield f"{word} was {pair.old.node.get(word, 'free')}, is {pair.new.node.get(word, 'free')}"
    if outer.get("additionalProperties") is False and inner.get("additionalProperties") is not False:
        yield _said(pair, "closed")
    yield from (f"{word} is another; a person has to judge it" for word in BEYOND if inner.get(word) != outer.get(word))


def _within(word: str, inner: Any, outer: Any) -> bool:
    if inner is None or word in EXACT:
        return bool(inner == outer)
    return bool(inner <= outer if word in MOST else inner >= outer)


def _demanded(pair: Pair) -> set[str]:
    """Fields that the outer schema requires and the inner one does not."""
    missing = set(pair.outer.node.get("required", [])) - set(pair.inner.node.get("required", []))
    return {name for name in missing if pair.is_sent or name in pair.new.node.get("properties", {})}


def _listed(types: set[str]) -> str:
    return " or ".join(sorted(types)) or "anything"
