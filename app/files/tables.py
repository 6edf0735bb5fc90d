"""Files kept as evidence: what they are. Their bytes lie in the storage, under the key of `app.files.storage`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column
from sqlmodel import Field

from app.core.tables import Table, one_of

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = (PDF, JPEG, PNG, WEBP, DOCX, XLSX)


class StoredFile(Table, table=True):
    """One file of a unit, exactly as it was sent. `uploaded_by` is None where a program or a command sent it."""

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint(one_of("media_type", MEDIA_TYPES), name="media_type"),
        CheckConstraint("size > 0", name="size"),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    id: UUID = Field(primary_key=True)
    sha256: str
    name: str
    media_type: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    uploaded_at: datetime
    uploaded_by: int | None = Field(default=None, foreign_key="user_account.id")
