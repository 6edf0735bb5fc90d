"""The register of media: where a published result was shown, kept with what proves it. Addresses are looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.audit.service import Actor, record
from app.core import outbound
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.ids import uuid7
from app.core.tables import storable
from app.files import service as files
from app.files.service import Kept
from app.files.tables import JPEG, PNG, WEBP, StoredFile
from app.publication.tables import MEDIA, Medium, Publication
from app.units.tables import Unit

PLACE_MOST = 200
CHECK = outbound.Limits(redirects=5, seconds=10)
REFUSED = "refused"
CHECK_ERRORS = ("timeout", "name", "tls", "connection", "redirects", REFUSED)
"""Why a look at an address found nothing; the texts are `publication.media_words`."""
PHOTOS = frozenset({JPEG, PNG, WEBP})
SHOWN = ("shows_method", "shows_process", "shows_result")


@dataclass(frozen=True, slots=True)
class Shown:
    """A medium with its photo, if it has one."""

    row: Medium
    photo: StoredFile | None

    @property
    def is_complete(self) -> bool:
        """Whether it shows method, process and result: only then PEKPPP counts it."""
        return self.row.shows_method and self.row.shows_process and self.row.shows_result

    @property
    def is_reachable(self) -> bool | None:
        """Whether the last look found the page; None where nobody looked yet."""
        if self.row.checked_at is None:
            return None
        status = self.row.check_status
        return self.row.check_error is None and status is not None and 200 <= status < 400


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at an address found: an HTTP status, or a word of `CHECK_ERRORS`."""

    status: int | None
    error: str | None


def media_of(session: Session, unit_id: int, numbers: Sequence[str] | None = None) -> list[Shown]:
    """The media of a unit, of these publications only or of all; the newest appearance first."""
    wanted = (
        select(Medium, StoredFile)
        .outerjoin(
            StoredFile,
            (col(StoredFile.unit_id) == col(Medium.unit_id)) & (col(StoredFile.id) == col(Medium.photo_id)),
        )
        .where(Medium.unit_id == unit_id, col(Medium.removed_at).is_(None))
        .order_by(col(Medium.shown_on).desc(), col(Medium.id))
    )
    if numbers is not None:
        wanted = wanted.where(col(Medium.number).in_(numbers))
    return [Shown(row, photo) for row, photo in session.exec(wanted)]


def one(session: Session, unit_id: int, medium_id: UUID) -> Shown:
    """A medium of this unit, also one that was taken out of the register. Raises NotFound."""
    row = session.get(Medium, (unit_id, medium_id))
    if row is None:
        raise NotFound
    photo = files.find(session, unit_id, row.photo_id) if row.photo_id else None
    return Shown(row, photo)


def add(
    session: Session,
    actor: Actor,
    unit: Unit,
    values: Mapping[str, str],
    photo: Kept | None,
    now: datetime,
    *,
    private: bool = False,
) -> Shown:
    """Write an appearance down. `values` are texts as typed; what is ticked is `1`. Raises InvalidInput.

    `private`: addresses inside a private network are accepted, as nowhere but in trials.
    """
    today = now.astimezone(ZoneInfo(unit.timezone)).date()
    columns = _read(session, unit, values, today, has_photo=photo is not None, private=private)
    file = None
    if photo is not None:
        if photo.media_type not in PHOTOS:
            message = "Bukti media berupa foto atau tangkapan layar: JPEG, PNG, atau WEBP."
            raise InvalidInput((FieldError(f"/{files.FIELD}", "photo_kind", message),))
        file = files.enter(session, photo, actor, now)
    row = Medium(
        unit_id=unit.id or 0,
        id=uuid7(),
        added_at=now,
        photo_id=file.id if file else None,
        **columns,
    )
    session.add(row)
    session.flush()
    record(
        session,
        actor,
        "medium.added",
        now,
        unit_id=unit.id,
        subject=f"medium:{row.id}",
        details={"number": row.number, "kind": row.kind, "place": row.place},
    )
    return Shown(row, file)


def remove(session: Session, actor: Actor, unit: Unit, medium_id: UUID, now: datetime) -> None:
    """Take an entry out of the register, once; the row and its photo stay as they were. Raises NotFound."""
    row = one(session, unit.id or 0, medium_id).row
    if row.removed_at is not None:
        return
    row.removed_at = now
    session.add(row)
    details = {"number": row.number, "kind": row.kind, "place": row.place}
    record(
        session, actor, "medium.removed", now, unit_id=unit.id, subject=f"medium:{row.id}", details=details
    )


def address_of(session: Session, unit_id: int, medium_id: UUID) -> str:
    """The address to look at. Raises NotFound, InvalidInput for a medium without one."""
    address = one(session, unit_id, medium_id).row.address
    if address is None:
        message = "Media ini tidak punya alamat yang dapat diperiksa."
        raise InvalidInput((FieldError("/address", "address_missing", message),))
    return address


def look(address: str, *, private: bool = False) -> Look:
    """Ask for an address, outside any transaction: it may take ten seconds. Never raises for what it finds."""
    limits = outbound.Limits(seconds=CHECK.seconds, redirects=CHECK.redirects, private=private)
    try:
        return Look(outbound.call("GET", address, limits=limits).status, None)
    except outbound.AddressRefused:
        return Look(None, REFUSED)
    except outbound.Unreachable as error:
        return Look(None, error.reason)


def note_look(
    session: Session, actor: Actor, unit: Unit, medium_id: UUID, found: Look, now: datetime
) -> Shown:
    """Write down what a look found. Raises NotFound."""
    shown = one(session, unit.id or 0, medium_id)
    shown.row.checked_at, shown.row.check_status, shown.row.check_error = now, found.status, found.error
    session.add(shown.row)
    session.flush()
    details = {"place": shown.row.place, "status": found.status, "reason": found.error}
    record(
        session,
        actor,
        "medium.checked",
        now,
        unit_id=unit.id,
        subject=f"medium:{medium_id}",
        details=details,
    )
    return shown


def _read(
    session: Session, unit: Unit, values: Mapping[str, str], today: date, *, has_photo: bool, private: bool
) -> dict[str, Any]:
    faults: list[FieldError] = []
    number, kind = values.get("number", ""), values.get("kind", "")
    place, address = values.get("place", "").strip(), values.get("address", "").strip()
    if not storable(number) or session.get(Publication, (unit.id, number)) is None:
        faults.append(FieldError("/number", "publication_unknown", "Pilih terbitan unit ini."))
    if kind not in MEDIA:
        faults.append(FieldError("/kind", "medium_kind", "Pilih jenis media."))
    if not 0 < len(place) <= PLACE_MOST or not storable(place):
        faults.append(
            FieldError(
                "/place", "place_missing", "Tulis nama media atau tempatnya, paling panjang 200 huruf."
            )
        )
    shown_on = _day(values.get("shown_on", ""))
    if shown_on is None or shown_on > today:
        faults.append(FieldError("/shown_on", "day_invalid", "Tulis tanggal tayang, paling akhir hari ini."))
    if not address and not has_photo:
        faults.append(
            FieldError("/address", "evidence_missing", "Tulis alamatnya atau lampirkan foto sebagai bukti.")
        )
    if address and not _may_be_called(address, private=private):
        message = outbound.AddressRefused.message
        faults.append(FieldError("/address", outbound.AddressRefused.code, message))
    if faults:
        raise InvalidInput(tuple(faults))
    return {
        "number": number,
        "kind": kind,
        "shown_on": shown_on,
        "place": place,
        "address": address or None,
        **{name: values.get(name) == "1" for name in SHOWN},
    }


def _may_be_called(address: str, *, private: bool) -> bool:
    try:
        outbound.check(address, private=private)
    except outbound.AddressRefused:
        return False
    return storable(address)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
