"""A unit's or a service's results as its page shows them: figures, changes in words, pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from app.aggregation.comparison import Comparison
from app.aggregation.estimates import element_intervals
from app.aggregation.figures import CategoryFigure, ElementFigure, Figure, category_figures, elements, figure
from app.aggregation.period_picker import period_name
from app.aggregation.reasons import reason_text
from app.aggregation.results import Result
from app.aggregation.trend import By
from app.dashboard import pictures, wording
from app.dashboard.timeline import Moment
from app.dashboard.unit_view import Details, View
from app.history.queries import HistoricalPoint
from app.ikm.comparability import Reason
from app.ikm.element_intervals import ElementInterval
from app.ikm.rounding import printed_ikm
from app.web.charts import Scale


@dataclass(frozen=True, slots=True)
class Moved:
    """A change as printed. `kind`: `significant`, `chance`, `untested` or, with reasons that forbid it, `apart`."""

    before: Decimal | None
    difference: Decimal | None
    low: Decimal | None
    high: Decimal | None
    kind: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ElementRow:
    """An element with its interval and its change."""

    figure: ElementFigure
    interval: ElementInterval | None
    change: Decimal | None
    significant: bool


@dataclass(frozen=True, slots=True)
class Block:
    """All that is shown of one result. `key` ends its ids; elements are lowest first, those not asked apart."""

    key: str
    figure: Figure
    moved: Moved | None
    elements: tuple[ElementRow, ...]
    not_asked: tuple[str, ...]
    labels: tuple[int, ...]
    scale: Scale
    categories: tuple[CategoryFigure, ...]
    ruler: Markup
    bars: Markup
    spread: Markup
    rollup: str
    pooled: Decimal | None
    mean: Decimal | None
    excluded: int

    @property
    def falling(self) -> tuple[str, ...]:
        """Names of the elements that became worse beyond chance, the lowest first."""
        return tuple(
            one.figure.name
            for one in self.elements
            if one.significant and one.change is not None and one.change < 0
        )

    @property
    def rising(self) -> tuple[str, ...]:
        """Names of the elements that became better beyond chance, the lowest first."""
        return tuple(
            one.figure.name
            for one in self.elements
            if one.significant and one.change is not None and one.change > 0
        )


@dataclass(frozen=True, slots=True)
class TrendRow:
    """A period of the trend; `figure` is None without answers, `reasons` say why the line is cut before it."""

    name: str
    code: str
    figure: Figure | None
    imported: HistoricalPoint | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service of the unit and its result."""

    code: str
    name: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class DetailsShown:
    """What single answers tell: pictures of the profile with their rows, flags, channels."""

    profile: tuple[tuple[str, Markup, tuple[tuple[str, int, str], ...]], ...]
    flagged: tuple[tuple[Figure, Figure | None, int, Decimal | None], ...]
    channels: tuple["ChannelsShown", ...]


@dataclass(frozen=True, slots=True)
class ChannelsShown:
    """The channels of one questionnaire: (name, figure) and the differences of those that differ beyond chance."""

    groups: tuple[tuple[str, Figure], ...]
    differing: tuple[tuple[str, str, Decimal], ...]
    tested: bool
    confounded: bool


def blocks(view: View, language: str) -> tuple[Block, ...]:
    """A block for each result that has answers."""
    return tuple(
        _block("" if place == 0 else f"-{place + 1}", one, comparison, language)
        for place, (one, comparison) in enumerate(zip(view.answered, view.comparisons, strict=True))
    )


def _block(key: str, result: Result, comparison: Comparison | None, language: str) -> Block:
    if result.instrument is None or result.categories is None:
        raise ValueError("a result with answers has a questionnaire")
    shown, intervals = elements(result, language), element_intervals(result)
    asked = sorted((one for one in shown if one.ikm is not None), key=lambda one: one.nrr or 0)
    rows = _rows(asked, intervals, comparison)
    scale, own = pictures.scale_of(result, language), figure(result, language)
    return Block(
        key=key,
        figure=own,
        moved=moved(comparison, language),
        elements=rows,
        not_asked=tuple(one.name for one in shown if one.ikm is None),
        labels=tuple(range(result.instrument.scale.low, result.instrument.scale.high + 1)),
        scale=scale,
        categories=category_figures(result.categories, language),
        ruler=pictures.ruler(f"skala{key}", own, scale, language),
        bars=pictures.element_bars(f"unsur-gambar{key}", asked, intervals, comparison, scale, language),
        spread=pictures.spread(f"sebaran-gambar{key}", asked, language),
        rollup=result.rollup,
        pooled=printed_ikm(result.pooled) if result.pooled is not None else None,
        mean=printed_ikm(result.mean) if result.mean is not None else None,
        excluded=result.excluded,
    )


def _rows(
    shown: Sequence[ElementFigure], intervals: dict[str, ElementInterval], comparison: Comparison | None
) -> tuple[ElementRow, ...]:
    changes = {one.key: one.change for one in comparison.elements} if comparison else {}
    found = []
    for one in shown:
        change = changes.get(one.key)
        difference = printed_ikm(change.difference) if change else None
        found.append(
            ElementRow(one, intervals.get(one.key), difference, change is not None and change.significant)
        )
    return tuple(found)


def moved(comparison: Comparison | None, language: str) -> Moved | None:
    """A comparison in words; None where there is nothing before."""
    if comparison is None or comparison.before is None or comparison.before.index is None:
        return None
    change = comparison.change
    reasons = tuple(reason_text(one, language) for one in comparison.reasons)
    margin = change.interval if change else None
    if any(one.blocks for one in comparison.reasons):
        kind = "apart"
    elif change is None or change.p is None:
        kind = "untested"
    else:
        kind = "significant" if change.significant else "chance"
    return Moved(
        before=printed_ikm(comparison.before.index.ikm),
        difference=printed_ikm(change.difference) if change else None,
        low=margin.low if margin else None,
        high=margin.high if margin else None,
        kind=kind,
        reasons=reasons,
    )


def ruler(key: str, result: Result, own: Figure, language: str) -> Markup:
    """A result on its whole scale."""
    return pictures.ruler(key, own, pictures.scale_of(result, language), language)


def progress(key: str, respondents: int, target: int, language: str) -> Markup:
    """Respondents of the target of a plan."""
    return pictures.progress(key, respondents, target, language)


def trend_rows(moments: Sequence[Moment], language: str) -> tuple[TrendRow, ...]:
    """The periods of a trend in words, the oldest first."""
    rows = []
    for one in moments:
        reasons = tuple(reason_text(reason, language) for reason in one.step.breaks) if one.step else ()
        if one.changes_source:
            told = one.imported.label(language) if one.imported else reason_text(Reason.SOURCE, language)
            reasons = (told, *reasons)
        rows.append(
            TrendRow(
                period_name(one.period, language),
                one.period.code,
                figure(one.result, language) if one.result else None,
                one.imported,
                reasons,
            )
        )
    return tuple(rows)


def trend_picture(moments: Sequence[Moment], by: By, language: str) -> Markup | None:
    """The line over time; None where fewer than two periods have figures, or none has answers."""
    last = next((one.result for one in reversed(moments) if one.result is not None), None)
    if last is None or sum(one.has_figure for one in moments) < 2:
        return None
    scale = pictures.scale_of(last, language)
    return pictures.trend_line("perjalanan-gambar", moments, by, scale, language)


def service_rows(view: View, language: str) -> tuple[ServiceRow, ...]:
    """The unit's services that have answers, the lowest first."""
    rows = [
        ServiceRow(one.service.code, one.service.name, figure(one.result, language))
        for one in view.services
        if one.service is not None and one.result.index is not None
    ]
    return tuple(sorted(rows, key=lambda row: (row.figure.ikm, row.name)))


def details_shown(details: Details, language: str) -> DetailsShown:
    """The same in words and pictures."""
    return DetailsShown(
        profile=tuple(
            (
                wording.aspect(one.name, language),
                pictures.amounts(f"profil-{one.name}", one, language),
                _shares(one.groups, language),
            )
            for one in details.profile
        ),
        flagged=tuple(
            (
                figure(one.published, language),
                figure(one.without, language) if one.without and one.without.index else None,
                one.flagged,
                printed_ikm(one.difference) if one.difference is not None else None,
            )
            for one in details.flagged
        ),
        channels=tuple(
            ChannelsShown(
                groups=tuple(
                    (wording.trait(group.key, language), figure(group.result, language))
                    for group in one.groups
                    if group.result.index is not None
                ),
                differing=tuple(
                    (
                        wording.trait(pair.channel, language),
                        wording.trait(pair.other, language),
                        printed_ikm(pair.within.difference),
                    )
                    for pair in one.differences
                    if pair.within is not None and pair.within.significant
                ),
                tested=any(pair.within is not None and pair.within.p is not None for pair in one.differences),
                confounded=one.confounded,
            )
            for one in details.channels
        ),
    )


def _shares(groups: Sequence[tuple[str | None, int]], language: str) -> tuple[tuple[str, int, str], ...]:
    whole = sum(count for _, count in groups)
    return tuple(
        (wording.trait(value, language), count, pictures.share_text(count, whole, language))
        for value, count in groups
    )
