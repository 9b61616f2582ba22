"""Response of http.client with the head and the chunk sizes of `response_head`."""

import re
from http.client import BadStatusLine, HTTPException, HTTPResponse, IncompleteRead

from webhooks.exchange import current_exchange
from webhooks.response_head import ResponseHead, parse_framing, read_head

_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")


class FinalResponse(HTTPResponse):
    """The response after all interim ones. Its fields are those of `Exchange.head`."""

    def begin(self) -> None:
        self._exchange = current_exchange.get()
        head = self._read_head()
        while head.is_interim:
            head = self._read_head()
        self.code = self.status = head.status
        self.reason, self.version = "", 11 if head.minor_version else 10
        self.length, self.chunked, self.will_close = parse_framing(head)
        self.chunk_left = None

    def read_some(self, size: int) -> bytes:
        """Read up to `size` bytes of the body, at least one; none at its end.

        Then the response is closed. Raises IncompleteRead if the connection ends before the body does.
        """
        piece = self.read1(size)
        if not piece and self.length:
            raise IncompleteRead(b"", self.length)
        if not piece or self.length == 0:
            self.close()
        return piece

    def _read_head(self) -> ResponseHead:
        try:
            self._exchange.head = read_head(self.fp)
        except BadStatusLine:
            self._exchange.is_out_of_step = self._exchange.is_reused and self._exchange.head is None
            raise
        return self._exchange.head

    def _read_next_chunk_size(self) -> int:
        """Read the line before a chunk.

        The base class accepts what `int` does, such as -5 and 1_0.
        """
        line = self.fp.readline()
        match = _CHUNK_LINE.fullmatch(line)
        if match is None:
            raise HTTPException("invalid chunk size") if line.endswith(b"\n") else IncompleteRead(b"")
        return int(match[1], 16)

    def _read_and_discard_trailer(self) -> None:
        while self.fp.readline() not in (b"\r\n", b"\n", b""):  # the base class stops at lines of 64 KiB
            pass

    def _close_conn(self) -> None:
        self._exchange.finish(self.fp)
        super()._close_conn()  # type: ignore[misc] # typeshed leaves out private methods
