"""Publishing a result: what would be frozen, and freezing it under a number, once, for ever."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, select

from app.aggregation.results import stored_id
from app.audit.service import Actor, record
from app.auth.keys import Keys
from app.core.errors import FieldError, InvalidInput
from app.ikm.periods import Period
from app.instruments.catalog import Catalog
from app.publication import queries
from app.publication.canonical import canonical, read
from app.publication.document import body, figures, moment
from app.publication.errors import AlreadyPublished, FiguresUnchanged, NotCurrent, PeriodNotOver
from app.publication.numbers import number_of
from app.publication.preparing import Wanted, freeze
from app.publication.recount import differences
from app.publication.signing import sign
from app.publication.signing_keys import active_key
from app.publication.tables import Publication, PublicationSequence
from app.units.tables import Service, Unit

REASON_CHARACTERS_MAX = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be published: the document as far as it is known, and what lists repeat of it."""

    unit: Unit
    service: Service | None
    government: Unit
    period: Period
    document: Mapping[str, Any]

    @property
    def instrument(self) -> str:
        """The questionnaire with its version."""
        return str(self.document["instrument"]["ref"])


@dataclass(frozen=True, slots=True)
class Correction:
    """Which number is replaced, and why."""

    number: str
    reason: str


def draft(
    session: Session,
    catalog: Catalog,
    unit: Unit,
    period: Period,
    now: datetime,
    *,
    service: Service | None = None,
    instrument: str | None = None,
) -> Draft:
    """The result as it would be frozen now; `session` should see one state of the data (a reading one does).

    Raises `PeriodNotOver`, `NoAnswers`, `SeveralInstruments`.
    """
    wanted = Wanted(unit, service, period, instrument)
    if not wanted.is_over(session, now):
        raise PeriodNotOver
    frozen = freeze(session, catalog, wanted)
    document = body(frozen, now)
    differing = differences(document)
    if differing:
        # Nothing wrong may ever be signed: this is a fault of the program, and none of whoever publishes.
        raise RuntimeError(f"figures do not come out of their counts: {', '.join(differing)}")
    return Draft(unit, service, frozen.government, period, document)


def current(session: Session, found: Draft) -> Publication | None:
    """The publication that counts for the draft's unit, service, period and questionnaire."""
    wanted = select(Publication).where(
        Publication.unit_id == stored_id(found.unit),
        queries.of_service(found.service.id if found.service else None),
        Publication.period_start == found.period.start,
        Publication.period_end == found.period.end,
        Publication.instrument == found.instrument,
        queries.counting(),
    )
    return session.exec(wanted).one_or_none()


def is_unchanged(found: Draft, publication: Publication) -> bool:
    """Whether a publication says the same as the draft."""
    return figures(found.document) == figures(read(publication.document))


def issue(
    session: Session,
    keys: Keys,
    actor: Actor,
    found: Draft,
    now: datetime,
    *,
    public_url: str,
    correction: Correction | None = None,
) -> Publication:
    """Freeze, number and sign the draft. Whoever issues for the same government waits here for their turn.

    Raises `FiguresUnchanged`, `AlreadyPublished` (figures changed: they are issued as a correction),
    `NotCurrent`, `InvalidInput` for a correction without a reason.
    """
    government_id = stored_id(found.government)
    issued_on = now.astimezone(ZoneInfo(found.unit.timezone)).date()
    sequence = _next_number(session, government_id, issued_on.year)
    before = _check(session, found, correction)
    number = number_of(found.government.code, issued_on.year, sequence)
    key, private = active_key(session, keys, actor, government_id, now)
    document = {
        **found.document,
        "number": number,
        "issued_at": moment(now),
        "issued_on": issued_on.isoformat(),
        "replaces": {"number": correction.number, "reason": correction.reason.strip()}
        if correction
        else None,
        "key_id": key.key_id,
        "verify_at": f"{public_url}/verifikasi",
    }
    signed = sign(document, private, key.public_key)
    publication = _row(found, number, now, issued_on)
    publication.government_id, publication.year, publication.sequence = (
        government_id,
        issued_on.year,
        sequence,
    )
    publication.replaces = before.number if before else None
    publication.reason = correction.reason.strip() if correction else None
    publication.key_id, publication.sha256, publication.signature = (
        key.key_id,
        signed.sha256,
        signed.signature,
    )
    publication.document = canonical(document).decode()
    session.add(publication)
    session.flush()
    _record(session, actor, publication, now)
    return publication


def _row(found: Draft, number: str, now: datetime, issued_on: date) -> Publication:
    printed = found.document["printed"]
    return Publication(
        unit_id=stored_id(found.unit),
        number=number,
        service_id=found.service.id if found.service else None,
        government_id=0,
        year=issued_on.year,
        sequence=0,
        period=found.period.code,
        period_start=found.period.start,
        period_end=found.period.end,
        instrument=found.instrument,
        categories=found.document["method"]["categories"]["id"],
        respondents=found.document["respondents"],
        ikm=printed["ikm"],
        mutu=printed["mutu"],
        issued_at=now,
        issued_on=issued_on,
        key_id="",
        sha256="",
        signature="",
        document="",
    )


def _check(session: Session, found: Draft, correction: Correction | None) -> Publication | None:
    """The publication that is replaced, None for a first one."""
    before = current(session, found)
    if correction is not None:
        if before is None or before.number != correction.number:
            raise NotCurrent
        if not correction.reason.strip() or len(correction.reason) > REASON_CHARACTERS_MAX:
            message = "Tulis alasan ralat, paling panjang 500 karakter. Alasan ini ikut terbit."
            raise InvalidInput(errors=(FieldError("/reason", "reason_missing", message),))
    if before is not None and is_unchanged(found, before):
        raise FiguresUnchanged(number=before.number)
    if before is not None and correction is None:
        raise AlreadyPublished(number=before.number)
    return before


def _next_number(session: Session, government_id: int, year: int) -> int:
    """The next number of the year. Its row stays locked until the transaction ends: numbers have no gaps."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = insert(PublicationSequence).values(government_id=government_id, year=year, last=1)
    taken = statement.on_conflict_do_update(
        index_elements=["government_id", "year"],
        set_={"last": PublicationSequence.__table__.c.last + 1},  # type: ignore[attr-defined]
    ).returning(PublicationSequence.__table__.c.last)  # type: ignore[attr-defined]
    return int(session.execute(taken).scalar_one())


def _record(session: Session, actor: Actor, publication: Publication, now: datetime) -> None:
    details = {
        "number": publication.number,
        "period": publication.period,
        "service": publication.service_id,
        "instrument": publication.instrument,
        "ikm": publication.ikm,
        "sha256": publication.sha256,
        "replaces": publication.replaces,
    }
    record(
        session,
        actor,
        "publication.corrected" if publication.replaces else "publication.issued",
        now,
        unit_id=publication.unit_id,
        subject=f"publication:{publication.number}",
        details=details,
    )
