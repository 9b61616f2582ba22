"""`wth …` with a name server that takes ten seconds for names under slow.example.com, and finds nothing then."""

import socket
import time
from typing import Any

SECONDS = 10
_getaddrinfo = socket.getaddrinfo


def _resolve_slowly(host: Any, *arguments: Any, **options: Any) -> Any:
    if str(host).endswith(".slow.example.com"):
        time.sleep(SECONDS)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    return _getaddrinfo(host, *arguments, **options)


if __name__ == "__main__":
    socket.getaddrinfo = _resolve_slowly
    from cli import main  # after the replacement: modules keep a reference to the function

    main()
