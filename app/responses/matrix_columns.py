"""What the columns of a matrix mean: questions by their keys or by U1, U2, …, and the fields beside them."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.instruments.faults import pointer
from app.instruments.model import Element, Instrument
from app.responses.matrix_cells import UnusableMatrix

Order = Literal["article", "questionnaire"]
"""What U8 and U9 mean: complaints then facilities (article), or the other way round (questionnaire)."""

NAMES = {
    "no": "number",
    "nomor": "number",
    "date": "date",
    "tanggal": "date",
    "sex": "sex",
    "jenis_kelamin": "sex",
    "age": "age",
    "umur": "age",
    "education": "education",
    "pendidikan": "education",
    "occupation": "occupation",
    "pekerjaan": "occupation",
    "disability": "disability",
    "disabilitas": "disability",
    "comment": "comment",
    "saran": "comment",
}
PROFILE = ("sex", "age", "education", "occupation", "disability")
HEADING_SHOWN = 60

_NUMBERED = re.compile(r"u([1-9][0-9]?)")


@dataclass(frozen=True, slots=True)
class Columns:
    """Places in a row: of asked questions by key, of other fields by name, of elements not asked."""

    header: tuple[str, ...]
    scores: Mapping[str, int]
    fields: Mapping[str, int]
    not_asked: tuple[int, ...] = ()

    def heading_at(self, json_pointer: str) -> str | None:
        """The heading of the column that a fault of the validator belongs to."""
        places = {pointer(["scores", key]): place for key, place in self.scores.items()}
        for name, place in self.fields.items():
            places[pointer(["profile", name] if name in PROFILE else [name])] = place
        return self.header[places[json_pointer]] if json_pointer in places else None


@dataclass(slots=True)
class _Found:
    """The headings of a file, sorted by what they are."""

    keyed: dict[str, int] = field(default_factory=dict)
    numbered: dict[int, int] = field(default_factory=dict)
    fields: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)


def columns_of(
    header: tuple[str, ...], instrument: Instrument, not_asked: Collection[str], order: Order | None
) -> Columns:
    """What the columns of a heading mean; `order` is needed for U columns, and idle otherwise.

    U<n> counts all elements of the instrument, those that the service does not ask included. Raises
    UnusableMatrix with everything that is wrong with the heading.
    """
    found = _sorted(header, instrument)
    reasons = [f"Kolom tidak dikenal: {', '.join(found.unknown)}."] if found.unknown else []
    reasons += [f"Kolom ditulis dua kali: {', '.join(found.twice)}."] if found.twice else []
    reasons += _score_faults(found, instrument, not_asked, order)
    if reasons:
        raise UnusableMatrix(*reasons)
    places = dict(found.keyed)
    if found.numbered:
        for number, element in _numbered_elements(instrument, order).items():
            if number in found.numbered:
                places |= {question.key: found.numbered[number] for question in element.questions}
    asked = {question.key for question in instrument.asked_questions(not_asked)}
    return Columns(
        header=header,
        scores={key: place for key, place in places.items() if key in asked},
        fields=found.fields,
        not_asked=tuple(sorted({place for key, place in places.items() if key not in asked})),
    )


def importance_left_out(columns: Columns, instrument: Instrument, not_asked: Collection[str]) -> list[str]:
    """The asked questions about importance that no column answers: often paper did not ask them."""
    asked = (element.importance for element in instrument.asked_elements(not_asked))
    return [one.key for one in asked if one is not None and one.key not in columns.scores]


def _sorted(header: tuple[str, ...], instrument: Instrument) -> _Found:
    keys = {_plain(key): key for key in (*instrument.questions, *instrument.importance_questions)}
    found = _Found()
    for place, heading in enumerate(header):
        name = _plain(heading)
        number = _NUMBERED.fullmatch(name)
        if not name:
            continue
        # A question key wins: an instrument may have a question called "umur".
        if name in keys:
            is_new = found.keyed.setdefault(keys[name], place) == place
        elif number and int(number[1]) <= len(instrument.elements):
            is_new = found.numbered.setdefault(int(number[1]), place) == place
        elif name in NAMES:
            is_new = found.fields.setdefault(NAMES[name], place) == place
        else:
            found.unknown.append(heading[:HEADING_SHOWN])
            continue
        if not is_new:
            found.twice.append(heading)
    return found


def _plain(heading: str) -> str:
    return "_".join(heading.casefold().replace("_", " ").split())


def _score_faults(
    found: _Found, instrument: Instrument, not_asked: Collection[str], order: Order | None
) -> list[str]:
    # U columns have no name for importance: that stands beside them by its key, or was not asked on paper.
    if found.numbered and any(key in instrument.questions for key in found.keyed):
        return ["Pakai kolom U1, U2, … atau kunci pertanyaan, jangan keduanya."]
    asked = instrument.asked_elements(not_asked)
    if not found.numbered:
        keys = (question.key for element in asked for question in element.questions)
        missing = [key for key in keys if key not in found.keyed]
        return [f"Kolom pertanyaan tidak ada: {', '.join(missing)}."] if missing else []
    if several := [element.key for element in asked if len(element.questions) > 1]:
        return [
            f"Unsur dengan beberapa pertanyaan ({', '.join(several)}): "
            "pakai kunci pertanyaan sebagai judul kolom, bukan U1, U2, …"
        ]
    if order is None:
        return ["Kolom U1, U2, … memerlukan urutan: --order article atau --order questionnaire."]
    missing = [
        f"U{number} ({element.key})"
        for number, element in _numbered_elements(instrument, order).items()
        if element in asked and number not in found.numbered
    ]
    return [f"Kolom unsur tidak ada: {', '.join(missing)}."] if missing else []


def _numbered_elements(instrument: Instrument, order: Order | None) -> dict[int, Element]:
    """The elements by the number of their U column."""
    elements: Iterable[Element] = instrument.elements
    if order == "questionnaire":
        # A dictionary keeps the first place of an element whose questions are asked apart.
        asked = (instrument.element_of(key) for key in instrument.ask_order if key in instrument.questions)
        elements = {element.key: element for element in asked}.values()
    return dict(enumerate(elements, start=1))
