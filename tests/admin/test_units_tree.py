"""The page of units: who sees which, how they are found, and what it costs when there are many."""

from collections.abc import Callable

import pytest
from sqlalchemy import event
from sqlmodel import Session, select
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.core.db import Database
from app.units.queries import unit_by_code
from app.units.tables import Point, Service, Unit
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Headers = dict[str, str]


def opened(desk: TestClient, address: str, headers: Headers, status: int = 200) -> Page:
    answer = desk.get(address, headers=headers)
    assert answer.status_code == status, answer.text
    return Page(answer.text)


def test_an_administrator_sees_the_tree_and_may_edit(desk: TestClient, staff: Callable[..., Headers]) -> None:
    page = opened(desk, "/kelola/unit", staff())
    # In the tree: a unit with others below it by their number, one without by its services.
    for words, code in (
        ("Kota Uji 3 unit", "kota"),
        ("Pelayanan Terpadu 2 layanan", "ptsp"),
        ("Kantor Timur 1 unit", "timur"),
        ("Cabang Kantor Timur 1 layanan", "timur-cabang"),
    ):
        assert words in page.text
        assert page.links[words.rpartition(" ")[0].rpartition(" ")[0]] == f"/kelola/unit?unit={code}"
    assert page.links["Ubah unit"] == "/kelola/unit/kota/ubah"
    assert page.links["Tambah unit"] == "/kelola/unit/tambah?induk=kota"
    assert page.having("a", href="/kelola/unit?unit=kota")[0]["aria-current"] == "true"


def test_a_unit_with_its_services_and_points(desk: TestClient, staff: Callable[..., Headers]) -> None:
    page = opened(desk, "/kelola/unit?unit=ptsp", staff())
    assert page.title == "Unit dan titik survei: Pelayanan Terpadu"
    assert "Zona waktu WITA (Asia/Makassar), seperti Kota Uji" in page.text
    assert "Alamat Jalan Uji 1 Telepon 100 Angka resmi Semua jawaban digabung" in page.text
    assert "Penerbitan NIB nib skm-2017 v1 Semua ditanyakan 4.384 Aktif" in page.text
    assert "Layanan Daring daring skm-2017 v1 Kompetensi Pelaksana, Perilaku Pelaksana" in page.text
    assert "ptsp-kios Warga memilih ptsp-kios Kios layar sentuh Aktif" in page.text
    assert "ptsp-tutup Penerbitan NIB ptsp-tutup Loket, dengan petugas Ditutup" in page.text
    assert page.links["Penerbitan NIB"] == "/kelola/unit/ptsp/layanan/nib/ubah"
    assert page.links["ptsp-kios"] == "/kelola/titik/ptsp-kios"
    assert page.links["skm-2017 v1"] == "/kelola/instrumen/skm-2017/1"


def test_a_zone_of_its_own_is_not_called_the_parents(desk: TestClient, staff: Callable[..., Headers]) -> None:
    headers = staff()
    assert "Zona waktu WIT (Asia/Jayapura) Alamat" in opened(desk, "/kelola/unit?unit=timur", headers).text
    below = opened(desk, "/kelola/unit?unit=timur-cabang", headers).text
    assert "WIT (Asia/Jayapura), seperti Kantor Timur" in below


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_others_look_and_find_no_way_to_edit(
    desk: TestClient, staff: Callable[..., Headers], role: Role
) -> None:
    page = opened(desk, "/kelola/unit?unit=ptsp", staff("ptsp", role))
    assert "Penerbitan NIB" in page.text
    assert [
        link for link in page.links.values() if "ubah" in link or "tambah" in link or "impor" in link
    ] == []


def test_the_parent_of_the_highest_unit_in_scope_is_not_told(
    desk: TestClient, staff: Callable[..., Headers]
) -> None:
    page = opened(desk, "/kelola/unit", staff("timur"))
    assert "Kantor Timur" in page.title
    assert "Cabang Kantor Timur" in page.text
    assert "Kota Uji" not in page.text
    assert "Pelayanan Terpadu" not in page.text


def test_a_role_counts_where_it_is_held(
    desk: TestClient, person: Callable[..., object], signed_in: Callable[..., Headers]
) -> None:
    headers = signed_in(person("budi", ("kota", Role.VIEWER), ("timur", Role.ADMIN)))
    assert "Ubah unit" in opened(desk, "/kelola/unit?unit=timur-cabang", headers).links
    assert "Ubah unit" not in opened(desk, "/kelola/unit?unit=ptsp", headers).links


@pytest.mark.parametrize("address", ["/kelola/unit?unit=ptsp", "/kelola/unit?unit=tidak-ada"])
def test_elsewhere_is_nowhere(desk: TestClient, staff: Callable[..., Headers], address: str) -> None:
    page = opened(desk, address, staff("timur"), 404)
    assert "Pelayanan Terpadu" not in page.text


def test_nobody_is_led_to_the_sign_in(desk: TestClient) -> None:
    answer = desk.get("/kelola/unit?unit=ptsp", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/masuk?onward=%2Fkelola%2Funit%3Funit%3Dptsp"


@pytest.mark.parametrize(
    ("wanted", "found"), [("CABANG", "timur-cabang"), ("timur-c", "timur-cabang"), ("pelayanan  t", "ptsp")]
)
def test_searching_by_name_or_code(
    desk: TestClient, staff: Callable[..., Headers], wanted: str, found: str
) -> None:
    page = opened(desk, f"/kelola/unit?q={wanted}", staff())
    listed = [one["href"] for one in page.having("a") if one["href"].startswith("/kelola/unit?unit=")]
    assert f"/kelola/unit?unit={found}" in listed
    assert "1 unit cocok dengan pencarian ini." in page.text


def test_searching_in_vain_and_beyond(desk: TestClient, staff: Callable[..., Headers]) -> None:
    assert "0 unit cocok" in opened(desk, "/kelola/unit?q=terpadu", staff("timur")).text


def test_what_is_missing_is_said_with_what_to_do(
    city: Database, desk: TestClient, staff: Callable[..., Headers]
) -> None:
    headers = staff()
    with city.write() as session:
        home = unit_by_code(session, "kota")
        assert home is not None
        session.add(Unit(code="kosong", name="Unit Kosong", parent_id=home.id))
        for point in session.exec(select(Point).where(Point.code == "cabang-qr")):
            point.active = False
    page = opened(desk, "/kelola/unit?unit=kosong", headers)
    assert "Belum ada layanan Warga menilai layanan, bukan unit." in page.text
    assert page.links["Tambah layanan"] == "/kelola/unit/kosong/layanan/tambah"
    page = opened(desk, "/kelola/unit?unit=timur-cabang", headers)
    assert "Salinan belum punya titik survei" in page.text
    assert page.links["Buat titik survei"] == "/kelola/unit/timur-cabang/titik/tambah?layanan=salinan"
    # A point where the citizen chooses is enough for every service.
    assert "belum punya titik survei" not in opened(desk, "/kelola/unit?unit=ptsp", headers).text


def statements(database: Database, work: Callable[[], object]) -> int:
    """How many statements the whole application sends while `work` runs."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return len(sent)


def add_units(session: Session, many: int) -> None:
    """Ten branches below the city, each with as many units as it takes, all with a service and a point."""
    home = unit_by_code(session, "kota")
    assert home is not None
    branches = [
        Unit(code=f"cabang-{number}", name=f"Cabang {number}", parent_id=home.id) for number in range(10)
    ]
    session.add_all(branches)
    session.flush()
    units = [
        Unit(code=f"unit-{number}", name=f"Unit {number}", parent_id=branches[number % 10].id)
        for number in range(many)
    ]
    session.add_all(units)
    session.flush()
    session.add_all(
        Service(unit_id=unit.id, code="a", name="A", instrument="skm-2017") for unit in units if unit.id
    )
    session.add_all(
        Point(code=f"titik-{unit.code}", unit_id=unit.id, channel="qr") for unit in units if unit.id
    )


def test_a_thousand_units_cost_no_statement_more(
    city: Database, desk: TestClient, staff: Callable[..., Headers]
) -> None:
    headers, database = staff(), desk.app.state.database  # type: ignore[attr-defined]
    address = "/kelola/unit?unit=ptsp"
    few = statements(database, lambda: opened(desk, address, headers))
    with city.write() as session:
        add_units(session, 1000)
    page: list[Page] = []
    many = statements(database, lambda: page.append(opened(desk, address, headers)))
    assert many == few
    assert few > 0
    assert page[0].links["Unit 999"] == "/kelola/unit?unit=unit-999"
    # Only the way to the chosen unit is unfolded.
    unfolded = [one for one in page[0].having("details") if "open" in one]
    assert len(unfolded) == 1
    # The menu of the head, the fold itself, the city, the eastern office, ten branches.
    assert len(page[0].having("details")) == 14
