"""The document follows the house rules, and each rule finds its violation."""

import copy
import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from spec.document import Node, read_document
from tests.spec import house_rules, schema_rules
from tests.spec.schema_rules import Place

SMALL = """
openapi: 3.1.1
tags: [{name: Cats, description: Cats.}, {name: Hooks, description: What we send.}]
paths:
  /cats:
    post:
      operationId: createCat
      tags: [Cats]
      summary: Take a cat in
      description: Takes a cat in.
      parameters:
        - name: n
          in: query
          description: N.
          required: true
          schema: {type: integer, minimum: 0, maximum: 1}
          example: 0
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/CatInput'}
            examples: {tom: {summary: Tom, value: {}}}
      responses:
        '200':
          description: A pet.
          headers: {Age: {$ref: '#/components/headers/Age'}}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Pet'}
              examples: {taken: {summary: Tom, value: {kind: cat}}}
        default: {description: Anything else.}
webhooks:
  cat.adopted:
    post:
      operationId: onCatAdopted
      tags: [Hooks]
      summary: cat.adopted
      description: A cat has found a home.
      security: []
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Cat'}
            examples: {tom: {summary: Tom, value: {kind: cat}}}
      responses: {default: {description: Anything.}}
components:
  headers: {Age: {description: Age., schema: {type: string, maxLength: 9}, example: '1'}}
  schemas:
    CatInput:
      type: object
      description: A cat.
      additionalProperties: false
      properties:
        name: {type: [string, 'null'], description: Name., maxLength: 9, pattern: '^[a-z]*$'}
        owner: {description: Owner., oneOf: [{$ref: '#/components/schemas/Owner'}, {type: 'null'}]}
    Owner:
      type: object
      description: An owner.
      additionalProperties: false
      properties:
        pins: {type: [array, 'null'], description: Pins., maxItems: 2, items: {type: string, maxLength: 1, pattern: a}}
    Cat:
      type: object
      description: A cat.
      required: [kind]
      additionalProperties: true
      properties:
        kind: {type: string, const: cat, description: Kind.}
        coat: {$ref: '#/components/schemas/Coat'}
    Dog:
      type: object
      description: A dog.
      required: [kind]
      additionalProperties: true
      properties:
        kind: {type: string, const: dog, description: Kind.}
    Coat: {type: string, description: Colour., enum: [black, red]}
    Pet:
      description: A pet.
      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
      discriminator:
        propertyName: kind
        mapping: {cat: '#/components/schemas/Cat', dog: '#/components/schemas/Dog'}
"""

FIELD = ("components", "schemas", "Cat", "properties", "coat")
SENT = ("components", "schemas", "CatInput", "properties", "name")
CAT, DOG, PET = (("components", "schemas", name) for name in ("Cat", "Dog", "Pet"))
POST = ("paths", "/cats", "post")
HOOK = ("webhooks", "cat.adopted", "post")
DOG_REF = {"$ref": "#/components/schemas/Dog"}
TEXT = {"type": "string", "maxLength": 9}


def described(**schema: Any) -> Node:
    return {"description": "A thing."} | schema


VIOLATIONS: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("openapi",), "3.2.0", "openapi: the version must be"),
    (FIELD, True, "true or false as a schema"),
    (FIELD, {"$ref": "#/components/schemas/Cat/properties/kind"}, "$ref that does not point"),
    (FIELD, {"$ref": "#/components/schemas/Nobody"}, "$ref that does not point"),
    (FIELD, DOG_REF | {"maxLength": 3}, "$ref with more than a description"),
    (FIELD, described(**TEXT, nullable=True), "nullable is not part of 3.1"),
    (FIELD, described(type=["string", "integer"], maxLength=9, minimum=0, maximum=1), "type list other than"),
    (FIELD, described(type="null"), "null alone"),
    (FIELD, described(const="cat"), "const without its type"),
    (FIELD, described(type="string", enum=["a", "b"]), "enum that is no named"),
    ((*FIELD[:2], "Coat", "type"), "number", "enum of other values"),
    ((*FIELD[:2], "Coat", "enum"), ["a-b", "a_b"], "enum values that collide"),
    ((*FIELD[:2], "Coat", "enum"), ["b", "*"], "enum values that collide"),
    (FIELD, described(anyOf=[DOG_REF, {"type": "null"}]), "anyOf"),
    (FIELD, described(oneOf=[TEXT, {"type": "null"}]), "neither a $ref nor null"),
    (FIELD, described(oneOf=[DOG_REF, {"$ref": "#/components/schemas/Coat"}]), "union that is no named"),
    (
        FIELD,
        described(oneOf=[DOG_REF], discriminator={"propertyName": "kind"}),
        "discriminator without a union",
    ),
    ((*PET, "discriminator", "mapping"), {"cat": "#/components/schemas/Cat"}, "does not name every variant"),
    ((*DOG, "properties", "kind", "const"), "hound", "discriminator is not that constant"),
    ((*DOG, "required"), [], "discriminator is optional"),
    (FIELD, described(allOf=[DOG_REF]), "allOf is lost"),
    (FIELD, described(type="array", maxItems=1, items=TEXT, uniqueItems=True), "uniqueItems is lost"),
    (FIELD, described(**TEXT, readOnly=True), "readOnly is lost"),
    (FIELD, described(**TEXT, default="red"), "default in a body"),
    (FIELD, described(type="object"), "free-form object"),
    (
        FIELD,
        described(type="object", additionalProperties={"type": ["integer", "null"]}),
        "map of mixed types",
    ),
    (FIELD, described(type="object", properties={"a": described(**TEXT)}), "object that is no named"),
    ((*CAT, "properties", "d"), described(**TEXT), "property name 'd'"),
    ((*CAT, "properties", "furColour"), described(**TEXT), "property name 'furColour'"),
    ((*CAT, "properties", "co_at"), described(**TEXT), "property name 'co_at' like another one"),
    (FIELD, TEXT, "property 'coat' without a description"),
    ((*CAT, "required"), ["kind", "age"], "required names a property that does not exist"),
    ((*SENT, "type"), "string", "optional field 'name' of a request that does not accept null"),
    (("components", "schemas", "Owner", "additionalProperties"), True, "accepts unknown fields"),
    ((*CAT, "additionalProperties"), False, "response object without additionalProperties: true"),
    ((*CAT, "additionalProperties"), None, "response object without additionalProperties: true"),
    (FIELD, described(type="integer", minimum=0), "number without minimum and maximum"),
    (FIELD, described(type=["number", "null"], maximum=0), "number without minimum and maximum"),
    (FIELD, described(type="number", minimum=0, maximum=1, multipleOf=0.01), "fractional multipleOf"),
    (FIELD, described(type="array", items=TEXT), "array without maxItems"),
    (FIELD, described(type="string", format="uri"), "string without maxLength"),
    (FIELD, described(type="array", maxItems=2, items={"type": "string"}), "string without maxLength"),
    (FIELD, described(type="object", additionalProperties={"type": "string"}), "string without maxLength"),
    ((*SENT,), described(**TEXT), "admits control characters"),
    ((*SENT, "pattern"), "^[^\\x00]*$", "admits control characters"),
    ((*POST, "parameters", 0, "schema"), TEXT, "admits control characters"),
    ((*POST, "parameters", 0, "schema"), {"type": "integer"}, "number without minimum and maximum"),
    (("components", "headers", "Age", "schema"), {"type": "string"}, "headers/Age: string without maxLength"),
    (("components", "schemas", "cat"), described(**TEXT), "schema names are PascalCase"),
    (("components", "schemas", "CAT"), described(**TEXT), "schema names are PascalCase"),
    (("components", "schemas", "Error"), described(**TEXT), "built in to some language"),
    (("components", "schemas", "ApiError"), described(**TEXT), "a class of generated code"),
    ((*CAT, "title"), "Feline", "a title makes generators"),
    (("components", "schemas", "Coat", "description"), None, "schema without a description"),
    (("components", "schemas", "Stray"), described(**TEXT), "Stray: unused component"),
    (
        ("components", "headers", "Stray"),
        described(schema=TEXT, example="1"),
        "Stray: unused component",
    ),
    ((*POST, "operationId"), "create_cat", "operationIds are camelCase"),
    ((*HOOK, "operationId"), "createCat", "operationIds are camelCase and unique"),
    ((*POST, "tags"), ["Cats", "Hooks"], "every operation has one tag"),
    ((*POST, "tags"), ["Dogs"], "every operation has one tag"),
    ((*HOOK, "tags"), ["Cats"], "a tag shared with a path"),
    ((*HOOK, "security"), None, "the key is sent to the receiver"),
    ((*HOOK, "summary"), "A cat was adopted", "the summary of a webhook"),
    ((*HOOK, "requestBody", "content", "application/json", "schema"), TEXT, "the body of a webhook"),
    ((*POST, "summary"), "Take a `cat` in", "plain-text summary"),
    ((*POST, "description"), None, "plain-text summary and a description"),
    ((*CAT, "description"), "Any of cats/*/coats.", "*/ ends a comment"),
    ((*POST, "callbacks"), {}, "use webhooks instead of callbacks"),
    ((*POST, "parameters", 0, "content"), {}, "a parameter has a schema"),
    ((*POST, "responses", "default"), None, "undocumented statuses pass"),
    (
        (*POST, "responses", "200", "content", "application/json", "examples"),
        {"tom": {"summary": "Tom", "value": {"kind": "cat"}}},
        "two examples have the name 'tom'",
    ),
    ((*POST, "parameters", 0, "required"), None, "cats/post/n: an optional parameter with an example"),
    ((*POST, "parameters", 0, "example"), None, "cats/post/n: no example"),
    (("components", "headers", "Age", "example"), None, "200/Age: no example"),
    ((*POST, "requestBody", "content", "application/json", "examples"), {}, "a body has named examples"),
    (
        (*HOOK, "requestBody", "content", "application/json", "examples", "tom", "summary"),
        None,
        "a body has named",
    ),
]


def test_document_follows_the_house_rules() -> None:
    assert house_rules.find_violations(read_document()) == []


def test_small_document_follows_the_house_rules() -> None:
    assert house_rules.find_violations(small()) == []


@pytest.mark.parametrize(("path", "value", "finding"), VIOLATIONS, ids=[f[2] for f in VIOLATIONS])
def test_seeded_violation_is_found(path: tuple[str | int, ...], value: Any, finding: str) -> None:
    violations = house_rules.find_violations(seeded(path, value))
    assert any(finding in violation for violation in violations)


@pytest.mark.parametrize("rule", house_rules.RULES, ids=lambda rule: rule.__name__)
def test_every_rule_for_documents_has_a_seeded_violation(rule: Callable[[Node], Iterator[str]]) -> None:
    assert any(list(rule(seeded(path, value))) for path, value, _ in VIOLATIONS)


@pytest.mark.parametrize("rule", schema_rules.RULES, ids=lambda rule: rule.__name__)
def test_every_rule_for_schemas_has_a_seeded_violation(rule: Callable[[Place], Iterator[str]]) -> None:
    places = (place for path, value, _ in VIOLATIONS for place in house_rules.places(seeded(path, value)))
    assert any(list(rule(place)) for place in places if isinstance(place.node, dict))


@functools.cache
def small() -> Node:
    document: Node = yaml.safe_load(SMALL)
    return document


def seeded(path: tuple[str | int, ...], value: Any) -> Node:
    """The small document with one value replaced, or removed if it is None."""
    document = copy.deepcopy(small())
    node: Any = document
    for key in path[:-1]:
        node = node[key]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = copy.deepcopy(value)
    return document
