"""Published results, the keys that sign them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "publication",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("government_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("categories", sa.String(), nullable=False),
        sa.Column("respondents", sa.Integer(), nullable=False),
        sa.Column("ikm", sa.String(), nullable=False),
        sa.Column("mutu", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_publication_sequence")),
        sa.CheckConstraint("respondents >= 1", name=op.f("ck_publication_respondents")),
        sa.CheckConstraint("period_end > period_start", name=op.f("ck_publication_period")),
        sa.CheckConstraint("(replaces IS NULL) = (reason IS NULL)", name=op.f("ck_publication_reason")),
        sa.ForeignKeyConstraint(["government_id"], ["unit.id"], name=op.f("fk_publication_government_id")),
        sa.ForeignKeyConstraint(["replaces"], ["publication.number"], name=op.f("fk_publication_replaces")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_publication_service_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_publication_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "number", name=op.f("pk_publication")),
        sa.UniqueConstraint("number", name=op.f("uq_publication_number")),
        sa.UniqueConstraint("replaces", name=op.f("uq_publication_replaces")),
        sa.UniqueConstraint(
            "government_id", "year", "sequence", name=op.f("uq_publication_government_id_year_sequence")
        ),
    )
    op.create_index(
        "ix_publication_unit_id_period_end", "publication", ["unit_id", "period_end"], unique=False
    )
    op.create_index("ix_publication_issued_at", "publication", ["issued_at"], unique=False)

    op.create_table(
        "publication_sequence",
        sa.Column("government_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["government_id"], ["unit.id"], name=op.f("fk_publication_sequence_government_id")
        ),
        sa.PrimaryKeyConstraint("government_id", "year", name=op.f("pk_publication_sequence")),
    )
    op.create_table(
        "signing_key",
        sa.Column("government_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("retired_at IS NULL OR private_key IS NULL", name=op.f("ck_signing_key_retired")),
        sa.ForeignKeyConstraint(["government_id"], ["unit.id"], name=op.f("fk_signing_key_government_id")),
        sa.PrimaryKeyConstraint("government_id", "key_id", name=op.f("pk_signing_key")),
    )
    for statement in _refusals():
        op.execute(statement)


def _refusals() -> Sequence[str]:
    """Statements after which the database itself refuses to change or delete what was published."""
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER publication_no_{verb.lower()} BEFORE {verb} ON publication "
            "BEGIN SELECT RAISE(ABORT, 'publication is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE FUNCTION publication_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'publication is append-only'; END $$",
        "CREATE TRIGGER publication_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON publication "
        "FOR EACH STATEMENT EXECUTE FUNCTION publication_refuse()",
    ]


def downgrade() -> None:
    op.drop_table("signing_key")
    op.drop_table("publication_sequence")
    op.drop_index("ix_publication_issued_at", "publication")
    op.drop_index("ix_publication_unit_id_period_end", "publication")

    op.drop_table("publication")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION publication_refuse()")
