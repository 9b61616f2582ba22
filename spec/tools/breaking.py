"""Breaking-change checker: compares two versions of the OpenAPI document.

Run `python -m spec.tools.breaking OLD NEW`. docs/versioning.md defines what counts as breaking. This module compares
operations and webhooks, spec/tools/compatibility.py compares schemas.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import yaml

from spec.document import FILE, Node, operations, read_document, resolve
from spec.releases import RELEASED
from spec.tools.compatibility import SchemaComparison

Compare = Callable[[Node, Node, str], Iterator[str]]


class SpecSide:
    """One operation or webhook as one version of the document describes it."""

    def __init__(self, document: Node, operation: Node) -> None:
        self.operation_id = operation.get("operationId")
        self.security = operation.get("security", document.get("security")) or [{}]
        parameters = [resolve(document, parameter) for parameter in operation.get("parameters", [])]
        self.parameters = {(p["in"], p["name"].lower()): p for p in parameters}
        self.body = resolve(document, operation.get("requestBody", {}))
        self.responses = {
            status: _resolve_response(document, response) for status, response in operation.get("responses", {}).items()
        }


def _resolve_response(document: Node, node: Node) -> Node:
    response = resolve(document, node)
    headers = {name.lower(): resolve(document, header) for name, header in response.get("headers", {}).items()}
    return {**response, "headers": headers}


def find_breaking_changes(old: Node, new: Node) -> list[str]:
    """List every breaking change as sorted lines of the form `location: change`."""
    schemas = SchemaComparison(old, new)
    changes = set(_compare_error_codes(old, new))
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
    return ((f"{method.upper()} {path}", operation) for path, method, operation in operations(document, part))


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
    yield from schemas.compare_request(old["schema"], new["schema"], location)
    old_default, new_default = (side["schema"].get("default", "none") for side in (old, new))
    if old_default != new_default:
        yield f"{location}: default changed from {old_default} to {new_default}"


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
            yield from compare(media["schema"], new_content[media_type]["schema"], location)
        else:
            yield f"{location}: media type {media_type} removed"


def _compare_headers(old: Node, new: Node, schemas: SchemaComparison, location: str) -> Iterator[str]:
    for name, header in old.items():
        if name in new:
            yield from schemas.compare_response(header["schema"], new[name]["schema"], f"{location} {name}")
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


def read_file(file: Path) -> Node:
    """Parse a document in JSON (`.json`) or YAML (any other suffix)."""
    content = file.read_bytes()
    document: Node = orjson.loads(content) if file.suffix == ".json" else yaml.safe_load(content)
    return document


def write_release() -> Path:
    """Save the document as the released copy of its version, and return the file."""
    file = RELEASED / f"{read_document()['info']['version']}.json"
    file.write_bytes(orjson.dumps(read_document(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return file


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m spec.tools.breaking",
        description="List the breaking changes between two OpenAPI documents. Exit status 1: there are some.",
    )
    parser.add_argument("old", type=Path, nargs="?", help="the older document, JSON or YAML")
    parser.add_argument("new", type=Path, nargs="?", default=FILE, help="the newer one (default: spec/openapi.yaml)")
    parser.add_argument("--release", action="store_true", help="save spec/openapi.yaml as released, compare nothing")
    options = parser.parse_args()
    if options.release:
        sys.stdout.write(f"Wrote {write_release()}.\n")
        return 0
    if options.old is None:
        parser.error("OLD is missing: name the older document, for example spec/released/2026-05-07.json")
    changes = find_breaking_changes(read_file(options.old), read_file(options.new))
    sys.stdout.write("".join(f"{line}\n" for line in changes) or "No breaking changes.\n")
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main())
