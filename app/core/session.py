"""Sessions for routes: the commit happens before the response leaves."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from app.core.db import Database


def database(request: Request) -> Database:
    """The application's database."""
    return request.app.state.database  # type: ignore[no-any-return]


async def _turn(request: Request) -> AsyncIterator[None]:
    async with database(request).turns:
        yield


# A request keeps its connection while its result waits for a thread to be serialised in. Without a turn,
# taken before any thread is, all threads could wait for connections whose holders wait for a thread.
Turn = Annotated[None, Depends(_turn, scope="function")]


def _read(request: Request, _turn: Turn) -> Iterator[Session]:
    with database(request).read() as session:
        yield session


def _write(request: Request, _turn: Turn) -> Iterator[Session]:
    with database(request).write() as session:
        yield session


# Without scope="function" the commit would follow the response: a failed one would have answered 200.
ReadSession = Annotated[Session, Depends(_read, scope="function")]
WriteSession = Annotated[Session, Depends(_write, scope="function")]
