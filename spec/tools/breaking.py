"""Finds what breaks clients between two editions of the contract document: `python -m spec.tools.breaking OLD NEW`.

docs/versioning.md says what counts. Operations and webhooks are compared here, schemas in spec/tools/compatibility.py.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import yaml

from spec.document import FILE, METHODS, read_document
from spec.tools.compatibility import Node, Schemas, follow

RELEASED = FILE.parent / "released"

Compare = Callable[[Node, Node, str], Iterator[str]]


class SpecSide:
    """One operation or webhook as one edition of the document describes it."""

    def __init__(self, document: Node, operation: Node) -> None:
        self.operation_id = operation.get("operationId")
        self.credentials = operation.get("security", document.get("security")) or [{}]
        parameters = [follow(document, parameter) for parameter in operation.get("parameters", [])]
        self.parameters = {(p["in"], p["name"].lower()): p for p in parameters}
        self.body = follow(document, operation.get("requestBody", {}))
        self.answers = {status: _whole(document, answer) for status, answer in operation.get("responses", {}).items()}


def _whole(document: Node, answer: Node) -> Node:
    answer = follow(document, answer)
    headers = {name.lower(): follow(document, header) for name, header in answer.get("headers", {}).items()}
    return {**answer, "headers": headers}


def find_breaking_changes(old: Node, new: Node) -> list[str]:
    """Every breaking change, as sorted `place: what changed` lines."""
    schemas = Schemas(old, new)
    found = set(_error_codes(old, new))
    for part, compare in (("paths", _operation), ("webhooks", _webhook)):
        known = dict(_calls(new, part))
        for at, call in _calls(old, part):
            if at in known:
                found.update(compare(SpecSide(old, call), SpecSide(new, known[at]), schemas, at))
            else:
                found.add(f"{at}: it is removed")
    return sorted(found)


def _calls(document: Node, part: str) -> Iterator[tuple[str, Node]]:
    for path, item in document.get(part, {}).items():
        yield from ((f"{method.upper()} {path}", item[method]) for method in METHODS if method in item)


def _operation(old: SpecSide, new: SpecSide, schemas: Schemas, at: str) -> Iterator[str]:
    yield from _operation_id(old, new, at)
    if not all(any(set(enough) <= set(held) for enough in new.credentials) for held in old.credentials):
        yield f"{at}: credentials that were enough are not"
    yield from _parameters(old, new, schemas, at)
    if new.body.get("required") and not old.body.get("required"):
        yield f"{at} body: it is required now"
    yield from _content(old.body, new.body, schemas.sent, f"{at} body")
    yield from _answers(old, new, schemas, at)


def _webhook(old: SpecSide, new: SpecSide, schemas: Schemas, at: str) -> Iterator[str]:
    """A webhook is sent by us: to its receiver, body and headers are what answers are to a client."""
    yield from _operation_id(old, new, at)
    yield from _content(old.body, new.body, schemas.received, f"{at} body")
    before, after = ({name: told for (_, name), told in call.parameters.items()} for call in (old, new))
    yield from _headers(before, after, schemas, at)


def _operation_id(old: SpecSide, new: SpecSide, at: str) -> Iterator[str]:
    if old.operation_id != new.operation_id:
        yield f"{at}: operationId was {old.operation_id}, is {new.operation_id}"


def _parameters(old: SpecSide, new: SpecSide, schemas: Schemas, at: str) -> Iterator[str]:
    for key, parameter in new.parameters.items():
        if parameter.get("required") and not old.parameters.get(key, {}).get("required"):
            yield f"{at} {key[1]}: the parameter is required now"
    for key, parameter in old.parameters.items():
        if key not in new.parameters:
            yield f"{at} {key[1]}: the parameter is removed"
            continue
        if _style(parameter) != _style(new.parameters[key]):
            yield f"{at} {key[1]}: it was written in {_style(parameter)}, is in {_style(new.parameters[key])}"
        schema, later = parameter["schema"], new.parameters[key]["schema"]
        yield from schemas.sent(schema, later, f"{at} {key[1]}")
        if schema.get("default") != later.get("default"):
            yield f"{at} {key[1]}: the default was {schema.get('default')}, is {later.get('default')}"


def _style(parameter: Node) -> str:
    """With the defaults of OpenAPI 3.1, 4.8.12.2."""
    style = parameter.get("style") or ("form" if parameter["in"] in ("query", "cookie") else "simple")
    is_exploded = parameter.get("explode", style == "form")
    return f"style {style}, {'exploded' if is_exploded else 'not exploded'}"


def _answers(old: SpecSide, new: SpecSide, schemas: Schemas, at: str) -> Iterator[str]:
    """Errors may come and go where the old edition documents a `default`, for then a client expects them."""
    may_differ = "45" if "default" in old.answers else ""
    for status in old.answers.keys() ^ new.answers.keys():
        if status[0] not in may_differ:
            yield f"{at} {status}: the status is {'removed' if status in old.answers else 'new'}"
    for status in old.answers.keys() & new.answers.keys():
        answer, later = old.answers[status], new.answers[status]
        yield from _content(answer, later, schemas.received, f"{at} {status}")
        yield from _headers(answer["headers"], later["headers"], schemas, f"{at} {status}")


def _content(old: Node, new: Node, compare: Compare, at: str) -> Iterator[str]:
    later = new.get("content", {})
    for media_type, media in old.get("content", {}).items():
        if media_type in later:
            yield from compare(media["schema"], later[media_type]["schema"], at)
        else:
            yield f"{at}: {media_type} is removed"


def _headers(old: Node, new: Node, schemas: Schemas, at: str) -> Iterator[str]:
    for name, header in old.items():
        if name in new:
            yield from schemas.received(header["schema"], new[name]["schema"], f"{at} {name}")
            if header.get("required") and not new[name].get("required"):
                yield f"{at} {name}: the header may be missing"
        else:
            yield f"{at} {name}: the header is removed"


def _error_codes(old: Node, new: Node) -> Iterator[str]:
    """Codes that keep their name but change status or type."""
    before, after = (document.get("components", {}).get("schemas", {}).get("ErrorCode", {}) for document in (old, new))
    for word in ("x-http-status", "x-error-type"):
        for code, said in before.get(word, {}).items():
            if after.get(word, {}).get(code, said) != said:
                yield f"ErrorCode {code}: {word} was {said}, is {after[word][code]}"


def read(file: Path) -> Node:
    document: Node = yaml.safe_load(file.read_bytes()) if file.suffix != ".json" else orjson.loads(file.read_bytes())
    return document


def release() -> Path:
    """Writes the document down as the released edition of its version."""
    file = RELEASED / f"{read_document()['info']['version']}.json"
    file.write_bytes(orjson.dumps(read_document(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return file


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m spec.tools.breaking", description="Exit status 1: NEW breaks clients."
    )
    parser.add_argument("old", type=Path, nargs="?", help="an edition of the document, JSON or YAML")
    parser.add_argument("new", type=Path, nargs="?", default=FILE, help="another one (default: spec/openapi.yaml)")
    parser.add_argument("--release", action="store_true", help="write spec/openapi.yaml down as released")
    given = parser.parse_args()
    if given.release:
        sys.stdout.write(f"{release()} is written.\n")
        return 0
    if given.old is None:
        parser.error("say which document is the old one")
    found = find_breaking_changes(read(given.old), read(given.new))
    sys.stdout.write("".join(f"{line}\n" for line in found) or "Nothing breaks.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
