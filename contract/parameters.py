"""Parses and validates query, path and header parameters."""

import re
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Scope

from contract.validation_messages import describe_error
from errors import Refusal

INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
BOOLEANS = {"true": True, "false": False}
MAX_PARAMETERS = 100
IDEMPOTENCY_KEY = "Idempotency-Key"
SPECIFIC_ERRORS = {
    IDEMPOTENCY_KEY: (
        "invalid_idempotency_key",
        "The Idempotency-Key is invalid. Send 1 to 255 printable ASCII characters, for example a UUID.",
    ),
    "after": (
        "invalid_cursor",
        "The cursor is invalid. Send the `next_cursor` of a page unchanged, or omit `after` to start.",
    ),
}


class Parameter:
    """One parameter: parses its text by type and validates the value."""

    def __init__(self, definition: dict[str, Any]) -> None:
        schema = definition["schema"]
        self.name: str = definition["name"]
        self.argument = self.name.lower().replace("-", "_")
        self.is_required = definition.get("required", False)
        self.default = schema.get("default")
        self.type = schema["type"]
        self.validator = schema.validator

    def parse(self, text: str | None) -> Any:
        """Parse the text of a parameter; None means that it is missing.

        Raises `validation_failed`, `missing_idempotency_key`, `invalid_idempotency_key`, `invalid_cursor`.
        """
        if text is None:
            if self.is_required:
                raise _missing(self.name)
            return self.default
        value = self._convert(text)
        if not self.validator.is_valid(value):
            raise _invalid(self.name, describe_error(next(self.validator.iter_errors(value))))
        return value

    def _convert(self, text: str) -> Any:
        if self.type == "integer" and INTEGER.fullmatch(text):
            return int(text)
        return BOOLEANS.get(text, text) if self.type == "boolean" else text


class ParameterParser:
    """Parses all parameters of an operation."""

    def __init__(self, definitions: list[dict[str, Any]]) -> None:
        self.query = {p["name"]: Parameter(p) for p in definitions if p["in"] == "query"}
        self.path = [Parameter(p) for p in definitions if p["in"] == "path"]
        self.headers = [Parameter(p) for p in definitions if p["in"] == "header"]

    def parse(self, scope: Scope) -> dict[str, Any]:
        """Return the handler's arguments by their snake_case names.

        Raises `validation_failed`, `missing_idempotency_key`, `invalid_idempotency_key`, `invalid_cursor`.
        """
        query = self._read_query(scope["query_string"])
        arguments = {parameter.argument: parameter.parse(query.get(name)) for name, parameter in self.query.items()}
        for parameter in self.path:
            arguments[parameter.argument] = parameter.parse(scope["path_params"][parameter.name])
        for parameter in self.headers:
            arguments[parameter.argument] = parameter.parse(_read_header(scope, parameter.name))
        return arguments

    def _read_query(self, query_string: bytes) -> dict[str, str]:
        query: dict[str, str] = {}
        for name, text in _split_query(query_string):
            if name not in self.query:
                message = "Unknown query parameter. Check its spelling, or leave it out."
                raise Refusal("validation_failed", message, param=name[:200])
            if name in query:
                raise Refusal("validation_failed", "Duplicate query parameter. Send it once.", param=name)
            query[name] = text
        return query


def _split_query(query_string: bytes) -> list[tuple[str, str]]:
    if not query_string:
        return []
    try:
        return parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS
        )
    except ValueError:
        message = f"The query string is invalid. Send percent-encoded UTF-8 with at most {MAX_PARAMETERS} parameters."
        raise Refusal("validation_failed", message) from None


def _read_header(scope: Scope, name: str) -> str | None:
    raw_name = name.lower().encode()
    values = [value.decode("latin-1") for key, value in scope["headers"] if key == raw_name]
    if len(values) > 1 and name == IDEMPOTENCY_KEY:
        raise _invalid(name, "Duplicate header. Send it once.")
    return ", ".join(values) if values else None


def _missing(name: str) -> Refusal:
    if name == IDEMPOTENCY_KEY:
        message = "The Idempotency-Key header is missing. Send a new value, for example a UUID, with each new request."
        return Refusal("missing_idempotency_key", message, param=name)
    return Refusal("validation_failed", "This parameter is required. Add it to the request.", param=name)


def _invalid(name: str, message: str) -> Refusal:
    code, message = SPECIFIC_ERRORS.get(name, ("validation_failed", message))
    return Refusal(code, message, param=name)
