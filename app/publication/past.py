"""What a unit published before, as a line over time: frozen figures only, cut where they cannot be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from markupsafe import Markup
from sqlmodel import Session, col, select

from app.aggregation.period_picker import kind_of, period_name, short_name
from app.aggregation.reasons import reason_mark, reason_text
from app.aggregation.trend import By, default_start, periods_of
from app.core.messages import translate
from app.ikm.comparability import Basis, Reason, reasons_of
from app.ikm.periods import Period, parse
from app.publication import queries
from app.publication.canonical import read
from app.publication.tables import Publication
from app.publication.view import scale_of
from app.web.chart_canvas import Frame, both
from app.web.chart_trend import Point, trend
from app.web.chart_words import number

NOTHING = "–"
POINTS_LEAST = 2


@dataclass(frozen=True, slots=True)
class PastRow:
    """A period of the table under the line; figures as printed. `reasons` say why the line is cut before it."""

    period: str
    ikm: str
    mutu: str
    interval: str
    respondents: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """The line with its table, the oldest period first."""

    picture: Markup
    rows: tuple[PastRow, ...]


@dataclass(frozen=True, slots=True)
class _Moment:
    period: Period
    document: Mapping[str, Any] | None
    reasons: tuple[Reason, ...] = ()


def past_of(session: Session, publication: Publication, language: str) -> Past | None:
    """The periods of the same kind up to that of a publication; None before there are two figures to join.

    Of each period the publication that counts is taken; in its own period the publication itself.
    """
    own = parse(publication.period)
    by = kind_of(own)
    if by is None:
        return None
    last = own.end - timedelta(days=1)
    periods = [one for one in periods_of(by, default_start(by, last), last) if one.end <= own.end]
    chosen = _chosen(session, publication, {one.code for one in periods})
    first = next(place for place, one in enumerate(periods) if one.code in chosen)
    moments = _cut(
        [
            _Moment(one, read(chosen[one.code].document) if one.code in chosen else None)
            for one in periods[first:]
        ]
    )
    if len(chosen) < POINTS_LEAST:
        return None
    points = [_point(one, by, language) for one in moments]
    scale = scale_of(read(publication.document))
    title = translate("Perjalanan IKM", language)
    picture = both(Frame("perjalanan", language), lambda frame: trend(frame, title, points, scale))
    return Past(picture, tuple(_row(one, language) for one in moments))


def _chosen(session: Session, publication: Publication, codes: set[str]) -> dict[str, Publication]:
    """By period: what counts of the same unit and service, with the same questionnaire where several did."""
    statement = (
        select(Publication)
        .where(
            Publication.unit_id == publication.unit_id,
            queries.of_service(publication.service_id),
            col(Publication.period).in_(codes),
            queries.counting(),
        )
        .order_by(col(Publication.issued_at), col(Publication.sequence))
    )
    found: dict[str, Publication] = {}
    for one in session.exec(statement):
        held = found.get(one.period)
        if held is None or held.instrument != publication.instrument:
            found[one.period] = one
    return found | {publication.period: publication}


def _cut(moments: Sequence[_Moment]) -> list[_Moment]:
    """With the reasons for which a figure does not continue the last one before it."""
    shown = [one for one in moments if one.document is not None]
    reasons = {
        after.period: reasons_of(_basis(before.document or {}), _basis(after.document or {}))
        for before, after in pairwise(shown)
    }
    return [_Moment(one.period, one.document, reasons.get(one.period, ())) for one in moments]


def _basis(document: Mapping[str, Any]) -> Basis:
    method = document["method"]
    return Basis(
        instrument=document["instrument"]["ref"],
        categories=method["categories"]["id"],
        elements=frozenset(one["key"] for one in document["printed"]["elements"] if one["nrr"] is not None),
        rollup=method["rollup"],
        weight=method["weight"],
    )


def _point(one: _Moment, by: By, language: str) -> Point:
    label, group = short_name(one.period, by, language)
    if one.document is None:
        return Point(label, group, None)
    interval = one.document["interval"]
    return Point(
        label,
        group,
        Decimal(one.document["printed"]["ikm"]),
        Decimal(interval["low"]) if interval else None,
        Decimal(interval["high"]) if interval else None,
        reason_mark(one.reasons, language),
    )


def _row(one: _Moment, language: str) -> PastRow:
    name = period_name(one.period, language)
    if one.document is None:
        return PastRow(name, NOTHING, NOTHING, NOTHING, NOTHING, ())
    printed, interval = one.document["printed"], one.document["interval"]
    bounds = [number(Decimal(interval[side]), language) for side in ("low", "high")] if interval else []
    return PastRow(
        period=name,
        ikm=number(Decimal(printed["ikm"]), language),
        mutu=printed["mutu"],
        interval="–".join(bounds) or NOTHING,
        respondents=number(int(one.document["respondents"]), language),
        reasons=tuple(reason_text(reason, language) for reason in one.reasons),
    )
