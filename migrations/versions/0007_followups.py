"""Files kept as evidence, follow-ups and their steps."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FILE_TYPES = (
    "application/pdf",
    "image/jpeg",
    "image/png",
    "image/webp",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


def upgrade() -> None:
    _files()
    _reports()
    _follow_ups()
    _steps()
    _evidence()
    for statement in _append_only():
        op.execute(statement)


def _files() -> None:
    op.create_table(
        "stored_file",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            " OR ".join(f"media_type = '{one}'" for one in FILE_TYPES), name=op.f("ck_stored_file_media_type")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_size")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_stored_file_unit_id")),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["user_account.id"], name=op.f("fk_stored_file_uploaded_by")
        ),
        sa.PrimaryKeyConstraint("unit_id", "id", name=op.f("pk_stored_file")),
    )


def _reports() -> None:
    op.create_table(
        "survey_report",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_survey_report_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "period", name=op.f("pk_survey_report")),
    )
    op.create_table(
        "consultation_forum",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("participants > 0", name=op.f("ck_consultation_forum_participants")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_consultation_forum_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "id", name=op.f("pk_consultation_forum")),
    )


def _follow_ups() -> None:
    op.create_table(
        "follow_up",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("element", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("forum_id", sa.Uuid(), nullable=True),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("recommendation", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("due_year", sa.Integer(), nullable=False),
        sa.Column("due_quarter", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("progress", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("obstacles", sa.String(), nullable=True),
        sa.Column("published", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("public_text", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source = 'survey' OR source = 'comment' OR source = 'forum'", name=op.f("ck_follow_up_source")
        ),
        sa.CheckConstraint(
            "state = 'planned' OR state = 'in_progress' OR state = 'done' OR state = 'cancelled'",
            name=op.f("ck_follow_up_state"),
        ),
        sa.CheckConstraint("due_quarter BETWEEN 1 AND 4", name=op.f("ck_follow_up_due_quarter")),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_follow_up_progress")),
        sa.CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name=op.f("ck_follow_up_done_on")),
        sa.CheckConstraint("state <> 'done' OR outcome IS NOT NULL", name=op.f("ck_follow_up_outcome")),
        sa.CheckConstraint("state <> 'cancelled' OR reason IS NOT NULL", name=op.f("ck_follow_up_reason")),
        sa.CheckConstraint("NOT published OR public_text IS NOT NULL", name=op.f("ck_follow_up_public_text")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_follow_up_service_id")),
        sa.ForeignKeyConstraint(
            ["unit_id", "forum_id"],
            ["consultation_forum.unit_id", "consultation_forum.id"],
            name=op.f("fk_follow_up_unit_id_forum_id"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_follow_up_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "id", name=op.f("pk_follow_up")),
    )
    op.create_index("ix_follow_up_unit_id_period", "follow_up", ["unit_id", "period"], unique=False)


def _steps() -> None:
    op.create_table(
        "follow_up_step",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("follow_up_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id", "follow_up_id"],
            ["follow_up.unit_id", "follow_up.id"],
            name=op.f("fk_follow_up_step_unit_id_follow_up_id"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_follow_up_step_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "id", name=op.f("pk_follow_up_step")),
    )
    op.create_index(
        "ix_follow_up_step_unit_id_follow_up_id", "follow_up_step", ["unit_id", "follow_up_id"], unique=False
    )


def _evidence() -> None:
    op.create_table(
        "follow_up_evidence",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("follow_up_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("public", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id", "follow_up_id"],
            ["follow_up.unit_id", "follow_up.id"],
            name=op.f("fk_follow_up_evidence_unit_id_follow_up_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "file_id"],
            ["stored_file.unit_id", "stored_file.id"],
            name=op.f("fk_follow_up_evidence_unit_id_file_id"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_follow_up_evidence_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "follow_up_id", "file_id", name=op.f("pk_follow_up_evidence")),
    )
    op.create_index(
        "ix_follow_up_evidence_unit_id_file_id", "follow_up_evidence", ["unit_id", "file_id"], unique=False
    )


def _append_only() -> list[str]:
    """Statements after which the database itself refuses to change or delete a step."""
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER follow_up_step_no_{verb.lower()} BEFORE {verb} ON follow_up_step "
            "BEGIN SELECT RAISE(ABORT, 'follow_up_step is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE FUNCTION follow_up_step_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'follow_up_step is append-only'; END $$",
        "CREATE TRIGGER follow_up_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON follow_up_step "
        "FOR EACH STATEMENT EXECUTE FUNCTION follow_up_step_refuse()",
    ]


def downgrade() -> None:
    op.drop_index("ix_follow_up_evidence_unit_id_file_id", "follow_up_evidence")
    op.drop_table("follow_up_evidence")

    op.drop_index("ix_follow_up_step_unit_id_follow_up_id", "follow_up_step")
    op.drop_table("follow_up_step")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION follow_up_step_refuse()")

    op.drop_index("ix_follow_up_unit_id_period", "follow_up")
    op.drop_table("follow_up")

    op.drop_table("consultation_forum")
    op.drop_table("survey_report")
    op.drop_table("stored_file")
