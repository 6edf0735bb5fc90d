"""Plans of surveys, and the imported history."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WHOLE_UNIT = sa.text("service_id IS NULL")
METHODS = ("krejcie_morgan_table", "krejcie_morgan_formula", "cochran", "own_number")


def upgrade() -> None:
    _plans()
    _results()
    _follow_ups()


def downgrade() -> None:
    op.drop_table("historical_follow_up")
    op.drop_index("uq_historical_result_whole_unit", "historical_result")
    op.drop_table("historical_result")
    op.drop_table("survey_plan_reminder")
    op.drop_index("uq_survey_plan_whole_unit", "survey_plan")
    op.drop_table("survey_plan")


def _one_of(column: str, values: Sequence[str]) -> str:
    return " OR ".join(f"{column} = '{one}'" for one in values)


def _whole_unit(table: str) -> None:
    op.create_index(
        f"uq_{table}_whole_unit",
        table,
        ["unit_id", "period"],
        unique=True,
        sqlite_where=WHOLE_UNIT,
        postgresql_where=WHOLE_UNIT,
    )


def _plans() -> None:
    op.create_table(
        "survey_plan",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("population_origin", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("margin", sa.Integer(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_one_of("method", METHODS), name=op.f("ck_survey_plan_method")),
        sa.CheckConstraint(
            _one_of("population_origin", ("registry", "stated")),
            name=op.f("ck_survey_plan_population_origin"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_survey_plan_window")),
        sa.CheckConstraint("population > 0", name=op.f("ck_survey_plan_population")),
        sa.CheckConstraint("target > 0", name=op.f("ck_survey_plan_target")),
        sa.CheckConstraint("(margin IS NULL) = (confidence IS NULL)", name=op.f("ck_survey_plan_precision")),
        sa.CheckConstraint(
            "(method = 'cochran') = (margin IS NOT NULL)", name=op.f("ck_survey_plan_cochran")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_survey_plan_service_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_survey_plan_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "id", name=op.f("pk_survey_plan")),
        sa.UniqueConstraint(
            "unit_id", "service_id", "period", name=op.f("uq_survey_plan_unit_id_service_id_period")
        ),
    )
    _whole_unit("survey_plan")
    op.create_table(
        "survey_plan_reminder",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id", "plan_id"],
            ["survey_plan.unit_id", "survey_plan.id"],
            name=op.f("fk_survey_plan_reminder_unit_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("unit_id", "plan_id", "week", name=op.f("pk_survey_plan_reminder")),
    )


def _results() -> None:
    op.create_table(
        "historical_result",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("ikm", sa.Integer(), nullable=False),
        sa.Column("nrr", sa.JSON(), nullable=True),
        sa.Column("respondents", sa.Integer(), nullable=True),
        sa.Column("mutu", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        *_origin(),
        sa.CheckConstraint(_one_of("rule", ("2004", "2014", "2017")), name=op.f("ck_historical_result_rule")),
        sa.CheckConstraint("ikm BETWEEN 2500 AND 10000", name=op.f("ck_historical_result_ikm")),
        sa.CheckConstraint("respondents > 0", name=op.f("ck_historical_result_respondents")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_historical_result_service_id")),
        *_keys("historical_result"),
        sa.PrimaryKeyConstraint("unit_id", "id", name=op.f("pk_historical_result")),
        sa.UniqueConstraint(
            "unit_id", "service_id", "period", name=op.f("uq_historical_result_unit_id_service_id_period")
        ),
    )
    _whole_unit("historical_result")


def _follow_ups() -> None:
    name = "historical_follow_up"
    op.create_table(
        name,
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("report_issued_on", sa.Date(), nullable=True),
        sa.Column("all_finished_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        *_origin(),
        sa.CheckConstraint("planned >= 0", name=op.f("ck_historical_follow_up_planned")),
        sa.CheckConstraint("finished BETWEEN 0 AND planned", name=op.f("ck_historical_follow_up_finished")),
        sa.CheckConstraint(
            "all_finished_on IS NULL OR finished = planned", name=op.f("ck_historical_follow_up_all_finished")
        ),
        sa.CheckConstraint(
            "all_finished_on IS NULL OR report_issued_on IS NULL OR all_finished_on >= report_issued_on",
            name=op.f("ck_historical_follow_up_order"),
        ),
        *_keys(name),
        sa.PrimaryKeyConstraint("unit_id", "period", name=op.f("pk_historical_follow_up")),
    )


def _origin() -> list[sa.Column[object]]:
    return [
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("imported_by", sa.Integer(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _keys(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            ["unit_id", "document_id"],
            ["stored_file.unit_id", "stored_file.id"],
            name=op.f(f"fk_{table}_unit_id_document_id"),
        ),
        sa.ForeignKeyConstraint(["imported_by"], ["user_account.id"], name=op.f(f"fk_{table}_imported_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f(f"fk_{table}_unit_id")),
    ]
