"""Loopback TCP proxy whose server can hang, stop or return."""

import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self
from urllib.parse import urlsplit

CHUNK = 65536
DEFAULT_PORTS = {"postgresql": 5432, "redis": 6379}


class Proxy:
    """Forwards connections to a server on loopback until `hang`, and again after `resume`.

    While it hangs, it accepts connections and passes nothing on, like a stopped process or a silent network. `reset`
    ends all connections.
    """

    def __init__(self, host: str, port: int) -> None:
        self.server = (host, port)
        self._passes = threading.Event()
        self._passes.set()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._silent: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()
        self.resume()
        self.reset()

    def stop(self) -> None:
        """End all connections and accept no new one, like a server that has stopped."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.reset()

    def start(self) -> None:
        """Accept connections again at the same port."""
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def hang(self) -> None:
        self._passes.clear()

    def resume(self) -> None:
        self._passes.set()

    def silence(self) -> None:
        """Pass nothing more on the open connections, as a firewall that has forgotten them."""
        self._silent += self._pairs

    def reset(self) -> None:
        while self._pairs:
            for end in self._pairs.pop():
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        self._passes.wait()
        with client, suppress(OSError), socket.create_connection(self.server) as server:
            self._pairs.append((client, server))
            other = {client: server, server: client}
            with selectors.DefaultSelector() as selector:
                for end in other:
                    selector.register(end, selectors.EVENT_READ)
                while True:
                    for key, _ in selector.select():
                        self._passes.wait()
                        while (client, server) in self._silent and (client, server) in self._pairs:
                            time.sleep(0.01)
                        data = key.fileobj.recv(CHUNK)  # type: ignore[union-attr] # only sockets are registered
                        if not data:
                            return
                        other[key.fileobj].sendall(data)  # type: ignore[index] # as above


@contextmanager
def between(url: str) -> Iterator[tuple[Proxy, str]]:
    """Run a proxy before the server in `url`; yields it with the URL that leads through it."""
    parts = urlsplit(url)
    with Proxy(parts.hostname or "127.0.0.1", parts.port or DEFAULT_PORTS[parts.scheme]) as proxy:
        user = parts.netloc.rpartition("@")[0]
        netloc = f"{user}@127.0.0.1:{proxy.port}" if user else f"127.0.0.1:{proxy.port}"
        yield proxy, parts._replace(netloc=netloc).geturl()
