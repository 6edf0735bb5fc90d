"""What a follow-up may say: fields as a form or the API sends them, checked together with what is stored."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.core.errors import FieldError, InvalidInput
from app.core.tables import storable
from app.followups.tables import CANCELLED, DONE, FORUM, IN_PROGRESS, PLANNED, SOURCES, STATES
from app.ikm.periods import FIRST_YEAR, LAST_YEAR, PeriodError, parse

TEXTS = {
    "recommendation": 1000,
    "action": 500,
    "owner": 200,
    "outcome": 4000,
    "obstacles": 2000,
    "reason": 1000,
    "public_text": 1000,
}
"""The longest text of each field, in characters."""

REQUIRED = ("recommendation", "action", "owner")
FIELDS = (
    *("service", "period", "element", "source", "forum", "comment", "due"),
    *TEXTS,
    *("state", "progress", "done_on", "published"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What is known around a follow-up: services by code, forums, keys of elements, the date where the unit is."""

    services: Mapping[str, int]
    forums: Collection[UUID]
    elements: Collection[str]
    today: date


@dataclass(slots=True)
class _Reading:
    """Columns read so far, and what is wrong."""

    frame: Frame
    columns: dict[str, Any] = field(default_factory=dict)
    faults: list[FieldError] = field(default_factory=list)

    def fault(self, found: FieldError) -> None:
        """One fault a field: the first one is the one to put right."""
        if not any(one.pointer == found.pointer for one in self.faults):
            self.faults.append(found)


def read(values: Mapping[str, object], stored: Mapping[str, Any], frame: Frame) -> dict[str, Any]:
    """The columns that `values` change, on top of what is `stored` (nothing for a new follow-up).

    Raises InvalidInput that names every field that is wrong. Unknown names are ignored.
    """
    reading = _Reading(frame)
    for name, most in TEXTS.items():
        if name in values:
            _text(reading, name, values[name], most)
    for name, reader in _READERS.items():
        if name in values:
            reader(reading, values[name])
    _together(reading, stored)
    if reading.faults:
        raise InvalidInput(tuple(reading.faults))
    return reading.columns


def _text(reading: _Reading, name: str, value: object, most: int) -> None:
    text = " ".join(str(value or "").split(" ")).strip()
    if not storable(text) or len(text) > most:
        reading.fault(FieldError(f"/{name}", "text_too_long", "Paling panjang {most} huruf.", {"most": most}))
    reading.columns[name] = text or (None if name not in REQUIRED else "")


def _service(reading: _Reading, value: object) -> None:
    code = str(value or "")
    if code and code not in reading.frame.services:
        reading.fault(
            FieldError("/service", "service_unknown", "Unit ini tidak punya layanan dengan kode itu.")
        )
    reading.columns["service_id"] = reading.frame.services.get(code)


def _period(reading: _Reading, value: object) -> None:
    try:
        reading.columns["period"] = parse(str(value or "")).code
    except PeriodError:
        reading.fault(
            FieldError("/period", "period_invalid", "Tulis periode survei, misalnya 2026-Q3 atau 2026-S1.")
        )


def _element(reading: _Reading, value: object) -> None:
    key = str(value or "")
    if key and key not in reading.frame.elements:
        reading.fault(FieldError("/element", "element_unknown", "Unsur ini tidak dikenal."))
    reading.columns["element"] = key or None


def _source(reading: _Reading, value: object) -> None:
    if value not in SOURCES:
        reading.fault(FieldError("/source", "source_unknown", "Pilih asal rekomendasi."))
    reading.columns["source"] = value


def _forum(reading: _Reading, value: object) -> None:
    found = _uuid(value)
    if value and found not in reading.frame.forums:
        reading.fault(FieldError("/forum", "forum_unknown", "Forum ini tidak tercatat di unit ini."))
    reading.columns["forum_id"] = found


def _comment(reading: _Reading, value: object) -> None:
    found = _uuid(value)
    if value and found is None:
        reading.fault(FieldError("/comment", "comment_unknown", "Masukan ini tidak dikenal."))
    reading.columns["comment_id"] = found


def _due(reading: _Reading, value: object) -> None:
    try:
        period = parse(str(value or ""))
    except PeriodError:
        period = None
    if period is None or period.code[4:6] != "-Q":
        reading.fault(FieldError("/due", "due_invalid", "Pilih triwulan target, misalnya 2026-Q4."))
        return
    reading.columns |= {"due_year": period.start.year, "due_quarter": int(period.code[-1])}


def _state(reading: _Reading, value: object) -> None:
    if value not in STATES:
        reading.fault(FieldError("/state", "state_unknown", "Pilih keadaannya."))
    reading.columns["state"] = value


def _progress(reading: _Reading, value: object) -> None:
    text = str(value).strip().removesuffix("%").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 100):
        reading.fault(
            FieldError("/progress", "progress_invalid", "Kemajuan adalah bilangan bulat dari 0 sampai 100.")
        )
        return
    reading.columns["progress"] = int(text)


def _done_on(reading: _Reading, value: object) -> None:
    reading.columns["done_on"] = day_of(reading.faults, "done_on", value, reading.frame.today)


def _published(reading: _Reading, value: object) -> None:
    reading.columns["published"] = value in (True, "true", "1")


_READERS = {
    "service": _service,
    "period": _period,
    "element": _element,
    "source": _source,
    "forum": _forum,
    "comment": _comment,
    "due": _due,
    "state": _state,
    "progress": _progress,
    "done_on": _done_on,
    "published": _published,
}


def _together(reading: _Reading, stored: Mapping[str, Any]) -> None:
    """What one field asks of another."""
    columns = reading.columns
    whole = {**stored, **columns}
    if "due_year" not in whole:
        reading.fault(FieldError("/due", "due_invalid", "Pilih triwulan target, misalnya 2026-Q4."))
    if "period" not in whole:
        reading.fault(
            FieldError("/period", "period_invalid", "Tulis periode survei, misalnya 2026-Q3 atau 2026-S1.")
        )
    for name in REQUIRED:
        if not whole.get(name):
            reading.fault(FieldError(f"/{name}", "field_missing", "Isi bagian ini."))
    if whole.get("source") == FORUM and not whole.get("forum_id"):
        reading.fault(FieldError("/forum", "forum_missing", "Pilih forumnya; catat dulu bila belum ada."))
    _state_together(reading, whole, before=stored.get("state", PLANNED))
    if whole.get("published") and not whole.get("public_text"):
        reading.fault(
            FieldError(
                "/public_text", "public_text_missing", "Tulis apa yang dibaca warga sebelum diterbitkan."
            )
        )


def _state_together(reading: _Reading, whole: Mapping[str, Any], before: str) -> None:
    columns, state = reading.columns, whole.get("state", PLANNED)
    if state == DONE:
        columns["progress"] = 100
        if whole.get("done_on") is None:
            reading.fault(FieldError("/done_on", "done_on_missing", "Isi tanggal selesainya."))
        if not whole.get("outcome"):
            reading.fault(FieldError("/outcome", "outcome_missing", "Tulis apa yang sudah dilakukan."))
    elif whole.get("done_on") is not None:
        if before == DONE and not columns.get("done_on"):
            columns["done_on"] = None  # opened again: the history keeps when it was done
            columns.setdefault("progress", 0)
        else:
            reading.fault(
                FieldError("/done_on", "done_on_early", "Tanggal selesai hanya untuk yang sudah selesai.")
            )
    if state == CANCELLED:
        if not whole.get("reason"):
            reading.fault(FieldError("/reason", "reason_missing", "Tulis alasan pembatalannya."))
    elif whole.get("reason") is not None:
        columns["reason"] = None
    if state == PLANNED and columns.get("progress"):
        columns["state"] = IN_PROGRESS


def day_of(faults: list[FieldError], name: str, value: object, today: date) -> date | None:
    """A day up to today from `2026-11-12`; None for nothing. What is wrong is added to `faults`."""
    if value in (None, ""):
        return None
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        faults.append(FieldError(f"/{name}", "day_invalid", "Tulis tanggal, misalnya 2026-11-12."))
        return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR or day > today:
        faults.append(FieldError(f"/{name}", "day_in_future", "Tanggal ini paling akhir hari ini."))
    return day


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
