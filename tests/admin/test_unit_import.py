"""The registry file on screen: previewed, then applied as previewed, within one's units, and recorded."""

import hashlib
import io
import re
from collections.abc import Callable
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import load_workbook
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.auth.tables import Grant
from app.core.db import Database
from app.units.queries import registry_version, unit_by_code
from app.units.tables import Point, Service, Unit
from tests.web.markup import Page

Headers = dict[str, str]
FILE = """\
[[units]]
code = "ptsp"
name = "Pelayanan Terpadu"
parent = "kota"
address = "Jalan Uji 1"
phone = "0812 000"

  [[units.services]]
  code = "pbg"
  name = "Persetujuan Bangunan"

[[units]]
code = "pasar"
name = "Unit Pasar"
parent = "ptsp"

  [[units.points]]
  code = "pasar-qr"
  channel = "qr"
"""


def upload(
    desk: TestClient, headers: Headers, content: str | bytes, name: str = "registri.toml", query: str = ""
) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return desk.post(f"/kelola/impor{query}", files={"berkas": (name, data)}, headers=headers)


def sealed(answer: Any) -> dict[str, str]:
    """The fields with which the preview applies what it shows."""
    assert answer.status_code in (200, 409), answer.text
    return {name: Page(answer.text).fields[name] for name in ("isi", "sha256", "versi")}


def everything(city: Database) -> list[list[dict[str, Any]]]:
    with city.read() as session:
        return [
            [row.model_dump() for row in session.exec(select(kind).order_by(kind.id))]  # type: ignore[attr-defined]
            for kind in (Unit, Service, Point)
        ]


def unit(city: Database, code: str) -> Unit | None:
    with city.read() as session:
        return unit_by_code(session, code)


def test_a_preview_says_what_would_change_and_changes_nothing(
    city: Database, desk: TestClient, staff: Callable[..., Headers], recorded: Callable[..., list[AuditEntry]]
) -> None:
    before = everything(city)
    answer = upload(desk, staff(), FILE)
    assert answer.status_code == 200
    text = Page(answer.text).text
    assert "Unit 1 1 0 Layanan 1 0 0 Titik survei 1 0 0" in text
    assert "Unit ptsp Telepon: 100 → 0812 000" in text
    assert "Unit pasar Baru : Unit Pasar" in text
    assert "Layanan ptsp/pbg Baru : Persetujuan Bangunan" in text
    assert "Titik survei pasar-qr Baru" in text
    assert everything(city) == before
    assert recorded("registry.") == []


def test_what_was_previewed_is_applied_and_recorded(
    city: Database, desk: TestClient, staff: Callable[..., Headers], recorded: Callable[..., list[AuditEntry]]
) -> None:
    headers = staff()
    fields = sealed(upload(desk, headers, FILE))
    answer = desk.post("/kelola/impor/terapkan", data=fields, headers=headers)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/kelola/impor?baru=3&berubah=1"
    page = Page(desk.get(answer.headers["location"], headers=headers).text)
    assert "Registri diterapkan: 3 ditambahkan, 1 diubah." in page.text
    market, home = unit(city, "pasar"), unit(city, "ptsp")
    assert market is not None
    assert home is not None
    assert (market.parent_id, market.timezone, home.phone) == (home.id, "Asia/Makassar", "0812 000")
    (entry,) = recorded("registry.")
    assert entry.action == "registry.applied"
    assert entry.actor_name == "kota-admin"
    assert entry.unit_id == home.id  # all of it lies at this unit or below
    assert entry.details["sha256"] == hashlib.sha256(FILE.encode()).hexdigest()
    assert entry.details["counts"] == {
        "unit": {"added": 1, "changed": 1},
        "service": {"added": 1, "changed": 0},
        "point": {"added": 1, "changed": 0},
    }
    assert entry.details["added"] == {"unit": ["pasar"], "service": ["ptsp/pbg"], "point": ["pasar-qr"]}
    assert entry.details["changed"]["unit"] == {"ptsp": {"phone": {"before": "100", "after": "0812 000"}}}
    # The same once more: the file changes nothing, and that is no reason for a button.
    again = upload(desk, headers, FILE)
    assert "Tidak ada yang berubah" in again.text
    assert "terapkan" not in [one["action"].rpartition("/")[2] for one in Page(again.text).having("form")]


def test_after_any_other_change_there_is_a_new_preview(
    city: Database, desk: TestClient, staff: Callable[..., Headers]
) -> None:
    headers = staff()
    fields = sealed(upload(desk, headers, FILE))
    desk.post("/kelola/titik/ptsp-kios/keadaan", data={"active": "0"}, headers=headers)
    answer = desk.post("/kelola/impor/terapkan", data=fields, headers=headers)
    assert answer.status_code == 409
    assert "Belum diterapkan: registri sudah diubah orang lain" in answer.text
    assert unit(city, "pasar") is None
    fields = sealed(answer)
    assert desk.post("/kelola/impor/terapkan", data=fields, headers=headers).status_code == 303
    assert unit(city, "pasar") is not None


@pytest.mark.parametrize("name", ["isi", "sha256", "versi"])
def test_a_preview_that_was_altered_is_refused(
    city: Database, desk: TestClient, staff: Callable[..., Headers], name: str
) -> None:
    headers = staff()
    fields = sealed(upload(desk, headers, FILE))
    with city.read() as session:
        version = registry_version(session)
    last = fields[name][-1]
    fields[name] = fields[name][:-1] + ("1" if last != "1" else "2")
    answer = desk.post("/kelola/impor/terapkan", data=fields, headers=headers)
    assert answer.status_code == 422
    assert "Pratinjau ini bukan milik Anda atau sudah diubah." in answer.text
    with city.read() as session:
        assert registry_version(session) == version


@pytest.mark.parametrize("fields", [{}, {"isi": "é", "sha256": "", "versi": "0"}, {"isi": "AAAA"}])
def test_no_preview_at_all_is_refused(
    desk: TestClient, staff: Callable[..., Headers], fields: dict[str, str]
) -> None:
    assert desk.post("/kelola/impor/terapkan", data=fields, headers=staff()).status_code == 422


def test_a_preview_serves_only_whoever_saw_it(
    city: Database, desk: TestClient, person: Callable[..., Any], signed_in: Callable[..., Headers]
) -> None:
    ani = signed_in(person("ani", ("kota", Role.ADMIN)))
    budi = signed_in(person("budi", ("kota", Role.ADMIN)))
    fields = sealed(upload(desk, ani, FILE))
    assert desk.post("/kelola/impor/terapkan", data=fields, headers=budi).status_code == 422
    assert unit(city, "pasar") is None


def test_the_right_that_was_withdrawn_meanwhile(
    city: Database, desk: TestClient, person: Callable[..., Any], signed_in: Callable[..., Headers]
) -> None:
    user = person("ani", ("kota", Role.ADMIN))
    headers = signed_in(user)
    fields = sealed(upload(desk, headers, FILE))
    with city.write() as session:
        from_here = unit_by_code(session, "timur")
        assert from_here is not None
        for grant in session.exec(select(Grant).where(Grant.user_id == user.id)):
            grant.unit_id = from_here.id or 0
    answer = desk.post("/kelola/impor/terapkan", data=fields, headers=headers)
    assert answer.status_code == 422
    assert "sudah dipakai di luar wewenang Anda" in answer.text
    assert unit(city, "pasar") is None


def lines(answer: Any) -> list[str]:
    """The rows of the table of faults, cell after cell."""
    body = answer.text.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    cells = [
        [" ".join(re.sub(r"<[^>]+>", "", one).split()) for one in row.split("</td>")[:3]] for row in rows
    ]
    return [" | ".join(row).replace("&#34;", '"') for row in cells]


FAULTY = """\
[[units]]
code = "ptsp"
nama = "Pelayanan"
parent = "kota"

  [[units.points]]
  code = "Titik 1"
  channel = "surat"
  service = "tidak-ada"
"""


def test_faults_are_named_by_line_and_column_and_nothing_is_applied(
    city: Database, desk: TestClient, staff: Callable[..., Headers]
) -> None:
    headers, before = staff(), everything(city)
    answer = upload(desk, headers, FAULTY)
    assert answer.status_code == 422
    assert lines(answer) == [
        'baris 1 | name | "name" wajib diisi.',
        'baris 3 | nama | Kunci "nama" tidak dikenal.',
        'baris 7 | code | Kode "Titik 1" tidak sah: hanya a-z, 0-9, dan "-", paling panjang 63 karakter.',
        'baris 8 | channel | "channel" harus salah satu dari: qr, kiosk, counter, link.',
        'baris 9 | service | Layanan "tidak-ada" tidak ada di unit "ptsp".',
    ]
    english = upload(desk, headers, FAULTY, query="?lang=en")
    assert lines(english) == [
        'line 1 | name | "name" is required.',
        'line 3 | nama | Key "nama" is unknown.',
        'line 7 | code | Code "Titik 1" is not valid: only a-z, 0-9 and "-", at most 63 characters.',
        'line 8 | channel | "channel" must be one of: qr, kiosk, counter, link.',
        'line 9 | service | Unit "ptsp" has no service "tidak-ada".',
    ]
    assert everything(city) == before


@pytest.mark.parametrize(
    ("content", "name", "text"),
    [
        ("bukan = [toml", "a.toml", "TOML tidak sah"),
        (b"\xff\xfe", "a.toml", "bukan teks UTF-8"),
        (b"PK\x03\x04 no", "a.xlsx", "Bukan berkas XLSX."),
        ("code,name", "a.csv", "Berkas registri harus .toml atau .xlsx."),
        ("", "a.toml", "Tidak ada unit, layanan, atau titik survei."),
        ("x" * (2 * 1024 * 1024 + 1), "a.toml", "Isi berkas ini terlalu besar."),
    ],
)
def test_a_file_that_is_none(
    desk: TestClient, staff: Callable[..., Headers], content: str | bytes, name: str, text: str
) -> None:
    answer = upload(desk, staff(), content, name)
    assert answer.status_code == 422
    assert text in answer.text


def packed(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(
    desk: TestClient, staff: Callable[..., Headers]
) -> None:
    content = packed({"xl/worksheets/sheet1.xml": bytes(17 * 1024 * 1024)})
    assert len(content) < 32 * 1024
    assert "Isi berkas ini terlalu besar." in upload(desk, staff(), content, "a.xlsx").text


def test_a_damaged_workbook_is_a_fault_and_no_failure(
    desk: TestClient, staff: Callable[..., Headers]
) -> None:
    headers = staff()
    whole = desk.get("/kelola/impor/contoh.xlsx", headers=headers).content
    with ZipFile(io.BytesIO(whole)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name in ("xl/worksheets/sheet2.xml", "xl/workbook.xml", "xl/sharedStrings.xml"):
        broken = packed(members | {name: members[name][: len(members[name]) // 2]})
        answer = upload(desk, headers, broken, "a.xlsx")
        assert (answer.status_code, "Bukan berkas XLSX." in answer.text) == (422, True), name


def test_no_file_and_one_beyond_every_bound(desk: TestClient, staff: Callable[..., Headers]) -> None:
    headers = staff()
    for answer in (
        desk.post("/kelola/impor", data={"lain": "1"}, headers=headers),
        desk.post("/kelola/impor", files={"berkas": ("", b"")}, headers=headers),
    ):
        assert answer.status_code == 422
        assert "Pilih berkas registri dulu." in answer.text
    # This route takes more than others; it too has an end, and others keep theirs.
    assert upload(desk, headers, "#" * (3 * 1024 * 1024)).status_code == 413
    long = {"name": "x" * (65 * 1024)}
    assert desk.post("/kelola/unit/tambah", data=long, headers=headers).status_code == 413


@pytest.mark.parametrize("ending", ["xlsx", "toml"])
@pytest.mark.parametrize("held", ["kota", "timur"])
def test_what_is_downloaded_changes_nothing_when_it_comes_back(
    city: Database, desk: TestClient, staff: Callable[..., Headers], ending: str, held: str
) -> None:
    with city.write() as session:
        awkward = unit_by_code(session, "timur-cabang")
        assert awkward is not None
        awkward.name = 'Cabang "Timur" \\ =1+1 é'
        awkward.active = False
    headers = staff(held)
    file = desk.get(f"/kelola/impor/contoh.{ending}", headers=headers)
    assert file.headers["content-disposition"] == f'attachment; filename="registri.{ending}"'
    answer = upload(desk, headers, file.content, f"registri.{ending}")
    assert answer.status_code == 200, answer.text
    text = Page(answer.text).text
    units, services, points = (4, 4, 6) if held == "kota" else (2, 2, 2)
    assert f"Unit 0 0 {units} Layanan 0 0 {services} Titik survei 0 0 {points}" in text
    assert "Tidak ada yang berubah" in text


def test_a_workbook_that_staff_filled_in(
    city: Database, desk: TestClient, staff: Callable[..., Headers]
) -> None:
    headers = staff("timur")
    book = load_workbook(io.BytesIO(desk.get("/kelola/impor/contoh.xlsx", headers=headers).content))
    assert {row[0].value for row in book["units"].iter_rows(min_row=2)} == {"timur", "timur-cabang"}
    book["services"].append(["timur", "legalisasi", "Legalisasi", None, None, 250, None])
    file = io.BytesIO()
    book.save(file)
    fields = sealed(upload(desk, headers, file.getvalue(), "Registri Kota.XLSX"))
    assert desk.post("/kelola/impor/terapkan", data=fields, headers=headers).status_code == 303
    with city.read() as session:
        added = session.exec(select(Service).where(Service.code == "legalisasi")).one()
        assert (added.name, added.population, added.instrument) == ("Legalisasi", 250, "skm-2017")


BEYOND = [
    (
        '[[units]]\ncode = "ptsp"\nname = "X"\nparent = "timur"',
        'Kode unit "ptsp" sudah dipakai di luar wewenang Anda.',
    ),
    ('[[units]]\ncode = "kota"\nname = "X"', 'Kode unit "kota" sudah dipakai di luar wewenang Anda.'),
    ('[[units]]\ncode = "baru"\nname = "X"', 'Unit "baru" harus punya unit induk.'),
    (
        '[[units]]\ncode = "baru"\nname = "X"\nparent = "kota"',
        'Unit induk "kota" tidak ada dalam wewenang Anda.',
    ),
    (
        '[[units]]\ncode = "timur"\nname = "X"\nparent = "timur-cabang"',
        'Unit "timur" tidak dapat dipindahkan: induknya di luar wewenang Anda.',
    ),
    ('[[units]]\ncode = "timur-cabang"\nname = "X"', 'Unit "timur-cabang" harus punya unit induk.'),
    (
        '[[units]]\ncode = "timur"\nname = "X"\n[[units.points]]\ncode = "ptsp-kios"\nchannel = "qr"',
        'Kode titik survei "ptsp-kios" sudah dipakai di luar wewenang Anda.',
    ),
]


@pytest.mark.parametrize(("content", "text"), BEYOND)
def test_a_file_reaches_no_further_than_its_administrator(
    city: Database, desk: TestClient, staff: Callable[..., Headers], content: str, text: str
) -> None:
    headers, before = staff("timur"), everything(city)
    answer = upload(desk, headers, content)
    assert answer.status_code == 422
    assert [line.rpartition(" | ")[2] for line in lines(answer)] == [text]
    assert "Pelayanan Terpadu" not in answer.text
    assert everything(city) == before


def test_services_of_units_elsewhere_are_beyond_reach(
    city: Database, desk: TestClient, staff: Callable[..., Headers]
) -> None:
    headers, before = staff("timur"), everything(city)
    book = load_workbook(io.BytesIO(desk.get("/kelola/impor/contoh.xlsx", headers=headers).content))
    book["services"].append(["ptsp", "nib", "Milik Orang", None, None, None, None])
    book["points"].append(["tidak-ada", "titik-x", None, "qr", None, None])
    file = io.BytesIO()
    book.save(file)
    answer = upload(desk, headers, file.getvalue(), "a.xlsx")
    assert lines(answer) == [
        'points, baris 4 | unit | Unit "tidak-ada" tidak ada dalam wewenang Anda.',
        'services, baris 4 | unit | Unit "ptsp" tidak ada dalam wewenang Anda.',
    ]
    assert everything(city) == before


def test_a_unit_stays_within_its_government(
    city: Database, desk: TestClient, person: Callable[..., Any], signed_in: Callable[..., Headers]
) -> None:
    with city.write() as session:
        session.add(Unit(code="provinsi", name="Provinsi Lain"))
    headers = signed_in(person("ratu", ("kota", Role.ADMIN), ("provinsi", Role.ADMIN)))
    moved = '[[units]]\ncode = "timur"\nname = "Kantor Timur"\nparent = "provinsi"'
    assert [line.rpartition(" | ")[2] for line in lines(upload(desk, headers, moved))] == [
        'Unit "timur" tidak dapat dipindahkan ke pemerintah lain.'
    ]


def test_two_governments_each_get_their_entry(
    city: Database,
    desk: TestClient,
    person: Callable[..., Any],
    signed_in: Callable[..., Headers],
    recorded: Callable[..., list[AuditEntry]],
) -> None:
    with city.write() as session:
        session.add(Unit(code="provinsi", name="Provinsi Lain"))
    headers = signed_in(person("ratu", ("kota", Role.ADMIN), ("provinsi", Role.ADMIN)))
    file = '[[units]]\ncode = "biro"\nname = "Biro"\nparent = "provinsi"\n' + FILE
    fields = sealed(upload(desk, headers, file))
    assert desk.post("/kelola/impor/terapkan", data=fields, headers=headers).status_code == 303
    entries = recorded("registry.")
    assert {entry.chain for entry in entries} == {unit(city, code).id for code in ("kota", "provinsi")}  # type: ignore[union-attr]
    assert [entry.details["counts"]["unit"]["added"] for entry in entries] == [1, 1]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_administrators_load_a_file(desk: TestClient, staff: Callable[..., Headers], role: Role) -> None:
    headers = staff("kota", role)
    assert desk.get("/kelola/impor", headers=headers).status_code == 403
    assert desk.get("/kelola/impor/contoh.xlsx", headers=headers).status_code == 403
    assert upload(desk, headers, FILE).status_code == 403


def test_nobody_is_led_to_the_sign_in(desk: TestClient) -> None:
    answer = upload(desk, {"Accept": "text/html"}, FILE)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/masuk")
