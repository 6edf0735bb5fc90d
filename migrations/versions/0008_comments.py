"""The inbox of comments: topics, replies, hand-over."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COPIED = {"service_id": sa.Integer(), "local_date": sa.Date(), "respondent_mean": sa.Integer()}
ADDED = ("topic_by_hand", "sorted_with", "reply_published_at", "version")


def upgrade() -> None:
    _widen_comment()
    left_out = sa.text("state = 'excluded'")
    op.create_index(
        "ix_response_left_out",
        "response",
        ["unit_id", "id"],
        unique=False,
        sqlite_where=left_out,
        postgresql_where=left_out,
    )
    newest = ["unit_id", "local_date", "response_id", "state", "topic"]
    op.create_index("ix_comment_newest", "comment", newest, unique=False)
    op.create_index("ix_comment_unit_id_sorted_with", "comment", ["unit_id", "sorted_with"], unique=False)
    public = sa.text("reply_published_at IS NOT NULL")
    op.create_index(
        "ix_comment_replied",
        "comment",
        ["unit_id", "reply_published_at"],
        unique=False,
        sqlite_where=public,
        postgresql_where=public,
    )
    op.create_table(
        "comment_topic",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("element", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_comment_topic_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "key", name=op.f("pk_comment_topic")),
    )
    _create_event()
    _create_handover()


def _widen_comment() -> None:
    """Columns that an answer says better are copied from it; SQLite makes the table anew for NOT NULL."""
    for name, kind in COPIED.items():
        op.add_column("comment", sa.Column(name, kind, nullable=True))
    for name in COPIED:
        same = "WHERE r.unit_id = comment.unit_id AND r.id = comment.response_id"
        op.execute(f"UPDATE comment SET {name} = (SELECT r.{name} FROM response r {same})")  # noqa: S608
    known = sa.Table(
        "comment",
        sa.MetaData(),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=True),
        *(sa.Column(name, kind, nullable=True) for name, kind in COPIED.items()),
        sa.CheckConstraint(
            "state = 'new' OR state = 'reviewed' OR state = 'acted_on' OR state = 'done'",
            name=op.f("ck_comment_state"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "response_id"],
            ["response.unit_id", "response.id"],
            name=op.f("fk_comment_unit_id_response_id"),
        ),
        sa.PrimaryKeyConstraint("unit_id", "response_id", name=op.f("pk_comment")),
    )
    with op.batch_alter_table("comment", copy_from=known) as batch:
        for name, kind in COPIED.items():
            batch.alter_column(name, existing_type=kind, nullable=False)
    by_hand = sa.Column("topic_by_hand", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("comment", by_hand)
    for name in ("sorted_with", "version"):
        op.add_column("comment", sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("comment", sa.Column("reply_published_at", sa.DateTime(timezone=True), nullable=True))


def _create_event() -> None:
    op.create_table(
        "comment_event",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint(
            "deed = 'state' OR deed = 'topic' OR deed = 'reply' OR deed = 'covered' OR deed = 'handover'",
            name=op.f("ck_comment_event_deed"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_comment_event_number")),
        sa.ForeignKeyConstraint(
            ["unit_id", "response_id"],
            ["comment.unit_id", "comment.response_id"],
            name=op.f("fk_comment_event_unit_id_response_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("unit_id", "response_id", "number", name=op.f("pk_comment_event")),
    )
    for statement in _never_changed():
        op.execute(statement)


def _never_changed() -> list[str]:
    """Statements after which the database itself refuses to change an event; it may go with its comment."""
    if op.get_bind().dialect.name == "sqlite":
        return [
            "CREATE TRIGGER comment_event_no_update BEFORE UPDATE ON comment_event "
            "BEGIN SELECT RAISE(ABORT, 'comment_event is append-only'); END"
        ]
    return [
        "CREATE FUNCTION comment_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'comment_event is append-only'; END $$",
        "CREATE TRIGGER comment_event_append_only BEFORE UPDATE ON comment_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION comment_event_refuse()",
    ]


def _create_handover() -> None:
    op.create_table(
        "comment_handover",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("lapor_number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind = 'information' OR kind = 'complaint' OR kind = 'supervision'",
            name=op.f("ck_comment_handover_kind"),
        ),
        *(
            sa.CheckConstraint(f"{step} >= handed_over_on", name=op.f(f"ck_comment_handover_{step}"))
            for step in ("verified_on", "answered_on", "finished_on")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_comment_handover_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "response_id", name=op.f("pk_comment_handover")),
    )
    op.create_index(
        "ix_comment_handover_unit_id_handed_over_on",
        "comment_handover",
        ["unit_id", "handed_over_on"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_comment_handover_unit_id_handed_over_on", "comment_handover")

    op.drop_table("comment_handover")
    op.drop_table("comment_event")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION comment_event_refuse()")
    op.drop_table("comment_topic")
    op.drop_index("ix_comment_replied", "comment")
    op.drop_index("ix_comment_unit_id_sorted_with", "comment")
    op.drop_index("ix_comment_newest", "comment")
    op.drop_index("ix_response_left_out", "response")
    for name in (*reversed(ADDED), *COPIED):
        op.drop_column("comment", name)
