"""House rules for the document, for client generators and documentation pages."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from spec.document import Node
from tests.spec import schema_rules
from tests.spec.reading import SCHEMAS, Operation, bodies, fields, operations, parameters, responses
from tests.spec.schema_rules import BUILT_IN, GENERATED, Place

SUBSCHEMAS = ("items", "additionalProperties", "propertyNames", "not")
SUBSCHEMA_LISTS = ("oneOf", "anyOf", "allOf")


def find_violations(document: Node) -> list[str]:
    """Every violation of a house rule, as sorted `location: problem` lines."""
    violations = {f"{place.at}: {problem}" for place in places(document) for problem in schema_rules.check(place)}
    return sorted(violations.union(*(rule(document) for rule in RULES)))


def places(document: Node) -> Iterator[Place]:
    """Every schema of the document, subschemas included."""
    schemas = document.get("components", {}).get("schemas", {})
    sent = reachable(document, schemas)
    for name, node in schemas.items():
        yield from parts(Place(name, node, schemas, is_component=True, is_sent=name in sent))
    for at, media, is_sent in bodies(document):
        yield from parts(Place(at, media.get("schema", {}), schemas, is_sent=is_sent))
    for operation in operations(document):
        for parameter in parameters(document, operation):
            at, is_sent = f"{operation.at}/{parameter['name']}", parameter["in"] == "query"
            yield from parts(Place(at, parameter.get("schema", {}), schemas, is_sent=is_sent, is_parameter=True))
    for name, header in document.get("components", {}).get("headers", {}).items():
        yield from parts(Place(f"headers/{name}", header.get("schema", {}), schemas, is_parameter=True))


def parts(place: Place) -> Iterator[Place]:
    """The schema and all its subschemas."""
    yield place
    if not isinstance(place.node, dict):
        return
    inner = replace(place, is_component=False, is_parameter=False, is_variant=False)
    for word in SUBSCHEMAS:
        if word in place.node and not (word == "additionalProperties" and isinstance(place.node[word], bool)):
            yield from parts(replace(inner, at=f"{place.at}/{word}", node=place.node[word]))
    for name, node in place.node.get("properties", {}).items():
        yield from parts(replace(inner, at=f"{place.at}/{name}", node=node))
    for word in SUBSCHEMA_LISTS:
        for index, node in enumerate(place.node.get(word, [])):
            yield from parts(replace(inner, at=f"{place.at}/{word}/{index}", node=node, is_variant=True))


def reachable(document: Node, schemas: Node) -> set[str]:
    """Names of the schemas that clients send, directly or inside another one."""
    reached: set[str] = set()
    pending = [media for _, media, is_sent in bodies(document) if is_sent]
    while pending:
        names = set(re.findall(f'"{SCHEMAS}([^"]+)"', json.dumps(pending.pop()))) - reached
        reached |= names
        pending += [schemas[name] for name in names if name in schemas]
    return reached


def version(document: Node) -> Iterator[str]:
    if not re.fullmatch(r"3\.1\.\d+", document["openapi"]):
        yield "openapi: the version must be 3.1.x, because some generators read no other"


def names(document: Node) -> Iterator[str]:
    schemas = document.get("components", {}).get("schemas", {})
    alike = Counter(name.lower() for name in schemas)
    for name, node in schemas.items():
        if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name) or alike[name.lower()] > 1:
            yield f"{name}: schema names are PascalCase and unique whatever their case"
        if re.fullmatch(BUILT_IN, name):
            yield f"{name}: schema name that is built in to some language"
        if re.fullmatch(GENERATED, name):
            yield f"{name}: schema name that is a class of generated code"
        if "title" in node:
            yield f"{name}: a title makes generators rename or drop the schema"
        if "description" not in node:
            yield f"{name}: schema without a description"


def identifiers(document: Node) -> Iterator[str]:
    count = Counter(operation.node.get("operationId") for operation in operations(document))
    for operation in operations(document):
        name = operation.node.get("operationId", "")
        if not re.fullmatch(r"[a-z][A-Za-z0-9]*", name) or count[name] > 1:
            yield f"{operation.at}: operationIds are camelCase and unique"


def tags(document: Node) -> Iterator[str]:
    declared = {tag["name"] for tag in document.get("tags", []) if tag.get("description")}
    used = {tag for each in operations(document) if not each.is_webhook for tag in each.node.get("tags", [])}
    for operation in operations(document):
        tags = operation.node.get("tags", [])
        if len(tags) != 1 or not declared.issuperset(tags):
            yield f"{operation.at}: every operation has one tag, declared with a description"
        if operation.is_webhook and used.intersection(tags):
            yield f"{operation.at}: a tag shared with a path makes generators overwrite its client class"


def webhooks(document: Node) -> Iterator[str]:
    for operation in operations(document):
        if operation.is_webhook:
            yield from (f"{operation.at}: {problem}" for problem in webhook(operation))


def webhook(operation: Operation) -> Iterator[str]:
    if operation.node.get("security") != []:
        yield "webhooks need security: [], or the key is sent to the receiver"
    contents = operation.node.get("requestBody", {}).get("content", {})
    if not contents or any("$ref" not in media.get("schema", {}) for media in contents.values()):
        yield "the body of a webhook is a $ref"
    if operation.node.get("summary") != operation.route:
        yield "the summary of a webhook is its type"


def prose(document: Node) -> Iterator[str]:
    for operation in operations(document):
        summary = operation.node.get("summary", "")
        if not summary or re.search(r"[`*\[\]<>\n]", summary) or not operation.node.get("description"):
            yield f"{operation.at}: every operation has a plain-text summary and a description"
    if "*/" in json.dumps(document):
        yield "document: */ ends a comment in generated code"


def structure(document: Node) -> Iterator[str]:
    for operation in operations(document):
        if "callbacks" in operation.node:
            yield f"{operation.at}: use webhooks instead of callbacks"
        if any("content" in each for each in parameters(document, operation)):
            yield f"{operation.at}: a parameter has a schema, not a content"
        if "default" not in dict(responses(document, operation)):
            yield f"{operation.at}: without a default response, undocumented statuses pass validation"


def shown(document: Node) -> Iterator[str]:
    """Documentation pages, mock servers and request collections depend on examples.

    They also send them: an optional parameter has none, because a filter or a cursor would empty the response.
    """
    for at, field in fields(document):
        is_optional = "in" in field and not field.get("required")
        if is_optional and "example" in field:
            yield f"{at}: an optional parameter with an example, which tools send"
        if not is_optional and "example" not in field:
            yield f"{at}: no example"
    for at, media, _ in bodies(document):
        examples: dict[str, Any] = media.get("examples", {})
        if not examples or not all(each.get("summary") and "value" in each for each in examples.values()):
            yield f"{at}: a body has named examples, each with a summary"


def distinct(document: Node) -> Iterator[str]:
    """Test tools pair the examples of a request and a response by their names."""
    for operation in operations(document):
        contents = [operation.node.get("requestBody", {}), *(node for _, node in responses(document, operation))]
        media = [each for content in contents for each in content.get("content", {}).values()]
        count = Counter(name for each in media for name in each.get("examples", {}))
        yield from (f"{operation.at}: two examples have the name {name!r}" for name in count if count[name] > 1)


def referenced(document: Node) -> Iterator[str]:
    text = json.dumps(document)
    for kind in ("schemas", "parameters", "headers", "responses"):
        for name in document.get("components", {}).get(kind, {}):
            if f'"$ref": "#/components/{kind}/{name}"' not in text:
                yield f"{name}: unused component"


RULES: tuple[Callable[[Node], Iterator[str]], ...] = (
    *(version, names, identifiers, tags, webhooks, prose, structure, shown, distinct, referenced),
)
