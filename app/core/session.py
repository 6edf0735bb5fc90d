"""Sessions for routes: the commit happens before the response leaves."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from app.core.db import Database


def database(request: Request) -> Database:
    """The application's database."""
    return request.app.state.database  # type: ignore[no-any-return]


def _read(request: Request) -> Iterator[Session]:
    with database(request).read() as session:
        yield session


def _write(request: Request) -> Iterator[Session]:
    with database(request).write() as session:
        yield session


# Without scope="function" the commit would follow the response: a failed one would have answered 200.
ReadSession = Annotated[Session, Depends(_read, scope="function")]
WriteSession = Annotated[Session, Depends(_write, scope="function")]
