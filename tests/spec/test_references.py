"""References inside a document are resolved in one place."""

import pytest

from spec.document import operations, resolve, resolve_pointer

DOCUMENT = {
    "paths": {"/cats/{id}": {"post": {"operationId": "setCat"}, "get": {"operationId": "getCat"}, "summary": "Cats"}},
    "components": {
        "schemas": {
            "Cat": {"type": "object"},
            "Pet": {"$ref": "#/components/schemas/Cat"},
            "A": {"$ref": "#/components/schemas/B"},
            "B": {"$ref": "#/components/schemas/A"},
        }
    },
}


def test_node_without_reference_is_itself() -> None:
    node = {"type": "string"}
    assert resolve(DOCUMENT, node) is node
    assert resolve_pointer(DOCUMENT, node, "#/here") == (node, "#/here")


def test_references_are_followed_to_the_end() -> None:
    found = resolve_pointer(DOCUMENT, {"$ref": "#/components/schemas/Pet"}, "#/here")
    assert found == ({"type": "object"}, "#/components/schemas/Cat")


@pytest.mark.parametrize("pointer", ["#/paths/~1cats~1{id}/get", "#/paths/~1cats~1%7Bid%7D/get"])
def test_escaped_tokens_are_unescaped(pointer: str) -> None:
    assert resolve(DOCUMENT, {"$ref": pointer}) == {"operationId": "getCat"}


@pytest.mark.parametrize("pointer", ["#/components/schemas/A", "other.yaml#/Cat", "#/components/schemas/Dog"])
def test_circle_other_document_and_missing_object_are_errors(pointer: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid \$ref"):
        resolve(DOCUMENT, {"$ref": pointer})


def test_operations_are_listed_without_the_other_keys_of_a_path() -> None:
    assert [(path, method) for path, method, _ in operations(DOCUMENT)] == [
        ("/cats/{id}", "get"),
        ("/cats/{id}", "post"),
    ]
    assert list(operations(DOCUMENT, "webhooks")) == []
