"""What the monthly letter says: one page in plain Indonesian. Every figure is one that the pages show, too."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlmodel import Session

from app.aggregation.comparison import Comparison, comparison_of
from app.aggregation.figures import Figure, elements, figure
from app.aggregation.period_picker import period_name
from app.aggregation.results import Question, Result
from app.comments.panel import comments_behind
from app.followups.effect import Effect, effect_of
from app.followups.queries import clocked, of_unit
from app.followups.tables import DONE, FollowUp
from app.ikm.index import lowest
from app.ikm.periods import Period, previous
from app.ikm.rounding import printed_ikm
from app.instruments.catalog import Catalog
from app.instruments.model import in_language
from app.plans.queries import at_risk
from app.units import queries
from app.units.queries import government_of
from app.units.tables import Unit
from app.web.chart_words import number, signed

LANGUAGE = "id"
ELEMENTS_NAMED = 2
COMMENTS_EACH = 2
LATE_NAMED = 5
_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class ToFix:
    """An element to improve: its value, its change, and what people wrote."""

    name: str
    ikm: str
    mutu: str
    kinerja: str
    change: str
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Late:
    """Something whose time is over, or will be: what, who, since when."""

    what: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class Writing:
    """The letter. Without answers `ikm` is None and `lead` says so."""

    unit: str
    government: str
    code: str
    period: str
    period_code: str
    made_on: str
    ikm: str | None
    mutu: str | None
    kinerja: str | None
    lead: str
    change: str
    to_fix: tuple[ToFix, ...]
    action: str
    late: tuple[Late, ...]

    def content(self) -> dict[str, Any]:
        """As it is stored and given to layouts."""
        return asdict(self)


def written(session: Session, catalog: Catalog, unit: Unit, period: Period, now: datetime) -> Writing:
    """The letter about a whole month, for whoever heads the unit."""
    unit_id = unit.id or 0
    today = now.astimezone(ZoneInfo(unit.timezone)).date()
    unit_ids = tuple(queries.below(session, unit_id))
    pairs = comparison_of(session, catalog, unit, Question(period), previous(period))
    pair = max(pairs, key=lambda one: one.after.respondents if one.after else 0)
    result = pair.after if pair.after and pair.after.index is not None else None
    shown = figure(result, LANGUAGE) if result else None
    return Writing(
        unit=unit.name,
        government=government_of(session, unit_id).name,
        code=unit.code,
        period=period_name(period, LANGUAGE),
        period_code=period.code,
        made_on=_day(today),
        ikm=number(shown.ikm, LANGUAGE) if shown else None,
        mutu=shown.mutu if shown else None,
        kinerja=shown.kinerja if shown else None,
        lead=_lead(shown, period),
        change=_change(pair, previous(period)) if shown else "",
        to_fix=_to_fix(session, catalog, unit_ids, period, result, pair) if result else (),
        action=_action(session, catalog, unit, today),
        late=_late(session, unit_ids, today),
    )


def _lead(shown: Figure | None, period: Period) -> str:
    if shown is None:
        name = period_name(period, LANGUAGE)
        return f"Belum ada warga yang menilai pada {name}. Periksa apakah kode QR dan kios terpasang."
    margin = f" (± {number(shown.margin, LANGUAGE)})" if shown.margin is not None else ""
    return (
        f"{number(shown.respondents, LANGUAGE)} warga menilai. IKM {number(shown.ikm, LANGUAGE)}{margin}, mutu "
        f"{shown.mutu}: {shown.kinerja}."
    )


def _change(pair: Comparison, before: Period) -> str:
    name = period_name(before, LANGUAGE)
    if pair.change is None or pair.change.interval is None:
        return f"Tidak dapat dibandingkan dengan {name}."
    moved = signed(printed_ikm(pair.change.difference), LANGUAGE)
    if not pair.change.significant:
        return f"Dibandingkan {name}: {moved}, belum berarti."
    return f"Dibandingkan {name}: {moved}, berarti."


def _to_fix(
    session: Session,
    catalog: Catalog,
    unit_ids: tuple[int, ...],
    period: Period,
    result: Result,
    pair: Comparison,
) -> tuple[ToFix, ...]:
    if result.index is None:
        return ()
    shown = {one.key: one for one in elements(result, LANGUAGE)}
    changes = {one.key: one.change for one in pair.elements}
    found = []
    for key in lowest(result.index, ELEMENTS_NAMED):
        one, change = shown[key], changes.get(key)
        if one.ikm is None:
            continue
        moved = ""
        if change is not None and change.interval is not None:
            said = "berarti" if change.significant else "belum berarti"
            moved = f"{signed(printed_ikm(change.difference), LANGUAGE)}, {said}"
        quoted = comments_behind(session, catalog, unit_ids, period, key, limit=COMMENTS_EACH)
        found.append(
            ToFix(
                name=one.name,
                ikm=number(one.ikm, LANGUAGE),
                mutu=one.mutu or "",
                kinerja=one.kinerja or "",
                change=moved,
                comments=tuple(comment.text for comment in quoted),
            )
        )
    return tuple(found)


def _action(session: Session, catalog: Catalog, unit: Unit, today: date) -> str:
    """What became of the last action that was finished."""
    done = [row for row in of_unit(session, [unit.id or 0], states=[DONE]) if row.done_on is not None]
    if not done:
        return "Belum ada tindak lanjut yang selesai."
    row = max(done, key=lambda one: one.done_on or date.min)
    first = f"{row.action} selesai {_day(row.done_on or today)}."
    effect = effect_of(session, catalog, unit, None, row, today)
    return f"{first} {_effect(effect, catalog, row)}".strip()


def _effect(effect: Effect | None, catalog: Catalog, row: FollowUp) -> str:
    if effect is None:
        return ""
    name = next(
        (
            in_language(element.name, LANGUAGE)
            for instrument in catalog.instruments.values()
            for element in instrument.elements
            if element.key == row.element
        ),
        row.element or "",
    )
    if effect.value_after is None or effect.value_before is None:
        return f"Dampaknya pada unsur {name} dapat dibaca mulai {_day(effect.ready_on)}."
    values = f"{number(effect.value_before, LANGUAGE)} menjadi {number(effect.value_after, LANGUAGE)}"
    sure = effect.change is not None and effect.change.significant
    return f"Unsur {name} dari {values}, {'berarti' if sure else 'belum berarti'}."


def _late(session: Session, unit_ids: tuple[int, ...], today: date) -> tuple[Late, ...]:
    """Open actions whose quarter is over, and surveys that will miss their target."""
    rows = [one.row for one in clocked(session, of_unit(session, unit_ids), today) if one.late]
    found = [Late(row.action, row.owner, f"TW {_ROMAN[row.due_quarter - 1]} {row.due_year}") for row in rows]
    for one in at_risk(session, unit_ids, today):
        missing = number(max(one.plan.target - one.answers, 0), LANGUAGE)
        when = f"sampai {_day(one.plan.last_day)}"
        found.append(Late(f"Target responden: kurang {missing}", "Pelaksana survei", when))
    return tuple(found[:LATE_NAMED])


def _day(value: date) -> str:
    return format_date(value, "d MMMM y", locale=LANGUAGE)
