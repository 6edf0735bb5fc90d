"""History on screen and over the API: as printed, marked as imported, previewed, never overwritten unseen."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.core.db import Database
from app.history import queries
from app.history.tables import HistoricalFollowUp, HistoricalResult
from app.units.queries import unit_by_code
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Headers = dict[str, str]
PAGE = "/petugas/unit/ptsp/riwayat"
RESULT = {
    "period": "2016",
    "source": "Laporan SKM 2016, halaman 14",
    "ikm": "78,15",
    "mutu": "B",
    "U8": "3,05",
}
CSV = """periode;layanan;ikm;mutu;responden;rtl_rencana;rtl_selesai;laporan_terbit;rtl_tuntas;U1
2013;;76,20;A;150;;;;;3,05
2016;;78,15;B;150;4;4;10/1/2017;2017-05-02;
2016-S1;nib;79,5;;;;;;;
"""


@pytest.fixture
def head(staff: Callable[..., Headers]) -> Headers:
    """The browser of the head of `ptsp`."""
    return staff("ptsp", Role.UNIT_HEAD)


def results(city: Database) -> list[HistoricalResult]:
    with city.read() as session:
        return sorted(session.exec(select(HistoricalResult)), key=lambda one: one.period)


def upload(desk: TestClient, head: Headers, data: bytes, name: str = "riwayat.csv") -> Any:
    return desk.post(f"{PAGE}/berkas", files={"berkas": (name, data)}, headers=head)


def test_a_result_is_noted_as_printed(
    desk: TestClient, head: Headers, city: Database, recorded: Callable[..., list[AuditEntry]]
) -> None:
    answer = desk.post(f"{PAGE}/catat", data=RESULT, headers=head)
    assert answer.headers["location"] == f"{PAGE}?kabar=disimpan"
    (row,) = results(city)
    assert (row.period, row.rule, row.ikm, row.mutu, row.nrr) == ("2016", "2014", 7815, "B", {"U8": 3050})
    assert row.imported_by is not None
    shown = Page(desk.get(PAGE, headers=head).text).text
    for text in ("78,15", "B Baik", "PermenPANRB 16/2014", "diimpor", "U8 Maklumat Pelayanan: 3,050"):
        assert text in shown
    assert "berbeda dari aturan" not in shown
    (entry,) = recorded("history.")
    assert (entry.action, entry.details["added"], entry.details["periods"]) == (
        "history.imported",
        1,
        ["2016"],
    )


def test_a_category_that_is_not_the_rules_is_kept_and_warned_of(desk: TestClient, head: Headers) -> None:
    # 78.15 is B under the rule of 2014 (62.51 to 81.25), under that of 2017 too; a report said A.
    desk.post(f"{PAGE}/catat", data={**RESULT, "mutu": "A"}, headers=head)
    assert "Tercetak A: berbeda dari aturan." in desk.get(PAGE, headers=head).text
    # 81.26 is A under the rule of 2014, and only B under today's.
    desk.post(f"{PAGE}/catat", data={**RESULT, "period": "2015", "ikm": "81,26", "mutu": "A"}, headers=head)
    assert "A Sangat baik" in Page(desk.get(PAGE, headers=head).text).text


def test_a_refused_form_keeps_what_was_typed(desk: TestClient, head: Headers, city: Database) -> None:
    wrong = {**RESULT, "ikm": "91,77 Seme", "U10": "3", "planned": "2", "finished": "3"}
    answer = desk.post(f"{PAGE}/catat", data=wrong, headers=head)
    assert answer.status_code == 422
    fields = Page(answer.text).fields
    assert (fields["ikm"], fields["U10"], fields["source"]) == ("91,77 Seme", "3", RESULT["source"])
    for text in (
        "paling banyak dua desimal",
        "hanya mempunyai 9 unsur",
        "Yang selesai tidak dapat lebih banyak",
    ):
        assert text in answer.text
    assert results(city) == []


def test_nobody_overwrites_what_they_have_not_seen(desk: TestClient, head: Headers, city: Database) -> None:
    desk.post(f"{PAGE}/catat", data=RESULT, headers=head)
    unseen = desk.post(f"{PAGE}/catat", data={**RESULT, "ikm": "80"}, headers=head)
    assert unseen.status_code == 409
    form = Page(desk.get(f"{PAGE}/catat?periode=2016", headers=head).text).fields
    assert (form["versi_hasil"], form["ikm"], form["U8"]) == ("1", "78,15", "3,050")
    changed = {**RESULT, "ikm": "80", "versi_hasil": "1"}
    assert desk.post(f"{PAGE}/catat", data=changed, headers=head).status_code == 303
    late = desk.post(f"{PAGE}/catat", data={**changed, "ikm": "81"}, headers=head)
    assert late.status_code == 409
    assert [(row.ikm, row.version) for row in results(city)] == [(8000, 2)]


def test_a_document_goes_with_it(desk: TestClient, head: Headers, city: Database) -> None:
    files = {"berkas": ("laporan.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")}
    answer = desk.post(f"{PAGE}/catat", data=RESULT, files=files, headers=head)
    assert answer.status_code == 303, answer.text
    (row,) = results(city)
    assert row.document_id is not None
    address = f"/petugas/unit/ptsp/berkas/{row.document_id}"
    assert address in desk.get(PAGE, headers=head).text
    assert desk.get(address, headers=head).content.startswith(b"%PDF")
    refused = desk.post(
        f"{PAGE}/catat", data={**RESULT, "period": "2015"}, files={"berkas": ("x.pdf", b"halo")}, headers=head
    )
    assert refused.status_code == 422
    assert len(results(city)) == 1


def test_a_file_is_previewed_stored_once_and_recognised(
    desk: TestClient, head: Headers, city: Database
) -> None:
    preview = upload(desk, head, CSV.encode())
    assert preview.status_code == 200
    shown = Page(preview.text)
    for text in (
        "IKM 76,20",
        "Tercetak A: berbeda dari aturan.",
        "4 dari 4 selesai",
        "tuntas 2 Mei 2017",
        "nib",
    ):
        assert text in shown.text
    assert results(city) == []
    answer = desk.post(f"{PAGE}/terapkan", data={"isi": shown.fields["isi"]}, headers=head)
    assert answer.headers["location"] == f"{PAGE}?kabar=diterapkan"
    assert [(row.period, row.rule, row.ikm) for row in results(city)] == [
        ("2013", "2004", 7620),
        ("2016", "2014", 7815),
        ("2016-S1", "2014", 7950),
    ]
    again = upload(desk, head, CSV.encode())
    assert "Isi berkas sama dengan yang sudah tersimpan." in again.text
    with city.read() as session:
        (follow_up,) = session.exec(select(HistoricalFollowUp)).all()
        assert (follow_up.planned, follow_up.finished, str(follow_up.report_issued_on)) == (
            4,
            4,
            "2017-01-10",
        )


def test_a_preview_that_something_overtook_is_shown_again(
    desk: TestClient, head: Headers, city: Database
) -> None:
    sealed = Page(upload(desk, head, CSV.encode()).text).fields["isi"]
    desk.post(f"{PAGE}/catat", data={**RESULT, "ikm": "60"}, headers=head)
    answer = desk.post(f"{PAGE}/terapkan", data={"isi": sealed}, headers=head)
    assert answer.status_code == 409
    assert [row.ikm for row in results(city)] == [6000]
    again = Page(answer.text).fields["isi"]
    assert desk.post(f"{PAGE}/terapkan", data={"isi": again}, headers=head).status_code == 303
    assert [row.ikm for row in results(city)] == [7620, 7815, 7950]


def test_a_preview_belongs_to_one_person_and_unit(
    desk: TestClient, head: Headers, staff: Callable[..., Headers], city: Database
) -> None:
    sealed = Page(upload(desk, head, CSV.encode()).text).fields["isi"]
    for text, unit, who in ((sealed, "ptsp", staff()), (sealed[:-8], "ptsp", head), ("?", "ptsp", head)):
        answer = desk.post(f"/petugas/unit/{unit}/riwayat/terapkan", data={"isi": text}, headers=who)
        assert answer.status_code == 422
    assert results(city) == []


def test_a_faulty_file_is_told_by_row_and_column(desk: TestClient, head: Headers, city: Database) -> None:
    text = "Periode,IKM,U10\n2013,76.20,3\n2016,20,\n2016,78.15,3\n2013,70,\nTW I,70,\n"
    answer = upload(desk, head, text.encode())
    assert answer.status_code == 422
    assert re.findall(r'<tr><td class="num">(\d+)</td><td class="code">([^<]+)</td>', answer.text) == [
        ("3", "IKM"),  # 20
        ("4", "U10"),  # nine elements in 2014
        ("5", "Periode"),  # 2013 once more
        ("6", "Periode"),  # no period
    ]
    assert results(city) == []


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "tidak dapat dibaca"),
        (b"PK\x03\x04zzz", "tidak dapat dibaca"),
        (b"a" * (1024 * 1024 + 1), "tidak dapat dibaca"),
        (b"ikm\n70\n", "Kolom periode tidak ada"),
        (b"periode;ikm;ikm\n", "dua kali"),
        (b"periode;apa\n", "tidak dikenal"),
        (b"periode;ikm\n", "Tidak ada baris yang berisi"),
        (b"periode;ikm\n2016;70;80\n", "di luar kolom"),
    ],
)
def test_files_that_are_none(desk: TestClient, head: Headers, data: bytes, text: str) -> None:
    answer = upload(desk, head, data)
    assert answer.status_code == 422
    assert text in answer.text


def test_a_workbook_reads_like_its_csv(desk: TestClient, head: Headers, city: Database) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["periode", "ikm", "responden"], [2016, 78.15, 150], ["2015-S2", "81,26", "150"]):
        sheet.append(row)
    data = BytesIO()
    book.save(data)
    sealed = Page(upload(desk, head, data.getvalue(), "riwayat.xlsx").text).fields["isi"]
    desk.post(f"{PAGE}/terapkan", data={"isi": sealed}, headers=head)
    assert [(row.ikm, row.respondents) for row in results(city)] == [(8126, 150), (7815, 150)]


def test_what_is_removed_is_recorded(
    desk: TestClient, head: Headers, city: Database, recorded: Callable[..., list[AuditEntry]]
) -> None:
    desk.post(f"{PAGE}/catat", data={**RESULT, "planned": "2", "finished": "1"}, headers=head)
    (row,) = results(city)
    stale = desk.post(f"{PAGE}/hapus", data={"hasil": str(row.id), "versi": "2"}, headers=head)
    assert stale.headers["location"].endswith("kabar=berubah")
    for data in ({"hasil": str(row.id), "versi": "1"}, {"rtl": "2016", "versi": "1"}):
        assert desk.post(f"{PAGE}/hapus", data=data, headers=head).headers["location"].endswith("dihapus")
    assert results(city) == []
    assert [one.details["period"] for one in recorded("history.removed")] == ["2016", "2016"]
    assert desk.post(f"{PAGE}/hapus", data={"rtl": "2016"}, headers=head).status_code == 404


def test_the_api_marks_what_is_imported_and_results_stay_apart(
    desk: TestClient, head: Headers, token: Callable[..., Headers], city: Database
) -> None:
    desk.post(f"{PAGE}/catat", data={**RESULT, "mutu": "A", "planned": "2", "finished": "1"}, headers=head)
    reader = token("ptsp", Role.VIEWER)
    document = desk.get("/api/v1/units/ptsp/history", headers=reader).json()
    (one,) = document["results"]
    assert (one["imported"], one["ikm"], one["rule"], one["label"]) == (
        True,
        78.15,
        "2014",
        "diimpor, aturan 2014",
    )
    assert (one["category_printed"], one["category"], one["category_differs"]) == ("A", "B", True)
    assert one["nrr"] == [{"code": "U8", "name": "Maklumat Pelayanan", "nrr": 3.05}]
    assert [(two["planned"], two["finished"]) for two in document["follow_ups"]] == [(2, 1)]
    computed = desk.get("/api/v1/units/ptsp/ikm?period=2016", headers=reader).json()
    assert (computed["respondents"], computed["ikm"]) == (0, None)
    with city.read() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        assert unit.id is not None
        (point,) = queries.history_of(session, unit.id)
        assert (str(point.ikm), point.label("en")) == ("78.15", "imported, rule of 2014")
        assert queries.history_of(session, unit.id, 1) == []
        assert [two.finished for two in queries.follow_ups_of(session, unit.id)] == [1]


def test_the_trend_tells_what_was_imported_apart(
    desk: TestClient, head: Headers, token: Callable[..., Headers]
) -> None:
    desk.post(f"{PAGE}/catat", data=RESULT, headers=head)
    reader = token("ptsp", Role.VIEWER)

    def trend(query: str) -> dict[str, Any]:
        found: dict[str, Any] = desk.get(f"/api/v1/units/ptsp/ikm/trend?{query}", headers=reader).json()
        return found

    yearly = trend("by=year")
    (one,) = yearly["imported"]
    assert (one["imported"], one["period"]["code"], one["ikm"]) == (True, "2016", 78.15)
    assert (one["rule"], one["label"]) == ("2014", "diimpor, aturan 2014")
    # Never a point, not even of its own year: that has no answers.
    assert "2016" not in {point["period"]["code"] for point in yearly["points"]}
    own = trend("by=year&from=2016&to=2016")
    assert [point["results"] for point in own["points"]] == [[]]
    assert len(own["imported"]) == 1
    assert trend("by=year&from=2017")["imported"] == []
    assert trend("by=year&to=2015")["imported"] == []
    assert trend("by=quarter")["imported"] == []
    assert trend("by=year&service=nib")["imported"] == []


def test_readers_read_and_others_see_nothing(
    desk: TestClient, head: Headers, staff: Callable[..., Headers]
) -> None:
    desk.post(f"{PAGE}/catat", data=RESULT, headers=head)
    reader = staff("ptsp", Role.VIEWER)
    assert "/riwayat/catat" not in desk.get(PAGE, headers=reader).text
    assert desk.post(f"{PAGE}/catat", data=RESULT, headers=reader).status_code == 403
    assert desk.get(PAGE, headers=staff("timur", Role.ADMIN)).status_code == 404
    assert desk.get(f"{PAGE}/contoh.csv", headers=head).text.startswith("\ufeffperiode;layanan;")
