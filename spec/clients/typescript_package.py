"""Generator of the TypeScript client: models, errors and operations."""

import json
import re
from collections.abc import Iterable

from spec.clients.error_names import class_name, list_codes, list_types
from spec.clients.operations import ClientMethod, group_operations
from spec.clients.python_package import NOTE
from spec.document import Node

FOLDER = "clients/typescript/src"
SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def render_files(document: Node) -> dict[str, str]:
    """Render the generated modules by path."""
    return {
        f"{FOLDER}/models.ts": render_models(document),
        f"{FOLDER}/error_classes.ts": render_errors(document),
        f"{FOLDER}/operations.ts": render_operations(document),
    }


def render_models(document: Node) -> str:
    """Render a type for each schema."""
    schemas: Node = document["components"]["schemas"]
    return _join([f"// {NOTE}", *(_render_schema(name, schema) for name, schema in schemas.items())])


def _render_schema(name: str, schema: Node) -> str:
    if not schema.get("properties"):
        return f"export type {name} = {_annotation(schema)};"
    required = schema.get("required", [])
    fields = (
        f"  {field}{'' if field in required else '?'}: {_annotation(node)};\n"
        for field, node in schema["properties"].items()
    )
    return f"export interface {name} {{\n{''.join(fields)}}}"


def _annotation(schema: Node, prefix: str = "") -> str:
    if "$ref" in schema:
        return prefix + str(schema["$ref"]).rsplit("/", 1)[-1]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "oneOf" in schema:
        return " | ".join(_annotation(option, prefix) for option in schema["oneOf"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " | ".join(SCALARS.get(kind) or _container(kind, schema, prefix) for kind in kinds)


def _container(kind: str, schema: Node, prefix: str) -> str:
    if kind == "array":
        return f"Array<{_annotation(schema['items'], prefix)}>"
    values = schema["additionalProperties"]
    return f"Record<string, {_annotation(values, prefix) if isinstance(values, dict) else 'unknown'}>"


def render_errors(document: Node) -> str:
    """Render a class for each error type, and one below it for each code."""
    types, codes = list_types(document), list_codes(document)
    blocks = [f"// {NOTE}", 'import { StatusError, type StatusErrorClass } from "./base_errors.js";']
    blocks += [f"export class {class_name(name)} extends StatusError {{}}" for name in types]
    blocks += [f"export class {class_name(code)} extends {class_name(kind)} {{}}" for code, kind in codes.items()]
    return _join([*blocks, _render_table("errorsByType", types), _render_table("errorsByCode", codes)])


def _render_table(variable: str, names: Iterable[str]) -> str:
    entries = "".join(f'  ["{name}", {class_name(name)}],\n' for name in names)
    return f"export const {variable} = new Map<string, StatusErrorClass>([\n{entries}]);"


def render_operations(document: Node) -> str:
    """Render a class for each tag, with a method for each operation."""
    groups = group_operations(document)
    imports = (
        'import type * as models from "./models.js";\nimport type { Pages } from "./pages.js";\n'
        'import { encodeId, type PostOptions, type Transport } from "./transport.js";'
    )
    fields = "".join(f"  readonly {tag.lower()}: {tag};\n" for tag in groups)
    created = "".join(f"    this.{tag.lower()} = new {tag}(transport);\n" for tag in groups)
    whole = (
        "/** The operations of the API by tag. */\nexport class Operations {\n"
        f"{fields}\n  constructor(transport: Transport) {{\n{created}  }}\n}}"
    )
    return _join([f"// {NOTE}", imports, *(_render_group(tag, methods) for tag, methods in groups.items()), whole])


def _render_group(tag: str, methods: list[ClientMethod]) -> str:
    head = (
        "  readonly #transport: Transport;\n\n"
        "  constructor(transport: Transport) {\n    this.#transport = transport;\n  }\n"
    )
    return f"export class {tag} {{\n{head}{''.join(map(_render_method, methods))}}}"


def _render_method(operation: ClientMethod) -> str:
    result = _annotation(operation.item or operation.result, "models.")
    kind = f"Pages<{result}>" if operation.item else f"Promise<{result}>"
    return (
        f"\n  /** {operation.summary}. */\n  {operation.camel_name}({_arguments(operation)}): {kind} {{\n"
        f"    return this.#transport.{_render_call(operation, result)};\n  }}\n"
    )


def _arguments(operation: ClientMethod) -> str:
    arguments = [f"{_camel(name)}: string" for name in operation.path_params]
    if operation.body is not None:
        mark = "" if operation.is_body_required else "?"
        arguments.append(f"body{mark}: {_annotation(operation.body, 'models.')}")
    if operation.query:
        fields = (f"{name}?: {_annotation(schema, 'models.')} | undefined" for name, schema in operation.query.items())
        arguments.append(f"query: {{ {'; '.join(fields)} }} = {{}}")
    if operation.method == "POST":
        arguments.append("options: PostOptions = {}")
    return ", ".join(arguments)


def _render_call(operation: ClientMethod, result: str) -> str:
    path = re.sub(r"\{(\w+)\}", lambda match: f"${{encodeId({_camel(match[1])})}}", operation.path)
    quoted = f"`{path}`" if operation.path_params else f'"{path}"'
    if operation.method == "POST":
        return f"post<{result}>({quoted}, {'undefined' if operation.body is None else 'body'}, options)"
    name = "list" if operation.item else "get"
    return f"{name}<{result}>({quoted}{', query' if operation.query else ''})"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _join(blocks: Iterable[str]) -> str:
    return "\n\n".join(blocks) + "\n"
