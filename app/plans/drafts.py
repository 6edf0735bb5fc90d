"""What somebody wants a plan to be, checked: from a form or over the API."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.errors import FieldError, InvalidInput
from app.core.tables import storable
from app.ikm.periods import Period
from app.ikm.sampling import MARGIN_LEAST, MARGIN_MOST, NORMAL
from app.plans.sizes import CONFIDENCE, MARGIN, sample_of
from app.plans.tables import COCHRAN, METHODS, OWN, REGISTRY, STATED

POPULATION_MOST = 1_000_000_000
NOTE_MOST = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """A plan as it was asked for, before anything is checked. None: not said."""

    period: Period
    method: str
    first_day: date | None = None
    last_day: date | None = None
    population: int | None = None
    target: int | None = None
    margin: int | None = None
    confidence: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan that may be stored; its members are those of `tables.Plan`."""

    period: str
    first_day: date
    last_day: date
    population: int
    population_origin: str
    method: str
    target: int
    margin: int | None
    confidence: int | None
    note: str | None


def draft_of(wanted: Wanted, known_population: int | None, also: Iterable[FieldError] = ()) -> Draft:
    """The plan, with what was not said filled in: the whole period, the population known from the registry.

    Raises InvalidInput with every fault, those of `also` first; one fault for each field.
    """
    first = wanted.first_day or wanted.period.start
    last = wanted.last_day or wanted.period.end - timedelta(days=1)
    population = known_population if wanted.population is None else wanted.population
    margin = confidence = None
    if wanted.method == COCHRAN:
        margin = MARGIN if wanted.margin is None else wanted.margin
        confidence = CONFIDENCE if wanted.confidence is None else wanted.confidence
    faults = [
        *also,
        *_window(wanted.period, first, last),
        *_population(population),
        *_method(wanted.method, margin, confidence),
        *_note(wanted.note),
    ]
    if wanted.method == OWN:
        faults += _own(wanted.target, population)
    if faults or population is None:
        raise InvalidInput(tuple({fault.pointer: fault for fault in reversed(faults)}.values())[::-1])
    computed = sample_of(wanted.method, population, margin, confidence)
    return Draft(
        wanted.period.code,
        first,
        last,
        population,
        REGISTRY if population == known_population else STATED,
        wanted.method,
        (wanted.target or 0) if computed is None else computed,
        margin,
        confidence,
        wanted.note or None,
    )


def _window(period: Period, first: date, last: date) -> Iterable[FieldError]:
    if not period.contains(first):
        yield FieldError("/first_day", "day_outside", "Hari ini harus di dalam periode rencana.")
    if not period.contains(last):
        yield FieldError("/last_day", "day_outside", "Hari ini harus di dalam periode rencana.")
    elif last < first:
        yield FieldError("/last_day", "window_invalid", "Hari terakhir tidak boleh sebelum hari pertama.")


def _population(population: int | None) -> Iterable[FieldError]:
    if population is None:
        message = "Isi jumlah pengguna layanan: registri belum mengetahuinya."
        yield FieldError("/population", "population_missing", message)
    elif not 0 < population <= POPULATION_MOST:
        message = "Jumlah pengguna adalah bilangan bulat 1 sampai {most}."
        yield FieldError("/population", "population_range", message, {"most": POPULATION_MOST})


def _method(method: str, margin: int | None, confidence: int | None) -> Iterable[FieldError]:
    if method not in METHODS:
        yield FieldError("/method", "method_unknown", "Pilih salah satu cara menentukan jumlah responden.")
    if margin is not None and not MARGIN_LEAST <= margin <= MARGIN_MOST:
        yield FieldError("/margin", "margin_range", "Batas galat antara 0,5 dan 20 persen.")
    if confidence is not None and confidence not in NORMAL:
        yield FieldError("/confidence", "confidence_unknown", "Tingkat keyakinan 90, 95, atau 99 persen.")


def _own(target: int | None, population: int | None) -> Iterable[FieldError]:
    if target is None or target < 1:
        yield FieldError(
            "/target", "target_missing", "Isi jumlah responden yang ditargetkan, paling sedikit 1."
        )
    elif population is not None and target > population > 0:
        message = "Target tidak dapat lebih besar daripada jumlah pengguna layanan."
        yield FieldError("/target", "target_above_population", message)


def _note(note: str | None) -> Iterable[FieldError]:
    if note and (len(note) > NOTE_MOST or not storable(note)):
        message = "Catatan paling panjang {most} karakter."
        yield FieldError("/note", "note_too_long", message, {"most": NOTE_MOST})
