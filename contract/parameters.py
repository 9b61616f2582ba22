"""Parameters of query, path and header: strictly read, each by its compiled schema."""

import re
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Scope

from contract.validation_messages import sentence
from errors import Refusal

INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
BOOLEANS = {"true": True, "false": False}
MOST_PARAMETERS = 100
IDEMPOTENCY_KEY = "Idempotency-Key"
CODES_OF_THEIR_OWN = {
    IDEMPOTENCY_KEY: ("invalid_idempotency_key", "An Idempotency-Key is 1 to 255 printable ASCII characters."),
    "after": ("invalid_cursor", "This is no cursor; send the `next_cursor` of a page, or leave `after` out to start."),
}


class Parameter:
    """One parameter: its schema's validator, and how its text becomes a value."""

    def __init__(self, definition: dict[str, Any]) -> None:
        schema = definition["schema"]
        self.name: str = definition["name"]
        self.argument = self.name.lower().replace("-", "_")
        self.is_required = definition.get("required", False)
        self.default = schema.get("default")
        self.type = schema["type"]
        self.validator = schema.validator

    def read(self, text: str | None) -> Any:
        if text is None:
            if self.is_required:
                raise _missing(self.name)
            return self.default
        value = self._value(text)
        if not self.validator.is_valid(value):
            raise _unfit(self.name, sentence(next(self.validator.iter_errors(value))))
        return value

    def _value(self, text: str) -> Any:
        if self.type == "integer" and INTEGER.fullmatch(text):
            return int(text)
        return BOOLEANS.get(text, text) if self.type == "boolean" else text


class ParameterParser:
    """All parameters of an operation."""

    def __init__(self, definitions: list[dict[str, Any]]) -> None:
        self.query = {p["name"]: Parameter(p) for p in definitions if p["in"] == "query"}
        self.path = [Parameter(p) for p in definitions if p["in"] == "path"]
        self.headers = [Parameter(p) for p in definitions if p["in"] == "header"]

    def read(self, scope: Scope) -> dict[str, Any]:
        """Arguments by their snake_case names. Raises `validation_failed` and the codes of key and cursor."""
        given = self._query(scope["query_string"])
        arguments = {parameter.argument: parameter.read(given.get(name)) for name, parameter in self.query.items()}
        for parameter in self.path:
            arguments[parameter.argument] = parameter.read(scope["path_params"][parameter.name])
        for parameter in self.headers:
            arguments[parameter.argument] = parameter.read(_header(scope, parameter.name))
        return arguments

    def _query(self, query_string: bytes) -> dict[str, str]:
        given: dict[str, str] = {}
        for name, text in _pairs(query_string):
            if name not in self.query:
                raise Refusal("validation_failed", "There is no query parameter of this name here.", param=name[:200])
            if name in given:
                raise Refusal("validation_failed", "This query parameter is given twice.", param=name)
            given[name] = text
        return given


def _pairs(query_string: bytes) -> list[tuple[str, str]]:
    if not query_string:
        return []
    try:
        return parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except ValueError:
        message = f"A query string is percent-encoded UTF-8 with at most {MOST_PARAMETERS} parameters."
        raise Refusal("validation_failed", message) from None


def _header(scope: Scope, name: str) -> str | None:
    wanted = name.lower().encode()
    given = [value.decode("latin-1") for key, value in scope["headers"] if key == wanted]
    if len(given) > 1 and name == IDEMPOTENCY_KEY:
        raise _unfit(name, "This header is given twice.")
    return ", ".join(given) if given else None


def _missing(name: str) -> Refusal:
    if name == IDEMPOTENCY_KEY:
        message = "Send an Idempotency-Key header, a new one for each new request, for instance a UUID."
        return Refusal("missing_idempotency_key", message, param=name)
    return Refusal("validation_failed", "This parameter is required.", param=name)


def _unfit(name: str, message: str) -> Refusal:
    code, message = CODES_OF_THEIR_OWN.get(name, ("validation_failed", message))
    return Refusal(code, message, param=name)
