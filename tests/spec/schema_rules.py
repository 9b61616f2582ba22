"""House rules for schemas: good types in every generator, a limit on every value."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from spec.document import Node
from tests.spec.reading import SCHEMAS

BUILT_IN = (
    r"Any|Array|Blob|Boolean|Date|Dict|Enum|Error|Event|Exception|File|Function|List|Map|Model|None|Null|Number"
    r"|Object|Optional|Promise|Record|Request|Response|Set|String|Symbol|Type|Union|Unset"
)
# Classes of the libraries that client generators write beside the schemas, in some language.
GENERATED = (
    r"(Api|API)(Client|Error|Exception|RequestOptions|Response|Result)|AuthenticatedClient|Base(API|Api|Model)"
    r"|CancelError|Client|Configuration|HttpFile|HTTPValidationError|OpenAPI|OpenApi|RequestContext"
)
BAD_PROPERTY = (
    r"additional_properties|bool|class|copy|d|dict|float|(from|to)_dict|int|json|list|model_config|schema|str"
)
BANNED = (
    *("uniqueItems", "readOnly", "writeOnly", "prefixItems", "patternProperties", "unevaluatedProperties"),
    *("if", "then", "else", "not", "$defs", "dependentRequired", "dependentSchemas", "contains", "allOf"),
)


@dataclass(frozen=True)
class Place:
    """A schema and its location.

    `is_sent`: clients send it. `is_variant`: it is inside oneOf or anyOf.
    """

    at: str
    node: Any
    schemas: Node
    is_component: bool = False
    is_sent: bool = False
    is_parameter: bool = False
    is_variant: bool = False

    @property
    def types(self) -> list[str]:
        kind = self.node.get("type", [])
        return kind if isinstance(kind, list) else [kind]


def check(place: Place) -> Iterator[str]:
    """Problems of this schema alone, without its subschemas."""
    if isinstance(place.node, bool):
        yield "true or false as a schema"
    elif "$ref" in place.node:
        yield from reference(place)
    else:
        for rule in RULES:
            yield from rule(place)


def reference(place: Place) -> Iterator[str]:
    name = place.node["$ref"].removeprefix(SCHEMAS)
    if name not in place.schemas:
        yield "$ref that does not point to a schema component"
    if set(place.node) - {"$ref", "description", "examples"}:
        yield "$ref with more than a description beside it"


def null(place: Place) -> Iterator[str]:
    kind = place.node.get("type")
    if "nullable" in place.node:
        yield "nullable is not part of 3.1"
    if isinstance(kind, list) and (len(kind) != 2 or kind[1] != "null"):
        yield "type list other than [x, 'null']"
    if kind == "null" and not place.is_variant:
        yield "null alone"


def constants(place: Place) -> Iterator[str]:
    node = place.node
    if "const" in node and not isinstance(node.get("type"), str):
        yield "const without its type"
    if "enum" not in node:
        return
    if node.get("type") not in ("string", "integer"):
        yield "enum of other values than strings or integers"
    identifiers = [re.sub(r"[^a-z0-9]", "_", str(value).lower()) for value in node["enum"]]
    if len(set(identifiers)) < len(identifiers) or not all(name[0].isalnum() for name in identifiers):
        yield "enum values that collide as identifiers"
    if not place.is_component:
        yield "enum that is no named component"


def unions(place: Place) -> Iterator[str]:
    if "anyOf" in place.node:
        yield "anyOf"
    variants = place.node.get("oneOf", [])
    named = [each for each in variants if isinstance(each, dict) and "$ref" in each]
    nulls = [each for each in variants if each == {"type": "null"}]
    if len(named) + len(nulls) < len(variants):
        yield "variant that is neither a $ref nor null"
    if len(named) > 1:
        yield from discriminated(place, named, bool(nulls))
    elif "discriminator" in place.node:
        yield "discriminator without a union"


def discriminated(place: Place, variants: list[Node], has_null: bool) -> Iterator[str]:
    if has_null or not place.is_component:
        yield "union that is no named component"
    discriminator = place.node.get("discriminator", {})
    mapping = discriminator.get("mapping", {})
    if {each["$ref"] for each in variants} != set(mapping.values()):
        yield "union whose mapping does not name every variant"
    for value, target in mapping.items():
        variant = place.schemas.get(target.removeprefix(SCHEMAS), {})
        field = variant.get("properties", {}).get(discriminator["propertyName"], {})
        if (field.get("type"), field.get("const")) != ("string", value):
            yield f"variant of {value!r} whose discriminator is not that constant"
        if discriminator["propertyName"] not in variant.get("required", []):
            yield f"variant of {value!r} whose discriminator is optional"


def banned(place: Place) -> Iterator[str]:
    yield from (f"{word} is lost or mistyped by generators" for word in BANNED if word in place.node)
    if "default" in place.node and not place.is_parameter:
        yield "default in a body makes the field required for some generators"


def objects(place: Place) -> Iterator[str]:
    node = place.node
    if "object" not in place.types:
        return
    extra = node.get("additionalProperties")
    if not node.get("properties") and extra is None and node.get("maxProperties") != 0:
        yield "free-form object without additionalProperties"
    if isinstance(extra, dict) and isinstance(extra.get("type"), list):
        yield "map of mixed types"
    if node.get("properties"):
        yield from properties(place)


def properties(place: Place) -> Iterator[str]:
    names = place.node["properties"]
    alike = Counter(re.sub(r"[^a-z0-9]", "", name.lower()) for name in names)
    for name, schema in names.items():
        if re.fullmatch(BAD_PROPERTY, name) or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            yield f"property name {name!r}"
        if alike[re.sub(r"[^a-z0-9]", "", name.lower())] > 1:
            yield f"property name {name!r} like another one"
        if isinstance(schema, dict) and not {"description", "$ref"} & set(schema):
            yield f"property {name!r} without a description"
    if not place.is_component:
        yield "object that is no named component"
    yield from openness(place)
    if set(place.node.get("required", [])) - set(names):
        yield "required names a property that does not exist"


def openness(place: Place) -> Iterator[str]:
    """Requests reject typing errors; a new response field must not break a client.

    Some generators write models that reject unknown fields, unless the schema says that there may be some.
    """
    is_open = place.node.get("additionalProperties")
    if place.is_sent and is_open is not False:
        yield "request object that accepts unknown fields"
    if not place.is_sent and is_open is not True:
        yield "response object without additionalProperties: true"


def optional(place: Place) -> Iterator[str]:
    """Some generated clients send null for every field that the caller leaves out."""
    if place.is_sent:
        required = set(place.node.get("required", []))
        for name, schema in place.node.get("properties", {}).items():
            is_nullable = {"type": "null"} in schema.get("oneOf", []) or "null" in schema.get("type", [])
            if name not in required and not is_nullable:
                yield f"optional field {name!r} of a request that does not accept null"


def bounds(place: Place) -> Iterator[str]:
    node = place.node
    if not isinstance(node.get("multipleOf", 1), int):
        yield "fractional multipleOf, which binary numbers such as 19.99 fail in most validators"
    if {"integer", "number"} & set(place.types) and not {"minimum", "maximum"} <= set(node) and "enum" not in node:
        yield "number without minimum and maximum"
    if "array" in place.types and "maxItems" not in node:
        yield "array without maxItems"
    if "string" in place.types and not is_bounded_string(node):
        yield "string without maxLength"


def is_bounded_string(node: Node) -> bool:
    return bool({"maxLength", "enum", "const"} & set(node)) or node.get("format") == "date-time"


def control_characters(place: Place) -> Iterator[str]:
    """Requests must reject NUL, which PostgreSQL cannot store as text."""
    if place.is_sent and "string" in place.types:
        validator = jsonschema_rs.Draft202012Validator(place.node, validate_formats=True)
        if any(validator.is_valid(text) for text in ("\0", "a\0b", "a@b\0.example", "a\x1bb")):
            yield "request string that admits control characters"


RULES: tuple[Callable[[Place], Iterator[str]], ...] = (
    *(null, constants, unions, banned, objects, optional, bounds, control_characters),
)
