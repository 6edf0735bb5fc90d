"""The record on screen: who sees which part, in words and local time; filters, pages, the file, verification."""

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from app.audit.service import SYSTEM, Actor, record
from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.auth.tables import User
from app.core.db import Database
from app.units.queries import unit_by_code
from app.units.tables import Unit

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

PATH = "/kelola/catatan"
AT = datetime(2026, 10, 1, 1, 30, tzinfo=UTC)
Make = Callable[..., User]
SignedIn = Callable[..., dict[str, str]]


def unit_id(session: Session, code: str) -> int:
    unit = unit_by_code(session, code)
    assert unit is not None
    assert unit.id is not None
    return unit.id


@pytest.fixture
def deed(city: Database) -> Callable[..., None]:
    """Records a deed of `ani` at a unit, None for the installation."""

    def one(action: str, unit: str | None = "kota", *, at: datetime = AT, **more: Any) -> None:
        actor = more.pop("actor", Actor("user", 99, "ani"))
        with city.write() as session:
            where = unit_id(session, unit) if unit else None
            record(session, actor, action, at, unit_id=where, **more)

    return one


@pytest.fixture
def admin(person: Make, signed_in: SignedIn) -> dict[str, str]:
    """Somebody who administers the whole city."""
    return signed_in(person("citra", ("kota", Role.ADMIN)))


def words(page: str) -> list[str]:
    """What the list says, a text a deed."""
    found = re.findall(r"<p><strong>(.*?)</strong>(.*?)</p>", page, re.DOTALL)
    return [" ".join(html.unescape(who + said).split()) for who, said in found]


def times(page: str) -> list[str]:
    return re.findall(r"<time [^>]*>(.*?)</time>", page)


def newest(city: Database) -> AuditEntry:
    with city.read() as session:
        wanted = select(AuditEntry).where(AuditEntry.chain == unit_id(session, "kota"))
        entry = session.exec(wanted.order_by(col(AuditEntry.sequence).desc())).first()
        assert entry is not None
        session.expunge(entry)
    return entry


def test_deeds_are_told_in_words_newest_first(
    client: TestClient, admin: dict[str, str], deed: Callable[..., None], person: Make
) -> None:
    budi = person("budi", home="ptsp")
    deed(
        "grant.added",
        "ptsp",
        subject=f"user:{budi.id}",
        details={"role": "evaluator", "name": "budi"},
        at=datetime(2026, 10, 15, 3, 1, tzinfo=UTC),
    )
    deed("password.changed", "ptsp", subject=f"user:{budi.id}", at=datetime(2026, 10, 15, 3, 2, tzinfo=UTC))
    page = client.get(PATH, headers=admin)
    assert page.status_code == 200
    assert words(page.text)[:2] == [
        "ani mengganti kata sandi akun budi",
        "ani memberi peran evaluator kepada budi di Pelayanan Terpadu",
    ]
    assert page.headers["cache-control"] == "no-store"
    english = client.get(f"{PATH}?lang=en", headers=admin)
    assert words(english.text)[1] == "ani gave budi the role evaluator at Pelayanan Terpadu"


def test_programs_and_commands_are_named_as_such(
    client: TestClient, admin: dict[str, str], deed: Callable[..., None]
) -> None:
    later = datetime(2026, 10, 16, tzinfo=UTC)
    deed("unit.changed", actor=Actor("token", 3, "Rekap"), subject="unit:ptsp", at=later)
    deed("demo.loaded", actor=Actor("command", None, "eskm demo"), at=later + timedelta(seconds=1))
    deed("session.refused", None, actor=SYSTEM, details={"reason": "x"}, at=later + timedelta(seconds=2))
    assert words(client.get(PATH, headers=admin).text)[:3] == [
        "e-SKM menolak percobaan masuk: akun yang tidak dikenal",
        "Perintah eskm demo mengisi data peragaan di Kota Uji",
        "Token Rekap mengubah unit ptsp",
    ]


def test_what_somebody_typed_is_shown_as_text(
    client: TestClient, admin: dict[str, str], deed: Callable[..., None]
) -> None:
    deed("token.made", details={"name": "<b>x</b>{unit}", "role": "raja", "more": {"a": "<i>"}}, at=AT)
    deed("unit.changed", actor=Actor("token", 3, "<script>"), subject="unit:<u>", details={"name": None})
    deed("never.heard", details={"role": ["admin"]})
    page = client.get(PATH, headers=admin).text
    assert "<script>" not in page
    assert "<b>x" not in page
    assert "<i>" not in page
    assert "ani membuat token – dengan" not in page
    assert "ani never.heard" in words(page)


def test_time_is_that_of_the_unit(
    client: TestClient, admin: dict[str, str], deed: Callable[..., None]
) -> None:
    later = datetime(2026, 10, 16, 15, 30, tzinfo=UTC)
    deed("unit.changed", "timur", at=later)
    deed("unit.changed", "kota", at=later + timedelta(seconds=1))
    deed("setup.completed", None, at=later + timedelta(seconds=2))
    assert times(client.get(PATH, headers=admin).text)[:3] == [
        "16 Oktober 2026 pukul 23.30 WITA",
        "16 Oktober 2026 pukul 23.30 WITA",
        "17 Oktober 2026 pukul 00.30 WIT",
    ]


def test_an_administrator_of_a_part_sees_that_part(
    client: TestClient, person: Make, signed_in: SignedIn, deed: Callable[..., None]
) -> None:
    head = signed_in(person("dewi", ("timur", Role.ADMIN), home="timur"))
    for unit in ("kota", "ptsp", "timur", "timur-cabang", None):
        deed("unit.changed", unit, subject=f"unit:{unit}", at=datetime(2026, 10, 16, tzinfo=UTC))
    page = client.get(PATH, headers=head).text
    assert words(page)[:2] == ["ani mengubah unit timur-cabang", "ani mengubah unit timur"]
    assert not any(f"unit {other}" in page for other in ("kota", "ptsp", "None"))
    assert 'id="keutuhan"' not in page
    file = client.get(f"{PATH}.csv", headers=head).text
    assert ("unit:timur" in file, "unit:ptsp" in file, "unit:kota" in file) == (True, False, False)
    assert client.get(f"{PATH}?unit=ptsp", headers=head).status_code == 404
    assert client.get(f"{PATH}.csv?unit=ptsp", headers=head).status_code == 404
    assert client.post(f"{PATH}/periksa", data={"government": "kota"}, headers=head).status_code == 404
    assert client.post(f"{PATH}/periksa", data={}, headers=head).status_code == 404


def test_an_evaluator_reads_it_too_and_nobody_else(
    client: TestClient, person: Make, signed_in: SignedIn, token: Callable[..., dict[str, str]]
) -> None:
    assert client.get(PATH, headers=signed_in(person("eka", ("kota", Role.EVALUATOR)))).status_code == 200
    for role in (Role.UNIT_HEAD, Role.OPERATOR, Role.VIEWER):
        headers = signed_in(person(f"x-{role.value.replace('_', '-')}", ("kota", role)))
        assert client.get(PATH, headers=headers).status_code == 403
        assert client.get(f"{PATH}.csv", headers=headers).status_code == 403
        assert client.post(f"{PATH}/periksa", headers=headers).status_code == 403
    assert client.get(PATH, headers={"Accept": "text/html"}, follow_redirects=False).status_code == 303
    assert client.get(PATH).status_code == 401
    # Roles do not add up: a viewer of the whole who evaluates a part sees the record of the part.
    both = signed_in(person("fajar", ("kota", Role.VIEWER), ("timur", Role.EVALUATOR)))
    assert 'id="keutuhan"' not in client.get(PATH, headers=both).text
    assert client.get(f"{PATH}?unit=ptsp", headers=both).status_code == 404


def test_of_two_governments_neither_sees_the_installation(
    client: TestClient, admin: dict[str, str], deed: Callable[..., None], city: Database
) -> None:
    deed("setup.completed", None)
    assert "menyelesaikan penyiapan pertama" in client.get(PATH, headers=admin).text
    with city.write() as session:
        other = Unit(code="lain", name="Kota Lain")
        session.add(other)
        session.flush()
        record(session, SYSTEM, "unit.changed", AT, unit_id=other.id, subject="unit:lain")
    page = client.get(PATH, headers=admin).text
    assert "menyelesaikan penyiapan pertama" not in page
    assert "unit lain" not in page
    assert client.post(f"{PATH}/periksa", data={"government": ""}, headers=admin).status_code == 404
    assert client.post(f"{PATH}/periksa", data={"government": "lain"}, headers=admin).status_code == 404


def test_filters(client: TestClient, admin: dict[str, str], deed: Callable[..., None], person: Make) -> None:
    gita = person("gita", home="ptsp")
    days = [datetime(2026, 8, day, 15, 59, tzinfo=UTC) for day in (1, 2, 3)]
    deed("unit.changed", "ptsp", subject="unit:a", at=days[0])
    deed("point.added", "timur-cabang", subject="point:b", at=days[1] + timedelta(minutes=1))
    deed(
        "user.deactivated",
        "ptsp",
        subject=f"user:{gita.id}",
        details={"name": "gita"},
        actor=Actor("user", 1, "Hana"),
        at=days[2],
    )
    for query, expected in (
        ("unit=timur", ["point"]),
        ("unit=ptsp&to=2026-08-31", ["user", "unit"]),
        ("person=HAN", ["user"]),
        ("person=gita&to=2026-08-31", ["user"]),
        ("person=%25&to=2026-08-31", []),
        ("person=%00&to=2026-08-31", ["user", "point", "unit"]),
        ("action=point.added", ["point"]),
        ("action=tidak.ada", []),
        # In the zone of the city, where 16:00 UTC is the next day; in Jayapura 15:00 UTC is.
        ("from=2026-08-03&to=2026-08-03", ["user", "point"]),
        ("from=2026-08-01&to=2026-08-01", ["unit"]),
        ("unit=timur&from=2026-08-03&to=2026-08-03", ["point"]),
        ("unit=timur&from=2026-08-02&to=2026-08-02", []),
    ):
        page = client.get(f"{PATH}?{query}", headers=admin)
        assert page.status_code == 200, query
        found = re.findall(r"<dd class=\"mono\">(\w+)\.\w+</dd>", page.text)
        assert found == expected, query
        if not expected:
            assert "Tidak ada catatan yang cocok" in page.text
        rows = list(csv.DictReader(io.StringIO(client.get(f"{PATH}.csv?{query}", headers=admin).text[1:])))
        kinds = [row["action"].partition(".")[0] for row in rows if row["action"] != "record.exported"]
        assert kinds == expected, query


def test_days_that_are_none(client: TestClient, admin: dict[str, str]) -> None:
    for query, field in (
        ("from=2026-02-30", "from"),
        ("to=besok", "to"),
        ("from=2026-08-02&to=2026-08-01", "to"),
    ):
        page = client.get(f"{PATH}?{query}", headers=admin)
        assert page.status_code == 422
        assert f'href="#{field}"' in page.text
        assert 'role="alert"' in page.text
        assert client.get(f"{PATH}.csv?{query}", headers=admin).status_code == 422


def test_pages_follow_one_another_without_gap_or_overlap(
    client: TestClient, admin: dict[str, str], city: Database, deed: Callable[..., None]
) -> None:
    """All at the same instant, in two chains: the order is still total."""
    with city.write() as session:
        kota = unit_id(session, "kota")
        for number in range(120):
            where = kota if number % 3 else None
            record(session, SYSTEM, "unit.changed", AT, unit_id=where, subject=f"unit:n{number}")
    seen: list[str] = []
    address = f"{PATH}?action=unit.changed"
    for _ in range(4):
        page = client.get(address, headers=admin).text
        seen += re.findall(r"mengubah unit (n\d+)</p>", page)
        onward = re.search(r'href="([^"]*)">Yang lebih lama', page)
        if onward is None:
            break
        address = PATH + html.unescape(onward[1])
        deed("unit.changed", subject="unit:baru", at=datetime(2026, 10, 20, tzinfo=UTC))
    assert len(seen) == 120
    assert set(seen) == {f"n{number}" for number in range(120)}
    assert "Kembali ke yang terbaru" in page
    for wrong in ("x", "~~", "2026-01-01~1~1", "2026-01-01T00:00:00Z~1~99999999999999999999", "9~9~9"):
        assert client.get(f"{PATH}?behind={wrong}", headers=admin).status_code == 200


def test_the_file_carries_the_chain_and_is_recorded(
    client: TestClient, admin: dict[str, str], deed: Callable[..., None], city: Database
) -> None:
    for number in range(3):
        deed("unit.changed", "ptsp", actor=Actor("token", 1, "=cmd|' /C calc'!A0"), subject=f"unit:{number}")
    before = newest(city)
    answer = client.get(f"{PATH}.csv?unit=ptsp&action=unit.changed", headers=admin)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="catatan-2026-10-15.csv"'
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row["subject"] for row in rows] == ["unit:2", "unit:1", "unit:0"]
    assert [int(row["sequence"]) for row in rows] == [before.sequence - one for one in range(3)]
    assert (rows[0]["hash"], rows[0]["previous"]) == (before.hash, rows[1]["hash"])
    assert rows[0]["actor_name"] == "'=cmd|' /C calc'!A0"
    assert (rows[0]["government"], rows[0]["unit"]) == ("kota", "ptsp")
    assert rows[0]["at"] == "2026-10-01T01:30:00.000000Z"
    entry = newest(city)
    assert (entry.action, entry.actor_name, entry.sequence) == (
        "record.exported",
        "citra",
        before.sequence + 1,
    )
    assert entry.details == {"unit": "ptsp", "action": "unit.changed"}
    indonesian = client.get(f"{PATH}.csv?locale=id", headers=admin).text
    assert indonesian.startswith("\ufeffat;government;sequence;")


def test_a_long_file(client: TestClient, admin: dict[str, str], city: Database) -> None:
    with city.write() as session:
        for number in range(1101):
            record(
                session,
                SYSTEM,
                "unit.changed",
                AT,
                unit_id=unit_id(session, "ptsp"),
                subject=f"unit:{number}",
            )
    answer = client.get(f"{PATH}.csv?action=unit.changed", headers=admin)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row["subject"] for row in rows] == [f"unit:{number}" for number in range(1100, -1, -1)]
    assert all(older["hash"] == newer["previous"] for newer, older in pairwise(rows))


def test_verifying_is_asked_for_and_the_result_stays(
    client: TestClient, admin: dict[str, str], city: Database, deed: Callable[..., None]
) -> None:
    deed("unit.changed")
    assert "Belum diperiksa akhir-akhir ini" in client.get(PATH, headers=admin).text
    before = newest(city)
    answer = client.post(
        f"{PATH}/periksa", data={"government": "kota"}, headers=admin, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}#keutuhan")
    entry = newest(city)
    assert entry.action == "record.verified"
    assert entry.details == {
        "first": 1,
        "lines": before.sequence,
        "end": f"{before.sequence}:{before.hash}",
        "fault": None,
        "line": None,
    }
    page = client.get(PATH, headers=admin).text
    assert f"Utuh: baris 1 sampai {before.sequence} cocok satu sama lain." in page
    assert "Diperiksa 15 Oktober 2026 pukul 11.00 WITA oleh citra" in page
    assert f"{entry.sequence}:{entry.hash}" in page


def forge(city: Database, statement: str) -> None:
    with city.write_connection() as connection:
        if city.is_sqlite:
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_entry_no_{verb}"))
        else:
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        connection.execute(text(statement))


def test_a_forged_line_is_told(
    client: TestClient, admin: dict[str, str], city: Database, deed: Callable[..., None]
) -> None:
    deed("unit.changed", subject="unit:forge")
    sequence = newest(city).sequence
    forge(city, "UPDATE audit_entry SET subject = 'unit:other' WHERE subject = 'unit:forge'")
    client.post(f"{PATH}/periksa", data={"government": "kota"}, headers=admin)
    page = client.get(PATH, headers=admin).text
    assert "Tidak utuh" in page
    assert f"Baris {sequence} tidak cocok dengan baris sebelumnya" in page
    assert newest(city).details["fault"] == "altered"


def test_a_chain_to_which_nothing_can_be_added_is_told_at_once(
    client: TestClient, admin: dict[str, str], city: Database, deed: Callable[..., None]
) -> None:
    deed("unit.changed")
    last = newest(city).sequence
    forge(city, f"UPDATE audit_head SET sequence = 1 WHERE sequence = {last}")
    answer = client.post(f"{PATH}/periksa", data={"government": "kota"}, headers=admin)
    assert answer.status_code == 200
    assert "Tidak utuh" in answer.text
    assert "Baris 2 berdiri di belakang ujung catatan" in answer.text


def test_no_post_from_elsewhere(client: TestClient, admin: dict[str, str]) -> None:
    foreign = {**admin, "Sec-Fetch-Site": "cross-site"}
    answer = client.post(f"{PATH}/periksa", data={"government": "kota"}, headers=foreign)
    assert answer.status_code == 403
