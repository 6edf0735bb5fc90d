"""Answers to send, and where each has to be filed, in the city of tests/data/registry/city.toml."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

CITY = Path(__file__).resolve().parents[2] / "tests" / "data" / "registry" / "city.toml"
# In every comment: what a log must never hold.
SECRET = "RAHASIA"

_NINE = (
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "sarana",
    "pengaduan",
)
_SEVEN = tuple(key for key in _NINE if key not in ("kompetensi", "perilaku"))


@dataclass(frozen=True)
class Place:
    """A survey point: what is asked there, and the unit and service that an answer counts for."""

    point: str
    unit: str
    service: str
    questions: tuple[str, ...]
    offset: str
    chooses: bool = False


KIOSK = Place("ptsp-kios", "ptsp", "nib", _NINE, "+08:00", chooses=True)
PLACES = (
    Place("ptsp-nib-qr", "ptsp", "nib", _NINE, "+08:00"),
    Place("ptsp-daring", "ptsp", "daring", _SEVEN, "+08:00"),
    Place("timur-arsip-qr", "timur", "arsip", _NINE, "+09:00"),
    KIOSK,
)
OF_POINT: Mapping[str, Place] = {place.point: place for place in PLACES}


class Citizens:
    """Makes answers; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def answer(self, place: Place | None = None) -> dict[str, Any]:
        """The body of an answer at `place` or anywhere, in the first half of 2026."""
        chance = self._chance
        place = place or chance.choice(PLACES)
        # Not the first hours or days of a month: no time zone moves it into another.
        at = f"2026-0{chance.randint(1, 6)}-{chance.randint(10, 20)}T10:{chance.randint(10, 59)}:00"
        made: dict[str, Any] = {
            "id": str(UUID(int=chance.getrandbits(128), version=4)),
            "point": place.point,
            "answered_at": at + place.offset,
            "scores": {question: chance.randint(1, 4) for question in place.questions},
        }
        if place.chooses:
            made["service"] = place.service
        if chance.random() < 0.7:
            made["comment"] = f"{SECRET} {chance.randint(0, 10**9)}"
        if chance.random() < 0.5:
            made["profile"] = {"sex": chance.choice("LP"), "age": chance.randint(17, 80)}
        return made
