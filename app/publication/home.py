"""The start page's content: what was published last of every unit, and where each can be judged."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from app.instruments.model import Categories
from app.publication.listing import Line, line
from app.publication.queries import Listed, latest_by_unit
from app.responses import home
from app.responses.home import Government, OpenUnit
from app.units.tables import Unit


@dataclass(frozen=True, slots=True)
class Results:
    """The published results of a government: its own, and those of its units by name."""

    name: str
    own: Line | None
    units: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """What the page shows; `q` was searched for, and both lists hold only what has it."""

    governments: tuple[Government, ...]
    results: tuple[Results, ...]
    q: str
    any_open: bool
    any_published: bool


def home_of(session: Session, categories: Mapping[str, Categories], language: str, q: str) -> Home:
    """The start page for a search, which may be empty: a part of the name of a unit or service, or of a kind."""
    wanted = " ".join(q.split())
    word = wanted.casefold()
    published = [one for one in latest_by_unit(session) if one.unit.active]
    roots = {one.id: one for one in session.exec(select(Unit).where(col(Unit.parent_id).is_(None)))}
    by_root: dict[int, list[Listed]] = defaultdict(list)
    for one in sorted(published, key=lambda one: one.unit.name.casefold()):
        by_root[one.publication.government_id].append(one)
    results = []
    for root, members in sorted(by_root.items(), key=lambda pair: roots[pair[0]].name.casefold()):
        own = next((one for one in members if one.unit.id == root), None)
        units = [
            one for one in members if one is not own and word in f"{one.unit.name} {one.unit.kind}".casefold()
        ]
        results.append(
            Results(
                name=roots[root].name,
                own=line(own, categories, language) if own and not word else None,
                units=tuple(line(one, categories, language) for one in units),
            )
        )
    governments = home.governments(session)
    return Home(
        tuple(replace(one, units=tuple(u for u in one.units if _has(u, word))) for one in governments),
        tuple(one for one in results if one.own or one.units),
        wanted,
        any_open=any(one.units for one in governments),
        any_published=bool(published),
    )


def _has(unit: OpenUnit, word: str) -> bool:
    return any(
        word in name.casefold() for name in (unit.name, *(one.service or "" for one in unit.entrances))
    )
