"""The panel about what to improve first: why each element asks for it, and importance against performance."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup
from sqlmodel import Session

from app.aggregation.figures import ElementFigure, elements
from app.aggregation.priorities import Priorities, prioritised
from app.comments import panel as comments
from app.core.messages import translate
from app.dashboard import pictures, wording
from app.dashboard.panel_context import Context, PanelData
from app.followups.guards import EDITS
from app.ikm.priority import RESPONDENTS_LEAST, ElementPriority, Quadrant, Signal, centre
from app.ikm.rounding import printed_ikm, round_half_up
from app.instruments.model import in_language
from app.web.chart_canvas import Frame, both
from app.web.chart_quadrant import Dot, Fields, quadrant

PLACES = 3
"""Decimals of an importance, as in the API."""


@dataclass(frozen=True, slots=True)
class Row:
    """An element: what is printed of it, and in words why it asks to be improved. `field` is its quadrant."""

    figure: ElementFigure
    change: Decimal | None
    significant: bool
    comments: int
    share: str | None
    importance: Decimal | None
    field: str | None
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One questionnaire: `urgent` are the rows with signals, `picture` None without importance.

    `respondents` are those from whose answers importance comes, of every `every`th day; `asked` where they said it
    themselves. `absent` names the elements that have none.
    """

    key: str
    questionnaire: str
    urgent: tuple[Row, ...]
    rows: tuple[Row, ...]
    picture: Markup | None
    respondents: int
    every: int
    asked: bool
    scale: tuple[int, int]
    absent: tuple[str, ...]
    answers: int

    @property
    def few(self) -> bool:
        """Whether the order may easily change with the next answers."""
        return self.answers < RESPONDENTS_LEAST


def priorities(session: Session, context: Context) -> PanelData | None:
    """Every result that has answers. Comments are those of the whole unit, counted where that is quick."""
    view, language = context.view, context.language
    if not view.answered:
        return None
    spoken = _spoken(session, context)
    found = [
        prioritised(session, view.subject.selection, one, comparison, spoken)
        for one, comparison in zip(view.answered, view.comparisons, strict=True)
    ]
    return {
        "shown": [
            _shown("" if place == 0 else f"-{place + 1}", one, language) for place, one in enumerate(found)
        ],
        "counted": spoken is not None,
        "least": RESPONDENTS_LEAST,
        "edits": context.service_id is None and context.holds(session, EDITS),
    }


def _spoken(session: Session, context: Context) -> Counter[str] | None:
    """Comments by element; None where they are too many to be counted unasked."""
    unit_ids, period = context.view.subject.unit_ids, context.view.asked.period
    if not context.view.asked.details and not comments.is_quick(session, unit_ids, period):
        return None
    return comments.element_counts(session, unit_ids, period)


def _shown(key: str, found: Priorities, language: str) -> Shown:
    figures = {one.key: one for one in elements(found.result, language)}
    asked = found.importance.asked
    rows = tuple(_row(one, figures[one.key], language, asked=asked) for one in found.elements)
    instrument = found.result.instrument
    return Shown(
        key=key,
        questionnaire=in_language(instrument.title, language) if instrument else "",
        urgent=tuple(one for one in rows if one.signals),
        rows=rows,
        picture=_picture(f"kuadran{key}", found, rows, language),
        respondents=found.importance.respondents,
        every=found.importance.every,
        asked=asked,
        scale=(instrument.scale.low, instrument.scale.high) if instrument else (0, 0),
        absent=tuple(one.figure.name for one in rows if one.importance is None),
        answers=found.result.respondents,
    )


def _row(one: ElementPriority, figure: ElementFigure, language: str, *, asked: bool) -> Row:
    share, names = one.topic_share, wording.fields(language, asked=asked)
    return Row(
        figure=figure,
        change=printed_ikm(one.change.difference) if one.change else None,
        significant=one.change is not None and one.change.significant,
        comments=one.topics,
        share=pictures.share_text(share.numerator, share.denominator, language) if share else None,
        importance=round_half_up(one.importance, PLACES) if one.importance is not None else None,
        field=names[one.quadrant] if one.quadrant else None,
        signals=tuple(_said(signal, language, asked=asked) for signal in one.signals),
    )


def _said(signal: Signal, language: str, *, asked: bool) -> str:
    important = (
        translate("Penting menurut warga", language)
        if asked
        else translate("Erat kaitannya dengan kepuasan", language)
    )
    return {
        Signal.LOWEST: translate("Termasuk tiga nilai terendah", language),
        Signal.FALLING: translate("Turun berarti", language),
        Signal.TALKED_ABOUT: translate("Paling banyak ditulis warga", language),
        Signal.IMPORTANT: important,
    }[signal]


def _picture(key: str, found: Priorities, rows: tuple[Row, ...], language: str) -> Markup | None:
    """Where each element stands; None without importance."""
    middle = centre(found.elements)
    if middle is None:
        return None
    across, up = middle
    asked = found.importance.asked
    names = wording.fields(language, asked=asked)
    fields = Fields(
        printed_ikm(across),
        round_half_up(up, PLACES),
        translate("Nilai unsur", language),
        translate("Kepentingan menurut warga", language)
        if asked
        else translate("Kaitan dengan kepuasan", language),
        names[Quadrant.CONCENTRATE],
        names[Quadrant.KEEP],
        names[Quadrant.LOW],
        names[Quadrant.OVERKILL],
    )
    dots = [dot for row in rows if (dot := _dot(row)) is not None]
    title = (
        translate("Nilai tiap unsur dan kepentingannya menurut warga (ditanyakan)", language)
        if asked
        else translate("Nilai tiap unsur dan kaitannya dengan kepuasan (diturunkan dari jawaban)", language)
    )
    return both(Frame(key, language), lambda frame: quadrant(frame, title, dots, fields))


def _dot(row: Row) -> Dot | None:
    one = row.figure
    if one.ikm is None or one.mutu is None or row.importance is None or row.field is None:
        return None
    return Dot(one.code, one.name, one.ikm, row.importance, one.mutu, row.field)
