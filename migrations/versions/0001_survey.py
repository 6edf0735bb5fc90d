"""Units, questionnaires, answers, tallies and totals, kiosks, tokens."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "instrument_version",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_instrument_version")),
    )
    registry_version = op.create_table(
        "registry_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_registry_version_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_version")),
    )
    op.bulk_insert(registry_version, [{"id": 1, "version": 0}])

    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("rollup", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("rollup = 'pooled' OR rollup = 'mean_of_units'", name=op.f("ck_unit_rollup")),
        sa.CheckConstraint(
            "timezone = 'Asia/Jakarta' OR timezone = 'Asia/Pontianak' OR timezone = 'Asia/Makassar' OR timezone = 'Asia/Jayapura'",
            name=op.f("ck_unit_timezone"),
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    op.create_index("ix_unit_parent_id", "unit", ["parent_id"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role = 'admin' OR role = 'unit_head' OR role = 'operator' OR role = 'evaluator' OR role = 'viewer'",
            name=op.f("ck_api_token_role"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_api_token_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index("ix_api_token_unit_id", "api_token", ["unit_id"], unique=False)

    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("not_asked", sa.JSON(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("population > 0", name=op.f("ck_service_population")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_service_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("unit_id", "code", name=op.f("uq_service_unit_id_code")),
    )
    op.create_table(
        "matrix_import",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_matrix_import_service_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_matrix_import_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "service_id", "sha256", name=op.f("pk_matrix_import")),
    )
    op.create_table(
        "point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "channel = 'qr' OR channel = 'kiosk' OR channel = 'counter' OR channel = 'link'",
            name=op.f("ck_point_channel"),
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_point_service_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_point_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point")),
        sa.UniqueConstraint("code", name=op.f("uq_point_code")),
    )
    op.create_index("ix_point_unit_id", "point", ["unit_id"], unique=False)

    op.create_table(
        "tally",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("c1", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("c2", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("c3", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("c4", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("c5", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("c6", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "c1 >= 0 AND c2 >= 0 AND c3 >= 0 AND c4 >= 0 AND c5 >= 0 AND c6 >= 0",
            name=op.f("ck_tally_counts"),
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_tally_service_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_tally_unit_id")),
        sa.PrimaryKeyConstraint(
            "unit_id", "service_id", "month", "instrument", "question", name=op.f("pk_tally")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "total",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("sum", sa.BigInteger(), nullable=False),
        sa.Column("squares", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("responses >= 0", name=op.f("ck_total_responses")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_total_service_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_total_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "service_id", "month", "instrument", name=op.f("pk_total")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queue_length", sa.Integer(), nullable=True),
        sa.Column("oldest_waiting_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.String(), nullable=True),
        sa.CheckConstraint("queue_length >= 0", name=op.f("ck_device_queue_length")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_device_point_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_device_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_hash")),
    )
    op.create_index("ix_device_unit_id", "device", ["unit_id"], unique=False)

    op.create_table(
        "response",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=True),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scores", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("respondent_mean", sa.Integer(), nullable=False),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("education", sa.String(), nullable=True),
        sa.Column("occupation", sa.String(), nullable=True),
        sa.Column("disability", sa.Boolean(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "channel = 'qr' OR channel = 'kiosk' OR channel = 'counter' OR channel = 'link' OR channel = 'import'",
            name=op.f("ck_response_channel"),
        ),
        sa.CheckConstraint(
            "education = 'SD' OR education = 'SMP' OR education = 'SMA' OR education = 'D1-D4' OR education = 'S1' OR education = 'S2' OR education = 'S3'",
            name=op.f("ck_response_education"),
        ),
        sa.CheckConstraint(
            "occupation = 'PNS' OR occupation = 'TNI' OR occupation = 'POLRI' OR occupation = 'SWASTA' OR occupation = 'WIRAUSAHA' OR occupation = 'PELAJAR' OR occupation = 'PETANI' OR occupation = 'IRT' OR occupation = 'LAINNYA'",
            name=op.f("ck_response_occupation"),
        ),
        sa.CheckConstraint("sex = 'L' OR sex = 'P'", name=op.f("ck_response_sex")),
        sa.CheckConstraint("state = 'counted' OR state = 'excluded'", name=op.f("ck_response_state")),
        sa.CheckConstraint("age BETWEEN 0 AND 120", name=op.f("ck_response_age")),
        sa.CheckConstraint("seconds >= 0", name=op.f("ck_response_seconds")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_response_point_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_response_service_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_response_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "id", name=op.f("pk_response")),
    )
    op.create_index(
        "ix_response_not_counted",
        "response",
        ["unit_id", "local_date"],
        unique=False,
        sqlite_where=sa.text("state <> 'counted'"),
        postgresql_where=sa.text("state <> 'counted'"),
    )
    op.create_index("ix_response_unit_id_local_date", "response", ["unit_id", "local_date"], unique=False)

    op.create_table(
        "comment",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=True),
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


def downgrade() -> None:
    op.drop_table("comment")
    op.drop_index("ix_response_unit_id_local_date", "response")
    op.drop_index(
        "ix_response_not_counted",
        "response",
        sqlite_where=sa.text("state <> 'counted'"),
        postgresql_where=sa.text("state <> 'counted'"),
    )

    op.drop_table("response")
    op.drop_index("ix_device_unit_id", "device")

    op.drop_table("device")
    op.drop_table("total")
    op.drop_table("tally")
    op.drop_index("ix_point_unit_id", "point")

    op.drop_table("point")
    op.drop_table("matrix_import")
    op.drop_table("service")
    op.drop_index("ix_api_token_unit_id", "api_token")

    op.drop_table("api_token")
    op.drop_index("ix_unit_parent_id", "unit")

    op.drop_table("unit")
    op.drop_table("registry_version")
    op.drop_table("instrument_version")
