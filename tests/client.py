"""REST client for the API, as a dealer's developer would write it."""

import uuid
from typing import Any

import requests


class Client:
    """Calls the API with one key; each POST gets a fresh Idempotency-Key unless `key` is given."""

    def __init__(self, url: str, key: str | None) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        if key is not None:
            self.session.headers["Authorization"] = f"Bearer {key}"

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> requests.Response:
        return self.session.get(self.url + path, params=query, headers=headers, timeout=40)

    def post(
        self, path: str, body: Any = None, *, key: str | None = None, headers: dict[str, str] | None = None
    ) -> requests.Response:
        all_headers = {"Idempotency-Key": key or uuid.uuid4().hex, **(headers or {})}
        return self.session.post(self.url + path, json=body, headers=all_headers, timeout=40)

    def order(self, *listing_ids: str, key: str | None = None, **fields: Any) -> requests.Response:
        items = [{"listing_id": listing_id} for listing_id in listing_ids]
        customer = {"email": "buyer@shop.example", "first_name": "Bea"}
        return self.post("/orders", {"items": items, "customer": customer, **fields}, key=key)

    def list_all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Return all rows of a list, fetched page by page."""
        rows: list[dict[str, Any]] = []
        after: dict[str, Any] = {}
        while True:
            page = self.get(path, **query, **after).json()
            rows += page["data"]
            if not page["has_more"]:
                return rows
            after = {"after": page["next_cursor"]}


def error_of(response: requests.Response) -> tuple[int, str, str | None]:
    """Return status, code and param of an error response, after checking its envelope."""
    error = response.json()["error"]
    assert set(error) == {"type", "code", "message", "doc_url", "request_id", "param"}
    assert error["request_id"] == response.headers["X-Request-Id"]
    assert error["doc_url"].endswith(f"/docs/api/errors#{error['code']}")
    return response.status_code, error["code"], error["param"]
