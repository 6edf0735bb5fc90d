"""Results as pictures for a page: the same numbers that stand in the table under each."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from markupsafe import Markup

from app.aggregation.comparison import Comparison
from app.aggregation.figures import ElementFigure, Figure, category_figures, scale_ends
from app.aggregation.period_picker import short_name
from app.aggregation.profile import Aspect
from app.aggregation.reasons import reason_mark
from app.aggregation.results import Result
from app.aggregation.trend import By
from app.core.messages import translate
from app.dashboard import wording
from app.dashboard.timeline import Moment
from app.ikm.comparability import Reason
from app.ikm.element_intervals import ElementInterval
from app.ikm.rounding import printed_ikm
from app.web import charts
from app.web.chart_canvas import Frame, both, small
from app.web.chart_trend import Point, trend
from app.web.chart_words import number
from app.web.charts import Amount, Band, Bar, Ranked, Scale, Spread

_STEP = 5


def scale_of(result: Result, language: str) -> Scale:
    """The whole scale of a result's questionnaire with its categories."""
    if result.instrument is None or result.categories is None:
        raise ValueError("a result without a questionnaire has no scale")
    low, high = scale_ends(result.instrument)
    bands = category_figures(result.categories, language)
    return Scale(tuple(Band(one.mutu, one.lower) for one in bands), low, high)


def ruler(key: str, figure: Figure, scale: Scale, language: str) -> Markup:
    """The figure on its scale."""
    bar = Bar("IKM", figure.ikm, figure.mutu, figure.low, figure.high)
    title = translate("IKM pada skalanya, dengan batas mutu dan selang kepercayaan 95%", language)
    return both(Frame(key, language), lambda frame: charts.ruler(frame, title, bar, scale))


def element_bars(
    key: str,
    shown: Sequence[ElementFigure],
    intervals: dict[str, ElementInterval],
    comparison: Comparison | None,
    scale: Scale,
    language: str,
) -> Markup:
    """The elements in the order given, each with its change."""
    changes = {one.key: one.change for one in comparison.elements} if comparison else {}
    rows = []
    for one in shown:
        if one.ikm is None or one.mutu is None:
            continue
        change, margin = changes.get(one.key), intervals.get(one.key)
        rows.append(
            Bar(
                one.name,
                one.ikm,
                one.mutu,
                margin.low if margin else None,
                margin.high if margin else None,
                printed_ikm(change.difference) if change else None,
                significant=change is not None and change.significant,
            )
        )
    title = translate("Nilai tiap unsur, terendah lebih dulu", language)
    return both(Frame(key, language), lambda frame: charts.bars(frame, title, rows, scale))


def spread(key: str, shown: Sequence[ElementFigure], language: str) -> Markup:
    """How the answers to each element are distributed, in per cent."""
    rows = [Spread(one.name, one.counts) for one in shown if one.n]
    title = translate("Sebaran jawaban tiap unsur dalam persen, dari nilai terendah", language)
    return both(Frame(key, language), lambda frame: charts.distribution(frame, title, rows))


def amounts(key: str, aspect: Aspect, language: str) -> Markup:
    """How many respondents there are of each group."""
    rows = [Amount(wording.trait(value, language), count) for value, count in aspect.groups]
    title = wording.aspect(aspect.name, language)
    return small(Frame(key, language), lambda frame: charts.amounts(frame, title, rows))


def progress(key: str, done: int, target: int, language: str) -> Markup:
    """Respondents of a target."""
    title = translate("Responden dari target", language)
    return small(Frame(key, language), lambda frame: charts.progress(frame, title, done, target))


def trend_line(key: str, moments: Sequence[Moment], by: By, scale: Scale, language: str) -> Markup:
    """The IKM over time, cut where it cannot be compared."""
    points = [_point(one, by, language) for one in moments]
    title = translate("Perjalanan IKM", language)
    return both(Frame(key, language), lambda frame: trend(frame, title, points, scale))


def _point(one: Moment, by: By, language: str) -> Point:
    label, group = short_name(one.period, by, language)
    broken = reason_mark(one.step.breaks, language) if one.step and one.result else None
    if one.imported is not None:
        broken = one.imported.label(language) if one.changes_source else None
        return Point(label, group, one.imported.ikm, broken=broken, old=True)
    if one.changes_source:
        broken = reason_mark((Reason.SOURCE,), language)
    index = one.result.index if one.result else None
    margin = one.result.interval if one.result else None
    return Point(
        label,
        group,
        printed_ikm(index.ikm) if index else None,
        margin.low if margin else None,
        margin.high if margin else None,
        broken,
    )


def ranking(key: str, rows: Sequence[Ranked], scale: Scale, language: str) -> Markup:
    """Units under each other with their intervals."""
    title = translate("Unit menurut IKM, dengan selang kepercayaan 95%", language)
    return both(Frame(key, language), lambda frame: charts.ranking(frame, title, rows, scale))


def seen_from(scale: Scale, values: Sequence[Decimal]) -> Scale:
    """The scale from a multiple of five below the lowest value, so that differences are seen."""
    least = min(values, default=scale.low)
    low = max(least // _STEP * _STEP, scale.low)
    return Scale(scale.bands, min(low, scale.high - _STEP), scale.high)


def share_text(part: int, whole: int, language: str) -> str:
    """A part in per cent with one decimal."""
    return _percent(Fraction(part * 100, whole), language) if whole else "–"


def _percent(value: Fraction, language: str) -> str:
    tenths = (2 * value.numerator * 10 + value.denominator) // (2 * value.denominator)
    return number(Decimal(tenths).scaleb(-1), language) + "%"
