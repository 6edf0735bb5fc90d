"""Where an imported file comes from: what the ids of its rows are made of, remembered by its content."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from app.responses.matrix_cells import UnusableMatrix
from app.responses.submission import Target
from app.responses.tables import MatrixImport

# The first rule of such surveys is of 2004; nothing that is imported is older than the periods can be.
FIRST_DATE = date(2000, 1, 1)
SOURCE_MAX = 200


@dataclass(frozen=True, slots=True)
class Origin:
    """The name of a file of answers, and the day of the rows that do not name their own."""

    source: str
    answered_on: date


def origin_of(
    session: Session,
    target: Target,
    sha256: str,
    file_name: str,
    today: date,
    *,
    source: str | None,
    answered_on: date | None,
) -> Origin:
    """What is remembered for this content; for new content what was said, else the file's name and today.

    Raises UnusableMatrix when something else is said than is remembered, and when it is left open whether
    other content under a known name is its correction (same rows) or another file (new rows).
    """
    if remembered := _remembered(session, target, sha256):
        if source not in (None, remembered.source) or answered_on not in (None, remembered.answered_on):
            raise UnusableMatrix(
                "Isi berkas ini sudah pernah diimpor sebagai "
                f'"{remembered.source}" tanggal {remembered.answered_on.isoformat()}; '
                "jalankan tanpa --source dan --date."
            )
        return remembered
    name = file_name[-SOURCE_MAX:] if source is None else source.strip()
    if not 0 < len(name) <= SOURCE_MAX:
        raise UnusableMatrix(f"Nama sumber (--source) harus 1 sampai {SOURCE_MAX} huruf.")
    if answered_on is None:
        _refuse_known(session, target, name)
    elif not FIRST_DATE <= answered_on <= today:
        raise UnusableMatrix(f"Tanggal (--date) harus antara {FIRST_DATE.year} dan hari ini.")
    return Origin(name, answered_on or today)


def remember(session: Session, target: Target, sha256: str, origin: Origin, now: datetime) -> None:
    """Keep the origin of this content. Raises UnusableMatrix when another import has just kept another."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(MatrixImport) if is_sqlite else postgresql.insert(MatrixImport)
    session.execute(
        insert.values(
            unit_id=target.unit_id,
            service_id=target.service_id,
            sha256=sha256,
            source=origin.source,
            answered_on=origin.answered_on,
            imported_at=now,
        ).on_conflict_do_nothing(index_elements=["unit_id", "service_id", "sha256"])
    )
    if _remembered(session, target, sha256) != origin:
        raise UnusableMatrix("Berkas ini sedang diimpor oleh proses lain; jalankan sekali lagi sesudahnya.")


def _remembered(session: Session, target: Target, sha256: str) -> Origin | None:
    kept = session.get(MatrixImport, (target.unit_id, target.service_id, sha256))
    return Origin(kept.source, kept.answered_on) if kept else None


def _refuse_known(session: Session, target: Target, source: str) -> None:
    known = select(MatrixImport).where(
        MatrixImport.unit_id == target.unit_id,
        MatrixImport.service_id == target.service_id,
        MatrixImport.source == source,
    )
    if last := session.exec(known.order_by(col(MatrixImport.answered_on).desc())).first():
        day = last.answered_on
        raise UnusableMatrix(
            f'Berkas lain bernama "{source}" sudah diimpor dengan tanggal {day.isoformat()}. '
            f"Bila ini perbaikannya, tambahkan --date {day.isoformat()}; "
            "bila ini berkas lain, tambahkan --source dengan nama lain."
        )
