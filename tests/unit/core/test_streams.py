"""What a download came from is closed, also when nobody reads it."""

import io
from collections.abc import Generator
from typing import Any

import anyio
import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message

from app.core.streams import CHUNK_BYTES, FilePieces, Stream, file_stream

SCOPE: dict[str, Any] = {"type": "http", "asgi": {"spec_version": "2.3"}}
LATE: dict[str, Any] = {"type": "http", "asgi": {"spec_version": "2.4"}}


async def _gone() -> Message:
    return {"type": "http.disconnect"}


async def _stays() -> Message:
    await anyio.sleep_forever()
    raise AssertionError


def _answered(stream: Stream, scope: dict[str, Any], receive: Any, refuse: bool = False) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        if refuse:
            raise OSError
        sent.append(message)

    async def run() -> None:
        await stream(scope, receive, send)

    anyio.run(run)
    return sent


def test_a_file_is_sent_whole_and_closed() -> None:
    file = io.BytesIO(b"x" * (CHUNK_BYTES + 5))
    sent = _answered(file_stream(file, media_type="text/plain", headers={"A": "b"}), SCOPE, _stays)
    assert dict(sent[0]["headers"])[b"content-length"] == str(CHUNK_BYTES + 5).encode()
    assert dict(sent[0]["headers"])[b"a"] == b"b"
    assert b"".join(one["body"] for one in sent[1:]) == b"x" * (CHUNK_BYTES + 5)
    assert file.closed


def test_a_file_is_sent_from_its_beginning() -> None:
    file = io.BytesIO(b"abc")
    file.read()
    sent = _answered(file_stream(file, media_type="text/plain", headers={}), LATE, _stays)
    assert b"".join(one["body"] for one in sent[1:]) == b"abc"


def test_a_caller_who_is_gone_closes_the_file() -> None:
    file = io.BytesIO(b"x" * CHUNK_BYTES * 4)
    _answered(file_stream(file, media_type="text/plain", headers={}), SCOPE, _gone)
    assert file.closed


def test_a_connection_that_breaks_before_the_first_piece_closes_what_never_began() -> None:
    ended = []

    def rows() -> Generator[bytes, None, None]:
        yield b"1"

    stream = Stream(rows(), lambda: ended.append(True), media_type="text/csv", headers={})
    with pytest.raises(ClientDisconnect):
        _answered(stream, LATE, _stays, refuse=True)
    assert ended == [True]


def test_pieces_end_once_and_stay_ended() -> None:
    file = io.BytesIO(b"abc")
    pieces = FilePieces(file)
    assert list(pieces) == [b"abc"]
    assert file.closed
    assert list(pieces) == []


def test_pieces_that_nobody_has_any_more_are_closed() -> None:
    file = io.BytesIO(b"abc")
    pieces = FilePieces(file)
    next(pieces)
    del pieces
    assert file.closed
