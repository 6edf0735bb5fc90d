"""What is worth telling. Each thing has a key that is the same whenever it is found again."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.aggregation.comparison import comparison_of
from app.aggregation.results import Question, Result
from app.ikm.periods import Period, previous, sequence
from app.ikm.rounding import printed_ikm
from app.instruments.catalog import Catalog
from app.plans.queries import progress_of
from app.plans.tables import Plan
from app.publication.tables import Publication
from app.units.tables import Service, Unit
from app.webhooks.events import IKM_FELL, POINT_SILENT, RESULT_PUBLISHED, TARGET_REACHED
from app.webhooks.silence import silent
from app.webhooks.tables import Webhook

# What is older is no news, even where nobody looked meanwhile.
NEWS = timedelta(days=14)
# Answers of a quarter may come in late from kiosks: its fall is looked for so long after its end.
LATE = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something worth telling."""

    event: str
    key: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Watch:
    """One receiver and all units that it is told of, by their ids."""

    webhook: Webhook
    units: Mapping[int, Unit]


def published(session: Session, _catalog: Catalog, watch: Watch, now: datetime) -> Iterator[Happening]:
    """Results that were published since the receiver is there, corrections too."""
    wanted = (
        select(Publication)
        .where(
            col(Publication.unit_id).in_(watch.units),
            Publication.issued_at >= max(watch.webhook.created_at, now - NEWS),
        )
        .order_by(col(Publication.issued_at))
    )
    for one in session.exec(wanted).all():
        service = session.get_one(Service, one.service_id) if one.service_id is not None else None
        data = {
            "unit": _named(watch.units[one.unit_id]),
            "service": _named(service) if service else None,
            "period": one.period,
            "number": one.number,
            "replaces": one.replaces,
            "instrument": one.instrument,
            "respondents": one.respondents,
            "ikm": float(one.ikm),
            "mutu": one.mutu,
            "sha256": one.sha256,
        }
        yield Happening(RESULT_PUBLISHED, f"published:{one.number}", data)


def reached(session: Session, _catalog: Catalog, watch: Watch, now: datetime) -> Iterator[Happening]:
    """Plans whose target is reached, while they run and shortly after."""
    plans = select(Plan).where(col(Plan.unit_id).in_(watch.units), col(Plan.last_day) >= (now - NEWS).date())
    by_day: dict[date, list[Plan]] = defaultdict(list)
    for plan in session.exec(plans):
        today = now.astimezone(ZoneInfo(watch.units[plan.unit_id].timezone)).date()
        if plan.first_day <= today:
            by_day[today].append(plan)
    for today, some in by_day.items():
        for found in progress_of(session, some, today):
            plan = found.plan
            if found.answers >= plan.target:
                service = session.get_one(Service, plan.service_id) if plan.service_id else None
                data = {
                    "unit": _named(watch.units[plan.unit_id]),
                    "service": _named(service) if service else None,
                    "period": plan.period,
                    "target": plan.target,
                    "answers": found.answers,
                }
                yield Happening(TARGET_REACHED, f"target:{plan.id}:{plan.target}", data)


def fell(session: Session, catalog: Catalog, watch: Watch, now: datetime) -> Iterator[Happening]:
    """Units whose IKM of the last whole quarter is significantly lower than that of the quarter before."""
    for unit in watch.units.values():
        today = now.astimezone(ZoneInfo(unit.timezone)).date()
        period = previous(sequence("quarter", today, today)[0])
        if today <= period.end + LATE:
            yield from _fall(session, catalog, unit, period)


def silences(session: Session, _catalog: Catalog, watch: Watch, now: datetime) -> Iterator[Happening]:
    """Points and kiosks that used to send and have stopped."""
    for one in silent(session, watch.units, now):
        data = {
            "unit": _named(watch.units[one.unit_id]),
            "point": one.point,
            "channel": one.channel,
            "device": one.device,
            "last_answer_on" if one.device is None else "last_heard_on": one.last.isoformat(),
        }
        yield Happening(POINT_SILENT, f"silent:{one.point}:{one.device or ''}:{one.last}", data)


def _fall(session: Session, catalog: Catalog, unit: Unit, period: Period) -> Iterator[Happening]:
    for found in comparison_of(session, catalog, unit, Question(period), previous(period)):
        change, before, after = found.change, found.before, found.after
        if (
            change is None
            or not change.significant
            or change.difference >= 0
            or before is None
            or after is None
        ):
            continue
        data = {
            "unit": _named(unit),
            "instrument": after.instrument.ref if after.instrument else None,
            "before": _figure(before),
            "after": _figure(after),
            "difference": float(printed_ikm(change.difference)),
        }
        yield Happening(IKM_FELL, f"fell:{unit.code}:{period.code}:{data['instrument']}", data)


def _figure(result: Result) -> dict[str, Any]:
    ikm = float(printed_ikm(result.index.ikm)) if result.index else None
    return {"period": result.question.period.code, "respondents": result.respondents, "ikm": ikm}


def _named(thing: Unit | Service) -> dict[str, str]:
    return {"code": thing.code, "name": thing.name}
