"""The form of a plan: what was typed becomes a plan that is wanted, faults by field, nothing lost."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from fastapi import Depends, Request

from app.core.errors import FieldError
from app.ikm.periods import PeriodError, parse
from app.plans.drafts import Wanted
from app.plans.sizes import CONFIDENCE, MARGIN
from app.plans.tables import COCHRAN, OWN, STATED, TABLE, Plan
from app.plans.wording import per_cent

FIELDS = (
    *("period", "service", "first_day", "last_day", "population"),
    *("method", "margin", "confidence", "target", "note"),
)
_GROUPED = re.compile(r"\d{1,3}(?:[. ]\d{3})+")
_PER_CENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*%?")
DIGITS_MOST = 18


@dataclass(frozen=True, slots=True)
class Read:
    """What a form says. `wanted` is None where not even the period can be read."""

    wanted: Wanted | None
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of a posted form, without blanks at their ends."""

    fields: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """One field; empty when it is not there."""
        return self.fields.get(name, "")


async def _sent(request: Request) -> Sent:
    async with request.form(max_files=0, max_fields=40) as form:
        return Sent({name: one.strip() for name, one in form.items() if isinstance(one, str)})


Posted = Annotated[Sent, Depends(_sent)]


def values_of(source: Mapping[str, str]) -> dict[str, str]:
    """All fields of the form, with what they hold when nothing was said."""
    usual = {"method": TABLE, "margin": per_cent(MARGIN, "id"), "confidence": str(CONFIDENCE)}
    return {name: source.get(name, usual.get(name, "")).strip() for name in FIELDS}


def stored_values(plan: Plan, service: str | None) -> dict[str, str]:
    """The fields as a stored plan fills them; a population that the registry gave stays open."""
    return values_of(
        {
            "period": plan.period,
            "service": service or "",
            "first_day": plan.first_day.isoformat(),
            "last_day": plan.last_day.isoformat(),
            "population": str(plan.population) if plan.population_origin == STATED else "",
            "method": plan.method,
            "target": str(plan.target) if plan.method == OWN else "",
            "note": plan.note or "",
            **({"margin": per_cent(plan.margin, "id")} if plan.margin else {}),
            **({"confidence": str(plan.confidence)} if plan.confidence else {}),
        }
    )


def read(values: Mapping[str, str]) -> Read:
    """A form as what is wanted. Fields that the chosen method does not use are passed over."""
    errors: list[FieldError] = []
    try:
        period = parse(values["period"])
    except PeriodError:
        message = "Pilih periode, misalnya 2026-Q3, 2026-S1, 2026, 2026-09, atau 2026-07-17..2026-09-15."
        errors.append(FieldError("/period", "period_invalid", message))
        period = None
    first_day, last_day = (_day(values[name], name, errors) for name in ("first_day", "last_day"))
    method = values["method"]
    population = _count(values["population"], "population", errors)
    target = _count(values["target"], "target", errors) if method == OWN else None
    margin = _margin(values["margin"], errors) if method == COCHRAN else None
    confidence = _count(values["confidence"], "confidence", errors) if method == COCHRAN else None
    wanted = None
    if period is not None:
        wanted = Wanted(
            period, method, first_day, last_day, population, target, margin, confidence, values["note"]
        )
    return Read(wanted, tuple(errors))


def count(text: str) -> int | None:
    """A whole number as people type it, `4.384` included. ValueError for what is none, None for nothing."""
    plain = re.sub(r"[. ]", "", text) if _GROUPED.fullmatch(text) else text
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit()) or len(plain) > DIGITS_MOST:
        raise ValueError("not a whole number")
    return int(plain)


def hundredths(text: str) -> int | None:
    """`2,5`, `2.5` or `5 %` in hundredths of a per cent. ValueError for what is none, None for nothing."""
    if not text:
        return None
    found = _PER_CENT.fullmatch(text)
    if found is None:
        raise ValueError("not a percentage with at most two decimals")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _count(text: str, name: str, errors: list[FieldError]) -> int | None:
    try:
        return count(text)
    except ValueError:
        errors.append(FieldError(f"/{name}", "not_a_number", "Isi dengan bilangan bulat, misalnya 4384."))
        return None


def _margin(text: str, errors: list[FieldError]) -> int | None:
    try:
        return hundredths(text)
    except ValueError:
        message = "Batas galat ditulis dalam persen, misalnya 5 atau 2,5."
        errors.append(FieldError("/margin", "not_a_percentage", message))
        return None


def _day(text: str, name: str, errors: list[FieldError]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        errors.append(FieldError(f"/{name}", "day_invalid", "Tanggal ini tidak ada. Contoh: 2026-09-30."))
        return None
