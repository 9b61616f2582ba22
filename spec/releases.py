"""The released documents, one per API version."""

import orjson

from spec.document import FILE, Node

RELEASED = FILE.parent / "released"


def list_releases() -> list[str]:
    """List the released API versions, newest first."""
    return sorted((file.stem for file in RELEASED.glob("*.json")), reverse=True)


def read_release(version: str) -> Node:
    document: Node = orjson.loads((RELEASED / f"{version}.json").read_bytes())
    return document
