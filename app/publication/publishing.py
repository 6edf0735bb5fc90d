"""What the staff page of a unit's publications shows: the result that could be published, and what was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from app.aggregation.results import stored_id
from app.core.errors import DomainError
from app.core.messages import translate
from app.ikm.periods import Period
from app.instruments.catalog import Catalog
from app.instruments.model import in_language
from app.publication.errors import SeveralInstruments
from app.publication.listing import Line, lines
from app.publication.preparing import refs_of
from app.publication.queries import publications_of
from app.publication.service import current, draft, is_unchanged
from app.publication.view import Plate
from app.publication.wording import group_name, trait_name
from app.units.tables import Service, Unit
from app.web.chart_words import number


@dataclass(frozen=True, slots=True)
class Preview:
    """The figures that would be frozen now. `current` is the number that counts; `unchanged`: it says the same."""

    ikm: str
    plate: Plate
    interval: str | None
    respondents: str
    excluded: str
    flagged: str
    instrument: str
    elements: Sequence[tuple[str, str, str | None, str | None]]
    hidden: Sequence[tuple[str, str]]
    has_profile: bool
    current: str | None
    unchanged: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """The page: either a preview, or in `refused` why there is none; `instruments` where one must be chosen."""

    preview: Preview | None
    refused: str | None
    instruments: Sequence[tuple[str, str]]
    listed: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody looks at."""

    unit: Unit
    service: Service | None
    period: Period
    instrument: str | None


def desk(session: Session, catalog: Catalog, chosen: Chosen, now: datetime, language: str) -> Desk:
    """Everything about one unit, period and service. `session` only reads."""
    listed = lines(publications_of(session, stored_id(chosen.unit)), catalog.categories, language)
    try:
        preview = _preview(session, catalog, chosen, now, language)
    except SeveralInstruments as error:
        refs = refs_of(session, catalog, chosen.unit, chosen.period, chosen.service)
        return Desk(None, _said(error, language), [(ref, ref) for ref in refs], listed)
    except DomainError as error:
        return Desk(None, _said(error, language), (), listed)
    return Desk(preview, None, (), listed)


def _said(error: DomainError, language: str) -> str:
    return translate(error.message, language, error.params)


def _preview(session: Session, catalog: Catalog, chosen: Chosen, now: datetime, language: str) -> Preview:
    prepared = draft(
        session,
        catalog,
        chosen.unit,
        chosen.period,
        now,
        service=chosen.service,
        instrument=chosen.instrument,
    )
    document, before = prepared.document, current(session, prepared)
    printed, margin = document["printed"], document["interval"]

    def figure(text: str | None) -> str | None:
        return None if text is None else number(Decimal(text), language)

    return Preview(
        ikm=figure(printed["ikm"]) or "",
        plate=Plate(printed["mutu"], in_language(printed["kinerja"], language)),
        interval=f"{figure(margin['low'])} – {figure(margin['high'])}" if margin else None,
        respondents=number(document["respondents"], language),
        excluded=number(document["excluded"], language),
        flagged=number(document["flagged"], language),
        instrument=prepared.instrument,
        elements=[
            (
                f"{one['code']} {in_language(one['name'], language)}",
                value["mutu"] or "",
                figure(value["nrr"]),
                figure(value["ikm"]),
            )
            for one, value in zip(document["instrument"]["elements"], printed["elements"], strict=True)
        ],
        hidden=_hidden(document, language),
        has_profile=document["profile"] is not None,
        current=before.number if before else None,
        unchanged=before is not None and is_unchanged(prepared, before),
    )


def _hidden(document: Any, language: str) -> list[tuple[str, str]]:
    profile = document["profile"]
    if profile is None:
        return []
    return [
        (trait_name(one["key"], language), ", ".join(group_name(group, language) for group in one["hidden"]))
        for one in profile["dimensions"]
        if one["hidden_together"]
    ]
