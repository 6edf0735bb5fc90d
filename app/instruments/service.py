"""Keeps the database's copy of every instrument version, and guards those that were answered."""

from collections.abc import Collection

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, select

from app.core.clock import Clock, utc_now
from app.instruments.catalog import Catalog
from app.instruments.model import Instrument
from app.instruments.tables import InstrumentVersion


class InstrumentChanged(Exception):
    """Files of answered versions were edited. `refs` are all of them; the text says what to do."""

    def __init__(self, refs: Collection[str]) -> None:
        self.refs = tuple(sorted(refs))
        super().__init__(
            f"Berkas instrumen yang sudah dijawab telah diubah: {', '.join(self.refs)}. "
            "Kembalikan isinya seperti semula, lalu simpan perubahan sebagai versi baru "
            "(berkas <id>/<versi berikutnya>.toml)."
        )


def changed(session: Session, catalog: Catalog, answered: Collection[str]) -> tuple[str, ...]:
    """Refs of answered versions whose file no longer means what was registered, sorted; changes nothing."""
    stored = _digests(session)
    return tuple(
        sorted(
            ref
            for ref, instrument in catalog.instruments.items()
            if ref in answered and ref in stored and stored[ref] != instrument.digest
        )
    )


def register(session: Session, catalog: Catalog, answered: Collection[str], clock: Clock = utc_now) -> None:
    """Store versions that are new and those that changed before anyone answered them; remove none.

    `answered` are the refs that responses were given to. Raises InstrumentChanged, having stored nothing,
    when the file of an answered version changed. Several processes may register at once.
    """
    if refs := changed(session, catalog, answered):
        raise InstrumentChanged(refs)
    stored = _digests(session)
    for ref, instrument in sorted(catalog.instruments.items()):
        if stored.get(ref) != instrument.digest:
            _store(session, instrument, clock)


def load_stored(session: Session) -> dict[str, Instrument]:
    """Every registered version by ref, also those whose file has gone."""
    columns = select(InstrumentVersion.ref, InstrumentVersion.document).order_by(InstrumentVersion.ref)
    return {ref: Instrument.from_document(document) for ref, document in session.exec(columns)}


def _digests(session: Session) -> dict[str, str]:
    return dict(session.exec(select(InstrumentVersion.ref, InstrumentVersion.digest)).all())


def _store(session: Session, instrument: Instrument, clock: Clock) -> None:
    """Insert or replace in one statement: another process may have inserted the same version meanwhile."""
    values = {
        "digest": instrument.digest,
        "document": instrument.to_document(),
        "registered_at": clock(),
    }
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(InstrumentVersion) if is_sqlite else postgresql.insert(InstrumentVersion)
    session.execute(
        insert.values(ref=instrument.ref, **values).on_conflict_do_update(index_elements=["ref"], set_=values)
    )
