"""An OpenAPI 3.1 document as the collection sees it: operations, their parameters, bodies, answers and examples."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Example:
    """A named example of a body."""

    name: str
    summary: str
    value: Any


@dataclass(frozen=True)
class Operation:
    """One operation of the document, or a webhook of it."""

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

    def parameters(self, place: str) -> list[Json]:
        """Those in `path`, `query` or `header`."""
        followed = (follow(self.document, parameter) for parameter in self.raw.get("parameters", []))
        return [parameter for parameter in followed if parameter["in"] == place]

    def bodies(self) -> list[Example]:
        body = follow(self.document, self.raw.get("requestBody", {}))
        return examples(self.document, body.get("content", {}))

    def answers(self) -> dict[str, Json]:
        """By status, as the document spells it: `200`, `default`."""
        return {status: follow(self.document, answer) for status, answer in self.raw["responses"].items()}

    def successes(self) -> tuple[int, ...]:
        return tuple(sorted(int(status) for status in self.raw["responses"] if status.startswith("2")))


def operations(document: Json) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield Operation(document, path, method, item[method])


def webhooks(document: Json) -> Iterator[Operation]:
    """`path` is the event type."""
    for event_type, item in document.get("webhooks", {}).items():
        yield Operation(document, event_type, "post", item["post"])


def follow(document: Json, node: Json) -> Json:
    """The object that a reference inside the document means."""
    while "$ref" in node:
        target: Any = document
        for token in node["$ref"].removeprefix("#/").split("/"):
            target = target[token.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def examples(document: Json, content: Mapping[str, Json]) -> list[Example]:
    """All named examples of the JSON media type."""
    media = json_media(content)
    named = {name: follow(document, example) for name, example in media.get("examples", {}).items()}
    return [Example(name, example.get("summary", name), example["value"]) for name, example in named.items()]


def json_media(content: Mapping[str, Json]) -> Json:
    return next((media for name, media in content.items() if name.split(";")[0].endswith("json")), {})


def uid(*parts: str) -> str:
    """An id that is the same in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(("postman", *parts))))
