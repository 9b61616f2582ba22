"""Names of the exceptions in the client packages, and their parents."""

from spec.document import Node


def class_name(code: str) -> str:
    """Name the class of an error type or code.

    `listing_not_available` is `ListingNotAvailableError`.
    """
    words = code.removesuffix("_error").split("_")
    return "".join(word.capitalize() for word in words) + "Error"


def list_types(document: Node) -> list[str]:
    types: list[str] = document["components"]["schemas"]["ErrorType"]["enum"]
    return types


def list_codes(document: Node) -> dict[str, str]:
    """List the type of each code.

    A code without a type, which the tests of the spec report, gets `api_error`. Raises ValueError if a class would have
    the name of another.
    """
    schema = document["components"]["schemas"]["ErrorCode"]
    names = [class_name(code) for code in [*list_types(document), *schema["enum"]]]
    if len(set(names)) < len(names):
        raise ValueError("Two errors have the same class name in the clients. Rename one.")
    return {code: schema["x-error-type"].get(code, "api_error") for code in schema["enum"]}
