"""Bytes on their way to a caller; what they come from is closed whatever becomes of the request."""

from collections.abc import Callable, Iterable, Mapping
from typing import IO

from anyio import CancelScope, to_thread
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

CHUNK_BYTES = 64 * 1024


class FilePieces:
    """The rest of an open file in pieces. Closed at its end, by `close`, and when nobody has it any more."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __iter__(self) -> "FilePieces":
        return self

    def __next__(self) -> bytes:
        piece = b"" if self._file.closed else self._file.read(CHUNK_BYTES)
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        """Nothing more is read."""
        self._file.close()

    __del__ = close


class Stream(StreamingResponse):
    """Pieces of bytes and what ends them: `close` is called once, also when the caller is gone before the first.

    A generator that never began does not run its `finally`; without this its file or its connection would wait
    for the garbage collection.
    """

    def __init__(
        self,
        content: Iterable[bytes],
        close: Callable[[], object],
        status_code: int = 200,  # the description of the API reads it from here
        *,
        media_type: str,
        headers: Mapping[str, str],
    ) -> None:
        super().__init__(content, status_code, media_type=media_type, headers=headers)
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the pieces."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with CancelScope(shield=True):
                await to_thread.run_sync(self._close)


def file_stream(file: IO[bytes], *, media_type: str, headers: Mapping[str, str]) -> Stream:
    """An open file from its beginning, with its length."""
    size = file.seek(0, 2)
    file.seek(0)
    pieces = FilePieces(file)
    return Stream(
        pieces, pieces.close, media_type=media_type, headers={**headers, "Content-Length": str(size)}
    )
