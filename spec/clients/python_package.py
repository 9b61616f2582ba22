"""Generator of the Python client: models, errors and operations."""

import re
from collections.abc import Iterator

from spec.clients.error_names import class_name, list_codes, list_types
from spec.clients.operations import ClientMethod, group_operations
from spec.document import Node
from spec.tools import typed_dicts

FOLDER = "clients/python/src/watchtraderhub"
NOTE = "Generated from the hub's OpenAPI document: `make generate` writes this file."
UNION = re.compile(r"= \(\n    (.*?)\n\)", re.DOTALL)


def render_files(document: Node) -> dict[str, str]:
    """Render the generated modules by path."""
    return {
        f"{FOLDER}/_models.py": render_models(document),
        f"{FOLDER}/_error_classes.py": render_errors(document),
        f"{FOLDER}/_operations.py": render_operations(document),
    }


def render_models(document: Node) -> str:
    """Render a TypedDict for each schema."""
    # Python 3.9 has no unions with `|` at runtime; annotations are not evaluated
    body = UNION.sub(lambda match: _render_union(match[1]), typed_dicts.render_declarations(document))
    names = ["Any", "Literal", "TypedDict", "Union"]
    imports = ["TYPE_CHECKING", *(name for name in names if re.search(rf"\b{name}\b", body))]
    return (
        f'"""Types of requests, responses and events.\n\n{NOTE}\n"""\n\nfrom __future__ import annotations\n\n'
        f"from typing import {', '.join(imports)}\n\nif TYPE_CHECKING:\n"
        f"    from typing_extensions import NotRequired, TypeAlias\n{body}"
    )


def _render_union(members: str) -> str:
    lines = [f"    {member.strip()},\n" for member in members.split("|")]
    return f"= Union[\n{''.join(lines)}]"


def render_errors(document: Node) -> str:
    """Render an exception for each error type, and one below it for each code."""
    types, codes = list_types(document), list_codes(document)
    blocks = [_render_class(name, "StatusError", f"Errors of the type `{name}`.") for name in types]
    blocks += [_render_class(code, class_name(kind), f"Code `{code}`.") for code, kind in codes.items()]
    names = sorted(class_name(name) for name in [*types, *codes])
    listing = "".join(f'    "{name}",\n' for name in names)
    return (
        f'"""An exception for each error type and code.\n\n{NOTE}\n"""\n\n'
        "from __future__ import annotations\n\nfrom watchtraderhub._base_errors import StatusError\n\n"
        f"__all__ = [\n{listing}]\n\n\n" + "\n\n".join(blocks) + "\n\n"
        f"{_render_table('ERRORS_BY_TYPE', types)}\n{_render_table('ERRORS_BY_CODE', list(codes))}"
    )


def _render_class(name: str, parent: str, docstring: str) -> str:
    return f'class {class_name(name)}({parent}):\n    """{docstring}"""\n'


def _render_table(variable: str, names: list[str]) -> str:
    entries = "".join(f'    "{name}": {class_name(name)},\n' for name in names)
    return f"{variable}: dict[str, type[StatusError]] = {{\n{entries}}}\n"


def render_operations(document: Node) -> str:
    """Render a class for each tag, with a method for each operation."""
    groups = group_operations(document)
    classes = [_render_group(document, tag, members) for tag, members in groups.items()]
    attributes = "".join(f"        self.{tag.lower()} = {tag}(transport)\n" for tag in groups)
    classes.append(
        'class Operations:\n    """The operations of the API by tag."""\n\n'
        f"    def __init__(self, transport: Transport) -> None:\n{attributes}"
    )
    text = "\n\n".join(classes)
    typing = [name for name in ("Any", "cast") if re.search(rf"\b{name}\b", text)]
    local = [
        "from watchtraderhub import _models as models",
        "from watchtraderhub._transport import Transport, fill_path",
        "from watchtraderhub.pages import Pages",
    ]
    return (
        f'"""The operations of the API by tag.\n\n{NOTE}\n"""\n\nfrom __future__ import annotations\n\n'
        f"from typing import {', '.join(typing)}\n\n{chr(10).join(local)}\n\n\n{text}"
    )


def _render_group(document: Node, tag: str, members: list[ClientMethod]) -> str:
    description = next(item["description"] for item in document["tags"] if item["name"] == tag)
    head = (
        f'class {tag}:\n    """{_first_sentence(description)}"""\n\n'
        "    def __init__(self, transport: Transport) -> None:\n        self._transport = transport\n"
    )
    return "\n".join([head, *map(_render_method, members)])


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.)\s", text, maxsplit=1)[0]


def _render_method(operation: ClientMethod) -> str:
    arguments = "".join(f"        {item},\n" for item in _arguments(operation))
    inputs = f"\n        self,\n{arguments}    " if arguments else "self"
    signature = f"    def {operation.name}({inputs}) -> {_result(operation)}:\n"
    return f'{signature}        """{operation.summary}."""\n{_render_body(operation)}'


def _arguments(operation: ClientMethod) -> Iterator[str]:
    yield from (f"{name}: str" for name in operation.path_params)
    if operation.body is not None:
        kind = _annotation(operation.body)
        yield f"body: {kind}" if operation.is_body_required else f"body: {kind} | None = None"
    if operation.query or operation.method == "POST":
        yield "*"
    yield from (f"{name}: {_annotation(schema)} | None = None" for name, schema in operation.query.items())
    if operation.method == "POST":
        yield "idempotency_key: str | None = None"


def _result(operation: ClientMethod) -> str:
    return f"Pages[{_annotation(operation.item)}]" if operation.item else _annotation(operation.result)


def _annotation(schema: Node) -> str:
    """Render a type; schemas are in the module `models`."""
    text = typed_dicts.annotation(schema)
    for name in typed_dicts.references(schema):
        text = re.sub(rf"\b{name}\b", f"models.{name}", text)
    return text


def _render_body(operation: ClientMethod) -> str:
    lines, path = [], f'"{operation.path}"'
    if operation.path_params:
        template = re.sub(r"\{\w+\}", "{}", operation.path)
        lines.append(f'path = fill_path("{template}", {", ".join(operation.path_params)})')
        path = "path"
    if operation.query:
        entries = "".join(f'            "{name}": {name},\n' for name in operation.query)
        lines.append(f"query: dict[str, Any] = {{\n{entries}        }}")
    call = f"self._transport.{_render_call(operation, path)}"
    lines.append(f"return {call}" if operation.item else f'return cast("{_result(operation)}", {call})')
    return "".join(f"        {line}\n" for line in lines)


def _render_call(operation: ClientMethod, path: str) -> str:
    if operation.method == "POST":
        return f"post({path}, {'None' if operation.body is None else 'body'}, idempotency_key)"
    query = ", query" if operation.query else ""
    return f"list({path}{query})" if operation.item else f"get({path}{query})"
