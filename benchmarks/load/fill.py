"""Fills a database with millions of answers inside the database, and counts their tallies there.

Ids grow with time, as those of clients do.
"""

from sqlalchemy import text
from sqlmodel import Session, col, select

from app.core.db import Database
from app.ikm.intervals import RESPONDENT_UNIT
from app.units.tables import Service

KEYS = (
    "biaya",
    "kompetensi",
    "pengaduan",
    "perilaku",
    "persyaratan",
    "produk",
    "prosedur",
    "sarana",
    "waktu",
)
INSTRUMENT = "skm-2017@1"
FIRST_DAY, DAYS = "2025-01-01", 730
PORTION = 200_000

_COLUMNS = (
    "unit_id, id, service_id, instrument, channel, answered_at, local_date, received_at, scores, respondent_mean, "
    "sex, age, digest, state"
)
_SUM = " + ".join(f"s{place}" for place in range(9))
_MEAN = f"({_SUM}) * {RESPONDENT_UNIT // 9}"

_SQLITE = f"""
WITH RECURSIVE counter(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM counter WHERE n < :last),
drawn AS MATERIALIZED (
    SELECT n, abs(random()) % :services AS place, date('{FIRST_DAY}', (abs(random()) % {DAYS}) || ' days') AS day,
    {", ".join(f"4 - min(abs(random()) % 4, abs(random()) % 4) AS s{place}" for place in range(9))}
    FROM counter
)
INSERT INTO response ({_COLUMNS})
SELECT list.unit_id, printf('%016x', n) || lower(hex(randomblob(8))), list.id,
    '{INSTRUMENT}', 'import', day || ' 04:00:00.000000', day,
    day || ' 04:00:00.000000',
    printf('{{{",".join(f'"{key}":%d' for key in KEYS)}}}', {", ".join(f"s{place}" for place in range(9))}),
    {_MEAN}, CASE WHEN s0 % 2 THEN 'L' ELSE 'P' END, 17 + abs(random()) % 60, randomblob(16), 'counted'
FROM drawn JOIN bench_service AS list ON list.place = drawn.place
"""

_POSTGRESQL = f"""
WITH drawn AS MATERIALIZED (
    SELECT n, floor(random() * :services)::int AS place,
        date '{FIRST_DAY}' + floor(random() * {DAYS})::int AS day,
        {", ".join(f"4 - least(floor(random() * 4), floor(random() * 4))::int AS s{place}" for place in range(9))}
    FROM generate_series(:first, :last) AS n
)
INSERT INTO response ({_COLUMNS})
SELECT list.unit_id, (lpad(to_hex(n), 16, '0') || left(md5(random()::text), 16))::uuid, list.id,
    '{INSTRUMENT}', 'import', day + time '04:00', day,
    day + time '04:00',
    jsonb_build_object({", ".join(f"'{key}', s{place}" for place, key in enumerate(KEYS))}),
    {_MEAN}, CASE WHEN s0 % 2 = 1 THEN 'L' ELSE 'P' END, 17 + floor(random() * 60)::int,
    decode(md5(random()::text), 'hex'), 'counted'
FROM drawn JOIN bench_service AS list ON list.place = drawn.place
"""


def count_tallies(dialect: str) -> str:
    """SQL that counts the tallies of all raw rows, as nobody should have to do for a page."""
    each, month = (
        ("json_each(scores) AS answer", "date(local_date, 'start of month')")
        if dialect == "sqlite"
        else ("jsonb_each_text(scores) AS answer", "date_trunc('month', local_date)::date")
    )
    score = "CAST(answer.value AS INTEGER)"
    counts = ", ".join(f"sum(CASE WHEN {score} = {place} THEN 1 ELSE 0 END)" for place in range(1, 7))
    return (
        f"SELECT unit_id, service_id, {month}, instrument, answer.key, {counts} FROM response, {each} "
        "GROUP BY 1, 2, 3, 4, 5"
    )


def fill(database: Database, number: int) -> None:
    """`number` answers over two years, spread over all services; tallies and totals counted afterwards."""
    dialect = database.engine.dialect.name
    insert = _SQLITE if dialect == "sqlite" else _POSTGRESQL
    with database.write() as session:
        places = _list_services(session)
    for start in range(0, number, PORTION):
        with database.write_connection() as connection:
            last = min(start + PORTION, number)
            connection.execute(text(insert), {"first": start + 1, "last": last, "services": places})
    month = (
        "date(local_date, 'start of month')"
        if dialect == "sqlite"
        else "date_trunc('month', local_date)::date"
    )
    total = (
        "INSERT INTO total (unit_id, service_id, month, instrument, responses, sum, squares) "
        f"SELECT unit_id, service_id, {month}, instrument, count(*), sum(respondent_mean), "
        "sum(CAST(respondent_mean AS bigint) * respondent_mean) FROM response GROUP BY 1, 2, 3, 4"
    )
    with database.write_connection() as connection:
        connection.execute(text(f"INSERT INTO tally {count_tallies(dialect)}"))
        connection.execute(text(total))
        connection.execute(text("DROP TABLE bench_service"))
    if dialect != "sqlite":  # which nobody analyses in operation; PostgreSQL does it by itself
        with database.write_connection() as connection:
            connection.exec_driver_sql("ANALYZE")


def _list_services(session: Session) -> int:
    services = session.exec(select(Service.id, Service.unit_id).order_by(col(Service.id))).all()
    session.execute(text("CREATE TABLE bench_service (place int PRIMARY KEY, id int, unit_id int)"))
    rows = [{"place": place, "id": id_, "unit": unit} for place, (id_, unit) in enumerate(services)]
    session.execute(text("INSERT INTO bench_service VALUES (:place, :id, :unit)"), rows)
    return len(rows)
