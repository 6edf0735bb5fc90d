"""What a government's page shows: its units ranked, elements against units, who is silent. From sums alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from markupsafe import Markup
from sqlmodel import Session, col, select

from app.aggregation.comparison import Comparison, compared, pairs_of
from app.aggregation.figures import CategoryFigure, ElementFigure, Figure, category_figures, elements, figure
from app.aggregation.period_picker import kind_of
from app.aggregation.ranking import Ranked, Ranking, ranking_of
from app.aggregation.results import Question, Result, results_of, stored_id
from app.aggregation.trend import trend_of
from app.core.messages import translate
from app.dashboard import pictures
from app.dashboard.asking import Asked
from app.ikm.index import lowest
from app.ikm.periods import Period
from app.ikm.rounding import printed_ikm
from app.instruments.catalog import Catalog
from app.kiosks import queries as fleet
from app.kiosks.queries import Kiosk
from app.units import queries
from app.units.tables import Point, Unit
from app.web import charts
from app.web.chart_words import number

# Units of one page; the ranking and the map show the same ones.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Silent:
    """A unit without answers in the period; `points` that are open."""

    unit: Unit
    points: int


@dataclass(frozen=True, slots=True)
class View:
    """`under` are the government's own results; `comparisons` those that have answers against another period."""

    unit: Unit
    under: tuple[Result, ...]
    comparisons: tuple[Comparison, ...]
    ranking: Ranking
    silent: tuple[Silent, ...]
    kiosks: tuple[Kiosk, ...]

    @property
    def answered(self) -> tuple[Result, ...]:
        """The government's results that have answers."""
        return tuple(one for one in self.under if one.index is not None)

    @property
    def units_answered(self) -> int:
        """Units below with a result."""
        return len({one.result.unit.id for one in self.ranking.ranked})

    @property
    def silent_kiosks(self) -> tuple[Kiosk, ...]:
        """Kiosks that were not heard for a day."""
        return tuple(one for one in self.kiosks if one.silent)


@dataclass(frozen=True, slots=True)
class Row:
    """A unit in the ranking and in the map; `rank` is written `=3` where it cannot be told from the leader of its
    group, whom `leads` names.
    """

    rank: str
    leads: bool
    figure: Figure
    elements: tuple[ElementFigure, ...]
    lowest: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """The units with one questionnaire: ranking, map, and the government's own row below it."""

    key: str
    instrument: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    total: Row | None
    categories: tuple[CategoryFigure, ...]
    picture: Markup


@dataclass(frozen=True, slots=True)
class Own:
    """The government's own figure under both rules."""

    figure: Figure
    rollup: str
    pooled: Decimal | None
    mean: Decimal | None
    comparison: Comparison | None


def view_of(session: Session, catalog: Catalog, unit: Unit, asked: Asked, now: datetime) -> View:
    """All of it. Whole months are read from tallies and totals, whatever the number of answers."""
    ranking = ranking_of(session, catalog, unit, Question(asked.period))
    comparisons: tuple[Comparison, ...] = ()
    if asked.compared is not None and any(one.index for one in ranking.under):
        earlier = _earlier(session, catalog, unit, asked.compared)
        comparisons = tuple(compared(*pair) for pair in pairs_of(earlier, ranking.under))
    unit_ids = queries.below(session, stored_id(unit))
    return View(
        unit=unit,
        under=tuple(ranking.under),
        comparisons=comparisons,
        ranking=ranking,
        silent=_silent(session, ranking.silent),
        kiosks=tuple(fleet.kiosks(session, unit_ids, now)),
    )


def _earlier(session: Session, catalog: Catalog, unit: Unit, period: Period) -> list[Result]:
    """The government's results in another period; those of whole months without looking at a single row."""
    if kind_of(period) is None:
        return results_of(session, catalog, unit, Question(period))
    return trend_of(session, catalog, unit, (period,))[0].results


def _silent(session: Session, units: Sequence[Unit]) -> tuple[Silent, ...]:
    wanted = select(Point.unit_id).where(
        col(Point.unit_id).in_([stored_id(one) for one in units]), col(Point.active).is_(True)
    )
    points = Counter(session.exec(wanted))
    return tuple(Silent(one, points[stored_id(one)]) for one in units)


def own_figures(view: View, language: str) -> tuple[Own, ...]:
    """The government's own figures, one for each questionnaire."""
    against = {id(one.after): one for one in view.comparisons if one.after is not None}
    return tuple(
        Own(
            figure=figure(one, language),
            rollup=one.rollup,
            pooled=printed_ikm(one.pooled) if one.pooled is not None else None,
            mean=printed_ikm(one.mean) if one.mean is not None else None,
            comparison=against.get(id(one)),
        )
        for one in view.answered
    )


def tables(view: View, page: int, language: str) -> tuple[Table, ...]:
    """A page of the ranking, apart for each questionnaire."""
    placed = _written(view.ranking.ranked)
    start = (page - 1) * PAGE
    by_instrument: dict[str, list[tuple[str, bool, Result]]] = {}
    for rank, leads, result in placed[start : start + PAGE]:
        ref = result.instrument.ref if result.instrument else ""
        by_instrument.setdefault(ref, []).append((rank, leads, result))
    return tuple(
        _table("" if place == 0 else f"-{place + 1}", found, view, language)
        for place, found in enumerate(by_instrument.values())
    )


def pages(view: View) -> int:
    """How many pages the ranking has, at least one."""
    return max(1, -(-len(view.ranking.ranked) // PAGE))


def _written(ranked: Sequence[Ranked]) -> list[tuple[str, bool, Result]]:
    """Each result with its rank as it is written: that of the leader of its group, with = where it is shared."""
    keys = [(_ref(one), one.group if one.group is not None else f"alone {one.rank}") for one in ranked]
    sizes = Counter(keys)
    first: dict[tuple[str, int | str], int] = {}
    found = []
    for key, one in zip(keys, ranked, strict=True):
        leads = key not in first
        rank = first.setdefault(key, one.rank)
        found.append((f"={rank}" if sizes[key] > 1 else str(rank), leads, one.result))
    return found


def _ref(one: Ranked) -> str:
    return one.result.instrument.ref if one.result.instrument else ""


def _table(key: str, found: Sequence[tuple[str, bool, Result]], view: View, language: str) -> Table:
    first = found[0][2]
    if first.instrument is None or first.categories is None:
        raise ValueError("a result with answers has a questionnaire")
    rows = tuple(_row(rank, leads, result, language) for rank, leads, result in found)
    own = next((one for one in view.answered if one.instrument == first.instrument), None)
    whole = pictures.scale_of(first, language)
    seen = pictures.seen_from(whole, [one.figure.low or one.figure.ikm for one in rows])
    return Table(
        key=key,
        instrument=rows[0].figure.instrument,
        columns=tuple((one.code, one.name) for one in rows[0].elements),
        rows=rows,
        total=_row("", False, own, language) if own else None,
        categories=category_figures(first.categories, language),
        picture=pictures.ranking(
            f"peringkat-gambar{key}", [_drawn(one, language) for one in rows], seen, language
        ),
    )


def _row(rank: str, leads: bool, result: Result, language: str) -> Row:
    least = lowest(result.index, 1) if result.index else ()
    return Row(rank, leads, figure(result, language), elements(result, language), least[0] if least else None)


def _drawn(row: Row, language: str) -> charts.Ranked:
    one = row.figure
    note = translate("{count} responden", language, {"count": number(one.respondents, language)})
    if one.margin is not None:
        note += f" · ±{number(one.margin, language)}"
    return charts.Ranked(row.rank, row.leads, one.unit.name, one.ikm, one.mutu, one.low, one.high, note)
