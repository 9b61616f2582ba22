"""API clients that connect from other addresses of the loopback network."""

from typing import Any

from requests.adapters import HTTPAdapter

from tests.client import Client
from tests.hub import Server


class SourceAddressAdapter(HTTPAdapter):
    """Connects from the given loopback address."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, source_address=(self.address, 0), **options)


def client_from(server: Server, key: str | None, address: str) -> Client:
    client = Client(server.url, key)
    client.session.mount("http://", SourceAddressAdapter(address))
    return client
