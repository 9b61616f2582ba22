"""Breaking-change checker: compares two versions of the OpenAPI document.

docs/versioning.md defines what counts as breaking. This module compares operations and webhooks,
spec/tools/compatibility.py compares schemas. The hub serves both as one file for dealers (spec/tools/checker_file.py),
so what they use comes from the standard library.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from spec.document import Node, operations, resolve
from spec.tools.compatibility import SchemaComparison

Compare = Callable[[Node, Node, str], Iterator[str]]


class SpecSide:
    """One operation or webhook as one version of the document describes it."""

    def __init__(self, document: Node, operation: Node) -> None:
        self.operation_id = operation.get("operationId")
        self.security = operation.get("security", document.get("security")) or [{}]
        parameters = [resolve(document, parameter) for parameter in operation.get("parameters", [])]
        self.parameters = {_parameter_key(parameter): parameter for parameter in parameters}
        self.body = resolve(document, operation.get("requestBody", {}))
        self.responses = {
            status: _resolve_response(document, response) for status, response in operation.get("responses", {}).items()
        }


def _parameter_key(parameter: Node) -> tuple[str, str]:
    """Location and name; only header names ignore case."""
    name = parameter["name"]
    return parameter["in"], name.lower() if parameter["in"] == "header" else name


def _resolve_response(document: Node, node: Node) -> Node:
    response = resolve(document, node)
    headers = {name.lower(): resolve(document, header) for name, header in response.get("headers", {}).items()}
    return {**response, "headers": headers}


def find_breaking_changes(old: Node, new: Node) -> list[str]:
    """List every breaking change as sorted lines of the form `location: change`."""
    schemas = SchemaComparison(old, new)
    changes = {*_compare_error_codes(old, new), *_compare_servers(old, new)}
    for part, compare in (("paths", _compare_operation), ("webhooks", _compare_webhook)):
        new_operations = dict(_locate_operations(new, part))
        for location, operation in _locate_operations(old, part):
            if location in new_operations:
                sides = SpecSide(old, operation), SpecSide(new, new_operations[location])
                changes.update(compare(*sides, schemas, location))
            else:
                changes.add(f"{location}: removed")
    return sorted(changes)


def _locate_operations(document: Node, part: str) -> Iterator[tuple[str, Node]]:
    """List operations, each with the parameters of its path."""
    for path, method, operation in operations(document, part):
        parameters = [*document[part][path].get("parameters", []), *operation.get("parameters", [])]
        yield f"{method.upper()} {path}", {**operation, "parameters": parameters}


def _compare_servers(old: Node, new: Node) -> Iterator[str]:
    """Report removed base paths.

    Addresses differ, because each hub writes its own into the document.
    """
    old_paths, new_paths = ({urlsplit(entry["url"]).path for entry in side.get("servers", [])} for side in (old, new))
    if new_paths:
        yield from (f"servers: path {path} removed" for path in old_paths - new_paths)


def _compare_operation(old: SpecSide, new: SpecSide, schemas: SchemaComparison, location: str) -> Iterator[str]:
    yield from _compare_operation_id(old, new, location)
    if not all(any(set(required) <= set(sent) for required in new.security) for sent in old.security):
        yield f"{location}: authentication that was sufficient no longer is"
    yield from _compare_parameters(old, new, schemas, location)
    if new.body.get("required") and not old.body.get("required"):
        yield f"{location} body: body is now required"
    yield from _compare_content(old.body, new.body, schemas.compare_request, f"{location} body")
    yield from _compare_responses(old, new, schemas, location)


def _compare_webhook(old: SpecSide, new: SpecSide, schemas: SchemaComparison, location: str) -> Iterator[str]:
    """Compare a webhook; the hub sends it, so the rules of responses apply."""
    yield from _compare_operation_id(old, new, location)
    yield from _compare_content(old.body, new.body, schemas.compare_response, f"{location} body")
    old_headers, new_headers = ({name: node for (_, name), node in side.parameters.items()} for side in (old, new))
    yield from _compare_headers(old_headers, new_headers, schemas, location)


def _compare_operation_id(old: SpecSide, new: SpecSide, location: str) -> Iterator[str]:
    if old.operation_id != new.operation_id:
        yield f"{location}: operationId changed from {old.operation_id} to {new.operation_id}"


def _compare_parameters(old: SpecSide, new: SpecSide, schemas: SchemaComparison, location: str) -> Iterator[str]:
    for key, parameter in new.parameters.items():
        if parameter.get("required") and not old.parameters.get(key, {}).get("required"):
            yield f"{location} {key[1]}: parameter is now required"
    for key, parameter in old.parameters.items():
        if key in new.parameters:
            yield from _compare_parameter(parameter, new.parameters[key], schemas, f"{location} {key[1]}")
        else:
            yield f"{location} {key[1]}: parameter removed"


def _compare_parameter(old: Node, new: Node, schemas: SchemaComparison, location: str) -> Iterator[str]:
    if _style(old) != _style(new):
        yield f"{location}: serialization changed from {_style(old)} to {_style(new)}"
    yield from schemas.compare_request(old.get("schema", {}), new.get("schema", {}), location)
    yield from _compare_content(old, new, schemas.compare_request, location)


def _style(parameter: Node) -> str:
    """Describe a parameter's serialization (defaults: OpenAPI 3.1 section 4.8.12)."""
    style = parameter.get("style") or ("form" if parameter["in"] in ("query", "cookie") else "simple")
    is_exploded = parameter.get("explode", style == "form")
    return f"style {style} with explode {'true' if is_exploded else 'false'}"


def _compare_responses(old: SpecSide, new: SpecSide, schemas: SchemaComparison, location: str) -> Iterator[str]:
    """Compare statuses, bodies and headers.

    Errors may be added and removed if the old document has a `default` response, because clients then expect any.
    """
    open_classes = "45" if "default" in old.responses else ""
    for status in old.responses.keys() ^ new.responses.keys():
        if status[0] not in open_classes:
            yield f"{location} {status}: response status {'removed' if status in old.responses else 'added'}"
    for status in old.responses.keys() & new.responses.keys():
        old_response, new_response = old.responses[status], new.responses[status]
        yield from _compare_content(old_response, new_response, schemas.compare_response, f"{location} {status}")
        yield from _compare_headers(old_response["headers"], new_response["headers"], schemas, f"{location} {status}")


def _compare_content(old: Node, new: Node, compare: Compare, location: str) -> Iterator[str]:
    new_content = new.get("content", {})
    for media_type, media in old.get("content", {}).items():
        if media_type in new_content:
            yield from compare(media.get("schema", {}), new_content[media_type].get("schema", {}), location)
        else:
            yield f"{location}: media type {media_type} removed"


def _compare_headers(old: Node, new: Node, schemas: SchemaComparison, location: str) -> Iterator[str]:
    for name, header in old.items():
        if name in new:
            schema, new_schema = header.get("schema", {}), new[name].get("schema", {})
            yield from schemas.compare_response(schema, new_schema, f"{location} {name}")
            if header.get("required") and not new[name].get("required"):
                yield f"{location} {name}: header is no longer always present"
        else:
            yield f"{location} {name}: header removed"


def _compare_error_codes(old: Node, new: Node) -> Iterator[str]:
    """Report codes of both documents whose HTTP status or type differs."""
    old_codes, new_codes = (side.get("components", {}).get("schemas", {}).get("ErrorCode", {}) for side in (old, new))
    for extension in ("x-http-status", "x-error-type"):
        new_values = new_codes.get(extension, {})
        for code, value in old_codes.get(extension, {}).items():
            if new_values.get(code, value) != value:
                yield f"ErrorCode {code}: {extension} changed from {value} to {new_values[code]}"


def read_file(name: str) -> Node:
    """Read an OpenAPI document in JSON.

    Raises ArgumentTypeError, which says what to do.
    """
    try:
        document: Node = json.loads(Path(name).read_bytes())
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{name} cannot be read as JSON ({error}). Download it again.") from None
    if not isinstance(document, dict) or "paths" not in document:
        raise argparse.ArgumentTypeError(f"{name} is no OpenAPI document: it has no `paths`. Download it again.")
    return document


def main() -> int:
    parser = argparse.ArgumentParser(
        description="List the breaking changes between two OpenAPI documents of WatchTraderHub.",
        epilog="Exit status: 0 no breaking changes, 1 breaking changes, 2 a document cannot be read.",
    )
    parser.add_argument("old", type=read_file, metavar="OLD", help="the document that your code was written for (JSON)")
    parser.add_argument("new", type=read_file, metavar="NEW", help="the document that the hub serves now (JSON)")
    options = parser.parse_args()
    try:
        changes = find_breaking_changes(options.old, options.new)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        parser.error(f"The documents cannot be compared ({error!r}). Validate them as OpenAPI 3.1.")
    sys.stdout.write("".join(f"{line}\n" for line in changes) or "No breaking changes.\n")
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main())
