"""HTTP requests of the compared operations, as bytes."""

import json
import uuid
from collections.abc import Iterator, Sequence
from itertools import cycle

import requests

PAGES = 30  # different pages in turn, so that a cache of the last page does not decide the result


def get(key: str, path: str) -> bytes:
    """Build a GET request with an API key."""
    return _request(key, "GET", path)


def list_pages(port: int, key: str, limit: int) -> Iterator[bytes]:
    """Follow the cursors of a server through the list of listings, then repeat the requests for these pages."""
    first = path = f"/api/v1/listings?limit={limit}"
    found = []
    for _ in range(PAGES):
        found.append(get(key, path))
        page = requests.get(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {key}"}, timeout=30)
        assert len(page.json()["data"]) == limit, page.text
        path = f"{first}&after={page.json()['next_cursor']}"
    return cycle(found)


def orders(key: str, listing_ids: Sequence[str]) -> Iterator[bytes]:
    """Build an order of each listing, each by a new customer."""
    for listing_id in listing_ids:
        customer = {"email": f"{uuid.uuid4().hex}@customers.example"}
        body = {"items": [{"listing_id": listing_id}], "customer": customer, "note": "Gift wrap"}
        yield _request(key, "POST", "/api/v1/orders", json.dumps(body).encode())


def _request(key: str, method: str, path: str, body: bytes = b"") -> bytes:
    content = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    idempotency_key = f"Idempotency-Key: {uuid.uuid4()}\r\n" if body else ""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Accept: application/json\r\n{idempotency_key}{content}\r\n"
    ).encode() + body


def send_once(port: int, request: bytes) -> requests.Response:
    """Send one of these requests."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split()
    headers = {"Accept-Encoding": "identity", **dict(line.split(": ") for line in lines)}
    return requests.request(method, f"http://127.0.0.1:{port}{target}", data=body, headers=headers, timeout=30)
