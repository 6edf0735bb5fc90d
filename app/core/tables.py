"""The base of all tables: one metadata, predictable constraint names on every database."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMES))):
    """Base of every table class. Tables do not validate: constraints repeat what the schemas say."""

    model_config = {"defer_build": True}  # what does not validate needs no validator at every start


def one_of(column: str, values: tuple[str, ...]) -> str:
    """SQL of a CHECK that `column` holds one of `values`, which are constants of the code.

    Comparisons and no IN: SQLite builds a table for every IN of every row that it checks, which made
    storing an answer half as fast.
    """
    return " OR ".join(f"{column} = {value!r}" for value in values)


def storable(text: str) -> bool:
    """Whether a text column of every database can hold it: PostgreSQL refuses NUL, even in a search."""
    return "\0" not in text
