"""Reads operations, responses and examples for the Postman collection."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spec import document as spec_document
from spec.document import resolve

Json = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """A named example of a body."""

    name: str
    summary: str
    value: Any


@dataclass(frozen=True)
class Operation:
    """One operation or webhook of the document."""

    document: Json
    path: str
    method: str
    raw: Json

    @property
    def id(self) -> str:
        return str(self.raw["operationId"])

    @property
    def tag(self) -> str:
        return str(self.raw["tags"][0])

    @property
    def is_public(self) -> bool:
        return self.raw.get("security") == []

    def parameters(self, location: str) -> list[Json]:
        """Parameters in one location: `path`, `query` or `header`."""
        parameters = (resolve(self.document, parameter) for parameter in self.raw.get("parameters", []))
        return [parameter for parameter in parameters if parameter["in"] == location]

    def body_examples(self) -> list[Example]:
        body = resolve(self.document, self.raw.get("requestBody", {}))
        return examples(self.document, body.get("content", {}))

    def responses(self) -> dict[str, Json]:
        """Responses by status, as the document spells it: `200`, `default`."""
        return {status: resolve(self.document, response) for status, response in self.raw["responses"].items()}

    def success_statuses(self) -> tuple[int, ...]:
        return tuple(sorted(int(status) for status in self.raw["responses"] if status.startswith("2")))


def operations(document: Json) -> Iterator[Operation]:
    for path, method, node in spec_document.operations(document):
        yield Operation(document, path, method, node)


def webhooks(document: Json) -> Iterator[Operation]:
    """Webhooks as operations whose `path` is the event type."""
    for event_type, method, node in spec_document.operations(document, "webhooks"):
        yield Operation(document, event_type, method, node)


def examples(document: Json, content: Mapping[str, Json]) -> list[Example]:
    """The named examples of the JSON media type."""
    media = json_media(content)
    by_name = {name: resolve(document, example) for name, example in media.get("examples", {}).items()}
    return [Example(name, example.get("summary", name), example["value"]) for name, example in by_name.items()]


def json_media(content: Mapping[str, Json]) -> Json:
    return next((media for name, media in content.items() if name.split(";")[0].endswith("json")), {})


def stable_id(*parts: str) -> str:
    """A UUID that is the same in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(("postman", *parts))))
