"""A follow-up of `ptsp` with a file, for trying its routes."""

from io import BytesIO

from sqlmodel import Session

from app.audit.service import SYSTEM
from app.core.settings import Settings
from app.files.service import MEGABYTE, keep
from app.files.storage import open_storage
from app.followups import service
from app.units.queries import unit_by_code
from tests.conftest import ELEMENTS, NOW

PLAN = {
    "period": "2026-Q2",
    "recommendation": "Lebih cepat",
    "action": "Buka loket kedua",
    "due": "2026-Q4",
    "owner": "Kepala Bidang",
}


def store(session: Session, settings: Settings) -> dict[str, str]:
    """Make both; their ids by the names that they have in addresses."""
    unit = unit_by_code(session, "ptsp")
    assert unit is not None
    frame = service.frame_of(session, unit, ELEMENTS, NOW)
    row = service.create(session, SYSTEM, unit, PLAN, frame, NOW)
    kept = keep(open_storage(settings.files_url), row.unit_id, BytesIO(b"%PDF-1.7"), "a.pdf", MEGABYTE)
    service.attach(session, SYSTEM, unit, row.id, kept, NOW)
    return {"follow_up": str(row.id), "file_id": str(kept.id), "evidence": str(row.id)}
