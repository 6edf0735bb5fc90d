"""The versions of the evaluation's instrument, read from `surveys/pekppp/<first year>.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from app.instruments.model import in_language
from app.pekppp.scoring import Role

SCALES = ("2017", "2022")
"""How levels are found: `pekppp.scoring_2017`, `pekppp.scoring`."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of form F-02: `weight` in per cent of its aspect; name and texts of levels 0..5 by language."""

    number: int
    code: str
    role: Role
    weight: Decimal
    name: Mapping[str, str]
    levels: Mapping[str, tuple[str, ...]]

    def level(self, number: int, language: str) -> str:
        """What a level means."""
        return in_language({key: texts[number] for key, texts in self.levels.items()}, language)


@dataclass(frozen=True, slots=True)
class Instrument:
    """A version of the instrument. `supporting`: code and text of indicators that the service only touches.

    `scale` is one of `SCALES`; `remark` says by language what readers of its forms must know.
    """

    id: str
    scale: str
    basis: Mapping[str, str]
    first_year: int
    aspect: str
    aspect_weight: int
    indicators: tuple[Indicator, ...]
    supporting: tuple[tuple[str, Mapping[str, str]], ...]
    remark: Mapping[str, str] | None


@lru_cache(maxsize=4)
def instruments(directory: Path) -> tuple[Instrument, ...]:
    """All versions below a directory of surveys, the newest first. Raises KeyError, ValueError for a bad file."""
    found = [_read(path) for path in (directory / "pekppp").glob("*.toml")]
    return tuple(sorted(found, key=lambda one: one.first_year, reverse=True))


def instrument_for(directory: Path, year: int) -> Instrument | None:
    """The version in force in an evaluation year; None for the years before the first one that is known here."""
    return next((one for one in instruments(directory) if one.first_year <= year), None)


def _read(path: Path) -> Instrument:
    data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    indicators = tuple(
        Indicator(
            one["number"],
            one["code"],
            Role(one["role"]),
            Decimal(one["weight"]),
            one["name"],
            {language: tuple(texts) for language, texts in one["levels"].items()},
        )
        for one in data["indicators"]
    )
    if any(len(texts) != 6 for one in indicators for texts in one.levels.values()):
        raise ValueError(f"{path.name}: an indicator has levels 0 to 5")
    if sorted(one.role for one in indicators) != sorted(Role):
        raise ValueError(f"{path.name}: there is one indicator for each role")
    if data["scale"] not in SCALES:
        raise ValueError(f"{path.name}: the scale is one of {', '.join(SCALES)}")
    return Instrument(
        id=data["id"],
        scale=data["scale"],
        basis=data["basis"],
        first_year=data["first_year"],
        aspect=data["aspect"],
        aspect_weight=data["aspect_weight"],
        indicators=indicators,
        supporting=tuple((one["code"], one["text"]) for one in data.get("supporting", ())),
        remark=data.get("remark"),
    )
