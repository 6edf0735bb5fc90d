"""Exports made apart from the service."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FORMATS = ("csv", "xlsx", "parquet", "sav")
STATES = ("queued", "running", "done", "failed", "cancelled", "expired")


def one_of(column: str, values: Sequence[str]) -> str:
    """SQL of a CHECK that `column` holds one of `values`."""
    return " OR ".join(f"{column} = {value!r}" for value in values)


def upgrade() -> None:
    op.create_table(
        "export_job",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("comments", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(one_of("format", FORMATS), name=op.f("ck_export_job_format")),
        sa.CheckConstraint(one_of("state", STATES), name=op.f("ck_export_job_state")),
        sa.CheckConstraint(
            "rows >= 0 AND rows_done >= 0 AND attempts >= 0", name=op.f("ck_export_job_counts")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_export_job_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "id", name=op.f("pk_export_job")),
    )
    op.create_index("ix_export_job_state", "export_job", ["state"], unique=False)
    op.create_index("ix_export_job_actor", "export_job", ["actor_kind", "actor_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_export_job_actor", "export_job")
    op.drop_index("ix_export_job_state", "export_job")
    op.drop_table("export_job")
