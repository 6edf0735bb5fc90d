"""Form F-01, fields 6a to 9b, filled in from the facts; the same as JSON and as a sheet."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from app.aggregation.period_picker import period_name
from app.followups.clock import LEVEL_MONTHS, share_done
from app.ikm.periods import parse
from app.instruments.model import in_language
from app.pekppp import wording
from app.pekppp.facts import Facts
from app.pekppp.instrument import Instrument
from app.pekppp.scoring import NOT_ELECTRONIC, Reason, Role, Standing, indicator_9, standing
from app.publication.media import Shown

_MONTHS = dict(LEVEL_MONTHS)


class LastIkm(BaseModel):
    """Field 6c: the IKM of the last period, 25 to 100, as it is printed; where the figure comes from."""

    ikm: float
    period: str
    period_name: str
    source: Literal["published", "computed", "imported"]
    publication: str | None


class MediaKinds(BaseModel):
    """Field 6e: classes of media that show method, process and result."""

    electronic: list[str]
    not_electronic: list[str]


class MediumOut(BaseModel):
    """A line of field 7a."""

    kind: str
    place: str
    shown_on: date
    address: str | None
    has_photo: bool
    counts: bool
    reachable: bool | None
    publication: str


class Fields(BaseModel):
    """The fields of the form under their numbers. 8b in per cent; 9b in months: 1, 3, 6, 9 or 12."""

    model_config = ConfigDict(populate_by_name=True)

    done: bool = Field(alias="6a")
    times: int = Field(alias="6b")
    last: LastIkm | None = Field(alias="6c")
    by_rule: bool = Field(alias="6d")
    media_kinds: MediaKinds = Field(alias="6e")
    followed_up: bool = Field(alias="6f")
    media: list[MediumOut] = Field(alias="7a")
    plan_exists: bool = Field(alias="8a")
    realised: float | None = Field(alias="8b")
    plan_reported: bool = Field(alias="8c")
    all_followed_up: bool = Field(alias="9a")
    months: int | None = Field(alias="9b")


class ReasonOut(BaseModel):
    """A reason by its word and as a sentence; `add_at` is the page on which it is put right."""

    code: Reason
    text: str
    add_at: str | None


class ProposalOut(BaseModel):
    """A proposed level 0..5 of an indicator, `weight` in per cent of its aspect. The evaluator decides.

    `standing`: `final`, `so_far` while the year that it rests on runs, `not_yet` where it says nothing so far.
    """

    indicator: int
    role: Role
    code: str
    name: str
    weight: float
    level: int
    standing: Standing
    meaning: str
    because: list[ReasonOut]
    missing: list[ReasonOut]


class SupportingOut(BaseModel):
    """What the service means for an indicator that it only touches."""

    code: str
    text: str


class InstrumentOut(BaseModel):
    """The version of the evaluation's instrument; `remark` is what readers of the form must know of it."""

    id: str
    basis: str
    aspect: str
    remark: str | None


class F01(BaseModel):
    """The form of a unit and year. Without a known instrument there are no proposals, and `note` says so."""

    format: Literal["eskm-pekppp-f01/1"]
    unit: str
    unit_name: str
    year: int
    made_at: datetime
    instrument: InstrumentOut | None
    note: str | None
    fields: Fields
    proposals: list[ProposalOut]
    supporting: list[SupportingOut]


def f01(facts: Facts, now: datetime, language: str = "id") -> F01:
    """The form in the words of a language."""
    instrument = facts.instrument
    return F01(
        format="eskm-pekppp-f01/1",
        unit=facts.unit.code,
        unit_name=facts.unit.name,
        year=facts.year,
        made_at=now,
        instrument=_instrument(instrument, language) if instrument else None,
        note=None if instrument else wording.unknown_instrument(language),
        fields=_fields(facts, language),
        proposals=_proposals(facts, now.astimezone(ZoneInfo(facts.unit.timezone)).date(), language),
        supporting=[
            SupportingOut(code=code, text=in_language(text, language)) for code, text in instrument.supporting
        ]
        if instrument
        else [],
    )


def _instrument(instrument: Instrument, language: str) -> InstrumentOut:
    return InstrumentOut(
        id=instrument.id,
        basis=in_language(instrument.basis, language),
        aspect=instrument.aspect,
        remark=in_language(instrument.remark, language) if instrument.remark else None,
    )


def _fields(facts: Facts, language: str) -> Fields:
    answered = [one for one in facts.surveys if one.facts.respondents != 0]
    kinds = {one.row.kind for one in facts.media if one.is_complete}
    before = facts.before
    share = share_done(before.planned, before.done) if before else None
    recent = (*facts.plans[facts.year], *facts.plans[facts.year - 1])
    looked_at = [one for year in (1, 2) for one in facts.plans[facts.year - year] if one.planned]
    # The steps of the form are the same in every year, whatever the year's instrument makes of them.
    speed = indicator_9(looked_at, ()).level
    return Fields(
        done=bool(answered),
        times=len({one.facts.period for one in answered}),
        last=_last(facts, language),
        by_rule=any(one.facts.is_by_rule for one in answered),
        media_kinds=MediaKinds(
            electronic=sorted(kinds - NOT_ELECTRONIC), not_electronic=sorted(kinds & NOT_ELECTRONIC)
        ),
        followed_up=any(one.done for one in recent),
        media=[_medium(one) for one in facts.media],
        plan_exists=before is not None,
        realised=None if share is None else float(wording.percent_text(share * 100)),
        plan_reported=before is not None and before.reported,
        all_followed_up=bool(looked_at) and all(one.done == one.planned for one in looked_at),
        months=_MONTHS.get(speed),
    )


def _last(facts: Facts, language: str) -> LastIkm | None:
    found = facts.last_survey
    if found is None or found.ikm is None:
        return None
    code = found.facts.period
    return LastIkm.model_validate(
        {
            "ikm": float(found.ikm),
            "period": code,
            "period_name": period_name(parse(code), language),
            "source": found.source,
            "publication": found.number,
        }
    )


def _medium(one: Shown) -> MediumOut:
    return MediumOut(
        kind=one.row.kind,
        place=one.row.place,
        shown_on=one.row.shown_on,
        address=one.row.address,
        has_photo=one.photo is not None,
        counts=one.is_complete,
        reachable=one.is_reachable,
        publication=one.row.number,
    )


def _proposals(facts: Facts, today: date, language: str) -> list[ProposalOut]:
    if facts.instrument is None:
        return []
    return [
        ProposalOut(
            indicator=one.number,
            role=one.role,
            code=one.code,
            name=in_language(one.name, language),
            weight=float(one.weight),
            level=found.level,
            standing=standing(one.role, found.level, facts.year, today),
            meaning=one.level(found.level, language),
            because=_reasons(facts, found.because, language),
            missing=_reasons(facts, found.missing, language),
        )
        for one in facts.instrument.indicators
        if (found := facts.proposals.get(one.number)) is not None
    ]


def _reasons(
    facts: Facts, reasons: Iterable[tuple[Reason, dict[str, object]]], language: str
) -> list[ReasonOut]:
    return [
        ReasonOut(
            code=reason,
            text=wording.said(reason, numbers, language),
            add_at=f"/petugas/unit/{facts.unit.code}/{place}" if (place := wording.place(reason)) else None,
        )
        for reason, numbers in reasons
    ]
