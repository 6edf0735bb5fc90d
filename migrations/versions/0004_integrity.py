"""Tickets, the ledger of exclusions, flagged answers, what a point asks of browsers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "ticket",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_ticket_point_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_ticket_service_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_ticket_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "id", name=op.f("pk_ticket")),
    )
    op.create_index("ix_ticket_unit_id_issued_on", "ticket", ["unit_id", "issued_on"], unique=False)

    op.create_table(
        "exclusion",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.CheckConstraint(
            "decision = 'approved' OR decision = 'refused' OR decision IS NULL",
            name=op.f("ck_exclusion_decision"),
        ),
        sa.CheckConstraint("kind = 'exclude' OR kind = 'include'", name=op.f("ck_exclusion_kind")),
        sa.CheckConstraint("(decision IS NULL) = (decided_by IS NULL)", name=op.f("ck_exclusion_decided")),
        sa.CheckConstraint("decided_by <> proposed_by", name=op.f("ck_exclusion_two_persons")),
        sa.ForeignKeyConstraint(["decided_by"], ["user_account.id"], name=op.f("fk_exclusion_decided_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["user_account.id"], name=op.f("fk_exclusion_proposed_by")),
        sa.ForeignKeyConstraint(
            ["unit_id", "response_id"],
            ["response.unit_id", "response.id"],
            name=op.f("fk_exclusion_unit_id_response_id"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_exclusion_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "id", name=op.f("pk_exclusion")),
    )
    op.create_index("ix_exclusion_unit_id_response_id", "exclusion", ["unit_id", "response_id"], unique=False)

    for name in ("tickets", "proof_of_work"):
        op.add_column("point", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    flagged = sa.text("flags IS NOT NULL")
    op.create_index(
        "ix_response_flagged",
        "response",
        ["unit_id", "local_date"],
        unique=False,
        sqlite_where=flagged,
        postgresql_where=flagged,
    )


def downgrade() -> None:
    op.drop_index("ix_response_flagged", "response")
    for name in ("proof_of_work", "tickets"):
        op.drop_column("point", name)
    op.drop_index("ix_exclusion_unit_id_response_id", "exclusion")

    op.drop_table("exclusion")
    op.drop_index("ix_ticket_unit_id_issued_on", "ticket")

    op.drop_table("ticket")
