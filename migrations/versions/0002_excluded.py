"""Totals know how many answers were taken out of the count."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# SQLite makes the table anew, and its checks cannot be read back.
TOTAL = sa.Table(
    "total",
    sa.MetaData(),
    sa.Column("unit_id", sa.Integer(), nullable=False),
    sa.Column("service_id", sa.Integer(), nullable=False),
    sa.Column("month", sa.Date(), nullable=False),
    sa.Column("instrument", sa.String(), nullable=False),
    sa.Column("responses", sa.Integer(), nullable=False),
    sa.Column("sum", sa.BigInteger(), nullable=False),
    sa.Column("squares", sa.BigInteger(), nullable=False),
    sa.CheckConstraint("responses >= 0", name="ck_total_responses"),
    sa.ForeignKeyConstraint(["service_id"], ["service.id"], name="fk_total_service_id"),
    sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_total_unit_id"),
    sa.PrimaryKeyConstraint("unit_id", "service_id", "month", "instrument", name="pk_total"),
    sqlite_with_rowid=False,
)
NOT_COUNTED = sa.text("state <> 'counted'")
CHECK, NOT_NEGATIVE = "ck_total_excluded", "excluded >= 0"


def _excluded() -> "sa.Column[int]":
    return sa.Column("excluded", sa.Integer(), server_default=sa.text("0"), nullable=False)


def upgrade() -> None:
    with op.batch_alter_table("total", copy_from=TOTAL) as total:
        total.add_column(_excluded())
        total.create_check_constraint(op.f(CHECK), sa.text(NOT_NEGATIVE))
    month = (
        "date(local_date, 'start of month')"
        if op.get_bind().dialect.name == "sqlite"
        else "date_trunc('month', local_date)::date"
    )
    # Also where nothing but excluded answers lies.
    op.execute(
        f"""
        INSERT INTO total (unit_id, service_id, month, instrument, responses, sum, squares, excluded)
        SELECT unit_id, service_id, {month}, instrument, 0, 0, 0, count(*) FROM response
        WHERE state <> 'counted' GROUP BY 1, 2, 3, 4
        ON CONFLICT (unit_id, service_id, month, instrument) DO UPDATE SET excluded = excluded.excluded
        """  # noqa: S608 - put together from constants
    )
    # The broken edges of a period are read by the other index anyway.
    op.drop_index(
        "ix_response_not_counted", "response", sqlite_where=NOT_COUNTED, postgresql_where=NOT_COUNTED
    )


def downgrade() -> None:
    op.create_index(
        "ix_response_not_counted",
        "response",
        ["unit_id", "local_date"],
        unique=False,
        sqlite_where=NOT_COUNTED,
        postgresql_where=NOT_COUNTED,
    )
    op.execute("DELETE FROM total WHERE responses = 0")
    present = TOTAL.to_metadata(sa.MetaData())
    present.append_column(_excluded())
    present.append_constraint(sa.CheckConstraint(NOT_NEGATIVE, name=CHECK))
    with op.batch_alter_table("total", copy_from=present) as total:
        total.drop_constraint(op.f(CHECK), type_="check")
        total.drop_column("excluded")
