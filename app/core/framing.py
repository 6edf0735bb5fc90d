"""The HTTP server's protocol with bounds of its own: on the head of a request, and on the time that it takes."""

from asyncio import BaseTransport, TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# More than browsers and web servers send by far.
HEAD_BYTES_MAX = 64 * 1024
# A head that has not ended after one whole round of this many seconds ends its connection.
HEAD_SECONDS = 30
REFUSAL = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)


class BoundedProtocol(HttpToolsProtocol):
    """Ends connections whose bytes are not content: endless heads, endless trailers, framing of nothing.

    The parser keeps a head until it ends, however long, and waits for it however long. Web servers in front
    have such bounds; a service that is reached without one needs them too.
    """

    _surplus = 0
    _awaited: object = None
    _watch: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """A client has connected."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._watch = self.loop.call_later(HEAD_SECONDS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes of a head, of content, or of both."""
        self._surplus += len(data)
        super().data_received(data)
        if self._surplus > HEAD_BYTES_MAX and not self.transport.is_closing():
            if self._is_in_head():
                self.transport.write(REFUSAL)
            self.transport.close()

    def on_body(self, body: bytes) -> None:
        """Content pays for itself, and for as much framing again."""
        self._surplus -= 2 * len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request has ended."""
        self._surplus = 0
        super().on_message_complete()

    def _is_in_head(self) -> bool:
        scope: Any = self.scope  # None before the first request
        return scope is None or "method" not in scope

    def _look(self) -> None:
        """Once in a while: is it still the same head that does not end?"""
        scope: Any = self.scope
        waiting = (scope or self) if self._is_in_head() else None
        if waiting is not None and waiting is self._awaited:
            self.transport.close()
            return
        self._awaited = waiting
        self._watch = self.loop.call_later(HEAD_SECONDS, self._look)
