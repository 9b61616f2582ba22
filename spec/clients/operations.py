"""Operations of the document as groups of methods of a client.

A group is a tag. A method is the `operationId` without the name of its group: `createOrder` of the tag Orders is
`orders.create`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spec.document import Node, operations, resolve


@dataclass(frozen=True)
class ClientMethod:
    """A method of a client.

    `item` is the schema of an entry if the operation is a list, else None. `query` has the schema of each parameter.
    `body` is the schema of the request body.
    """

    words: tuple[str, ...]
    summary: str
    method: str
    path: str
    path_params: tuple[str, ...]
    query: dict[str, Node]
    body: Node | None
    is_body_required: bool
    result: Node
    item: Node | None

    @property
    def name(self) -> str:
        """The name in Python."""
        return "_".join(self.words)

    @property
    def camel_name(self) -> str:
        """The name in TypeScript."""
        return self.words[0] + "".join(word.capitalize() for word in self.words[1:])


def group_operations(document: Node) -> dict[str, list[ClientMethod]]:
    """List the operations of each tag, in the order of the document's tags.

    Tags without operations are omitted. Raises ValueError if two operations of a tag get the same name.
    """
    groups: dict[str, list[ClientMethod]] = {tag["name"]: [] for tag in document["tags"]}
    for path, method, node in operations(document):
        groups[node["tags"][0]].append(_read_operation(document, path, method, node))
    for tag, members in groups.items():
        if len({member.words for member in members}) < len(members):
            raise ValueError(f"Two operations of the tag {tag} have the same name in the clients. Rename one.")
    return {tag: members for tag, members in groups.items() if members}


def _read_operation(document: Node, path: str, method: str, node: Node) -> ClientMethod:
    parameters = [resolve(document, item) for item in node.get("parameters", [])]
    body = node.get("requestBody")
    result = _success_schema(document, node)
    return ClientMethod(
        words=_method_words(node["operationId"], node["tags"][0]),
        summary=node["summary"],
        method=method.upper(),
        path=path,
        path_params=tuple(re.findall(r"\{(\w+)\}", path)),
        query={item["name"]: item["schema"] for item in parameters if item["in"] == "query"},
        body=body["content"]["application/json"]["schema"] if body else None,
        is_body_required=bool(body and body.get("required")),
        result=result,
        item=_item_of_list(document, result),
    )


def _method_words(operation_id: str, tag: str) -> tuple[str, ...]:
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+", operation_id)]
    group = tag.lower()
    rest = [word for word in words if word not in (group, group.removesuffix("s"))]
    return tuple(rest or words)


def _success_schema(document: Node, node: Node) -> Node:
    schemas = list(_success_schemas(document, node))
    if not schemas or any(schema != schemas[0] for schema in schemas):
        raise ValueError(f"{node['operationId']} must have one schema for all 2xx responses, for the clients.")
    return schemas[0]


def _success_schemas(document: Node, node: Node) -> Iterator[Node]:
    for status, response in node["responses"].items():
        if status.startswith("2"):
            yield resolve(document, response)["content"]["application/json"]["schema"]


def _item_of_list(document: Node, result: Node) -> Node | None:
    """Return the schema of the entries if `result` is a page with a cursor."""
    properties: Node = resolve(document, result).get("properties", {})
    items: Node | None = properties["data"]["items"] if "next_cursor" in properties else None
    return items
