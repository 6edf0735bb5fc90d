"""The register of media, and the monthly letters."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MEDIA = ("print", "electronic", "social", "website", "application", "billboard")


def upgrade() -> None:
    op.create_table(
        "monthly_letter",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("mailed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_monthly_letter_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "period", name=op.f("pk_monthly_letter")),
    )
    _media()


def _media() -> None:
    op.create_table(
        "medium",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("photo_id", sa.Uuid(), nullable=True),
        sa.Column("shows_method", sa.Boolean(), nullable=False),
        sa.Column("shows_process", sa.Boolean(), nullable=False),
        sa.Column("shows_result", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_status", sa.Integer(), nullable=True),
        sa.Column("check_error", sa.String(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(" OR ".join(f"kind = '{one}'" for one in MEDIA), name=op.f("ck_medium_kind")),
        sa.CheckConstraint("address IS NOT NULL OR photo_id IS NOT NULL", name=op.f("ck_medium_evidence")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_medium_unit_id")),
        sa.ForeignKeyConstraint(
            ["unit_id", "number"],
            ["publication.unit_id", "publication.number"],
            name=op.f("fk_medium_unit_id_number"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "photo_id"],
            ["stored_file.unit_id", "stored_file.id"],
            name=op.f("fk_medium_unit_id_photo_id"),
        ),
        sa.PrimaryKeyConstraint("unit_id", "id", name=op.f("pk_medium")),
    )
    op.create_index("ix_medium_unit_id_number", "medium", ["unit_id", "number"])


def downgrade() -> None:
    op.drop_table("medium")
    op.drop_table("monthly_letter")
