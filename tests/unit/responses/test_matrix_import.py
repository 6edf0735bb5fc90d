"""What is stored of a matrix, once: the real table, every order, faulty rows, repeated and broken imports."""

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlmodel import col, select

from app.core.db import Database
from app.core.errors import Busy
from app.core.settings import Settings
from app.instruments import loader
from app.instruments.catalog import Catalog
from app.metadata import metadata
from app.responses.directory import Directory
from app.responses.intake import Intake
from app.responses.matrix_cells import UnusableMatrix
from app.responses.matrix_import import ImportReport, ImportRequest, import_matrix
from app.responses.matrix_origin import Origin, remember
from app.responses.submission import Outcome, Submission
from app.responses.tables import Comment, MatrixImport, Response, Tally, Total
from app.units.tables import Service, Unit

ROOT = Path(__file__).parents[3]
REAL = ROOT / "tests" / "data" / "matrix" / "respondents-49.csv"
# Added up by hand from the published table, U1..U9.
SUMS = (138, 139, 150, 177, 159, 163, 161, 143, 159)
ARTICLE = (
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "pengaduan",
    "sarana",
)
NINE = ",".join(f"U{number}" for number in range(1, 10))
# Half past eight in Makassar: the noon of this day is still to come.
NOW = datetime(2026, 9, 30, 0, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    shipped, tiny = loader.load(ROOT / "surveys"), loader.load(ROOT / "surveys" / "tests")
    return Catalog({**shipped.instruments, **tiny.instruments}, {**shipped.categories, **tiny.categories})


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(Settings(database_url=f"sqlite:///{tmp_path}/matrix.db"))
    metadata.create_all(database.engine)
    with database.write() as session:
        session.add(Unit(id=1, code="ptsp", name="PTSP", timezone="Asia/Makassar"))
        session.add(Unit(id=2, code="rsud", name="RSUD"))
        session.flush()
        for code, instrument, not_asked in (
            ("nib", "skm-2017", []),
            ("sip", "skm-2017", []),
            ("daring", "skm-2017", ["kompetensi", "perilaku"]),
            ("tiga", "tiny-three", []),
            ("banyak", "tiny-several", []),
            ("asing", "tidak-ada", []),
            ("penting", "tiny-importance", []),
        ):
            session.add(Service(unit_id=1, code=code, name=code, instrument=instrument, not_asked=not_asked))
    yield database
    database.dispose()


class Office:
    """Imports into one database; files lie in one directory."""

    def __init__(self, database: Database, catalog: Catalog, directory: Path) -> None:
        self.database, self.catalog, self.directory = database, catalog, directory

    def file(self, text: str, name: str = "rekap.csv") -> Path:
        path = self.directory / name
        path.write_text(text, encoding="utf-8")
        return path

    def load(
        self,
        path: Path,
        service: str = "nib",
        order: Any = "article",
        *,
        now: datetime = NOW,
        intake: Intake | None = None,
        patience: Sequence[float] = (),
        **said: Any,
    ) -> ImportReport:
        request = ImportRequest("ptsp", service, order, **said)
        return asyncio.run(
            import_matrix(
                path,
                request,
                self.database,
                self.catalog,
                clock=lambda: now,
                intake=intake,
                patience=patience,
            )
        )

    def refused(self, path: Path, service: str = "nib", **said: Any) -> str:
        before = self.rows(Response), self.rows(MatrixImport)
        with pytest.raises(UnusableMatrix) as caught:
            self.load(path, service, **said)
        assert (self.rows(Response), self.rows(MatrixImport)) == before
        return str(caught.value)

    def rows(self, table: Any) -> list[Any]:
        with self.database.read() as session:
            return [row.model_dump() for row in session.exec(select(table).order_by(*table.__table__.c))]

    def responses(self) -> list[Response]:
        with self.database.read() as session:
            return list(session.exec(select(Response).order_by(col(Response.id))))

    def sums(self) -> dict[str, int]:
        """Sum of the scores by question, from the tallies."""
        return {
            row["question"]: sum(place * row[f"c{place}"] for place in range(1, 7))
            for row in self.rows(Tally)
        }


@pytest.fixture
def office(database: Database, catalog: Catalog, tmp_path: Path) -> Office:
    return Office(database, catalog, tmp_path)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    assert report.rows == report.stored + report.duplicates + report.faulty + report.unstored
    return report.rows, report.stored, report.duplicates, report.faulty


def test_the_real_table_once_and_twice(office: Office) -> None:
    assert counts(office.load(REAL)) == (49, 49, 0, 0)
    assert office.sums() == dict(zip(ARTICLE, SUMS, strict=True))
    (total,) = office.rows(Total)
    assert total["responses"] == 49
    # With nine answered elements the mean of a respondent is a ninth of the sum: 45360 units a point.
    assert total["sum"] * 9 == sum(SUMS) * 45360
    before = [office.rows(table) for table in (Response, Tally, Total, MatrixImport)]
    assert counts(office.load(REAL)) == (49, 0, 49, 0)
    assert [office.rows(table) for table in (Response, Tally, Total, MatrixImport)] == before


def test_questionnaire_order_swaps_facilities_and_complaints(office: Office) -> None:
    office.load(REAL, order="questionnaire")
    swapped = dict(zip(ARTICLE, SUMS, strict=True)) | {"sarana": 143, "pengaduan": 159}
    assert office.sums() == swapped


def test_a_workbook_gives_the_same(office: Office) -> None:
    book = Workbook()
    for number, line in enumerate(REAL.read_text().splitlines()):
        cells = line.split(",")
        # As spreadsheets keep them: whole numbers, some of them stored with a fraction of zero.
        book.active.append(
            cells if not number else [float(cell) if number % 2 else int(cell) for cell in cells]
        )
    path = office.directory / "respondents.xlsx"
    book.save(path)
    assert counts(office.load(path)) == (49, 49, 0, 0)
    assert office.sums() == dict(zip(ARTICLE, SUMS, strict=True))


def test_the_same_content_under_another_name_on_another_day_adds_nothing(office: Office) -> None:
    office.load(REAL)
    copy = office.directory / "salinan.csv"
    shutil.copy(REAL, copy)
    later = datetime(2026, 11, 2, 5, tzinfo=UTC)
    report = office.load(copy, now=later)
    assert counts(report) == (49, 0, 49, 0)
    assert (report.origin.source, report.origin.answered_on) == ("respondents-49.csv", date(2026, 9, 30))
    # Said again as it was, it is the same too.
    again = office.load(copy, now=later, source="respondents-49.csv", answered_on=date(2026, 9, 30))
    assert counts(again) == (49, 0, 49, 0)


def test_the_same_content_under_another_date_or_source_is_refused(office: Office) -> None:
    office.load(REAL, answered_on=date(2026, 3, 1), source="semester-1")
    assert "2026-03-01" in office.refused(REAL, answered_on=date(2026, 3, 2))
    assert "semester-1" in office.refused(REAL, source="semester-2")
    assert counts(office.load(REAL)) == (49, 0, 49, 0)


def test_another_service_takes_the_same_file_on_its_own(office: Office) -> None:
    office.load(REAL)
    assert counts(office.load(REAL, "sip", answered_on=date(2026, 1, 1))) == (49, 49, 0, 0)
    assert len(office.rows(Response)) == 98
    assert [row["answered_on"] for row in office.rows(MatrixImport)] == [date(2026, 9, 30), date(2026, 1, 1)]


def test_the_other_order_changes_nothing_and_names_the_rows(office: Office) -> None:
    office.load(REAL)
    before = office.rows(Response), office.rows(Tally)
    report = office.load(REAL, order="questionnaire")
    # 39 of the 49 have different scores in the two columns, counted in the file.
    assert counts(report) == (49, 0, 10, 39)
    assert {fault.column for fault in report.faults} == {None}
    assert "isi lain" in report.faults[0].reason
    assert (office.rows(Response), office.rows(Tally)) == before


def test_a_corrected_file_adds_what_is_new_and_names_what_changed(office: Office) -> None:
    day = date(2026, 9, 1)
    office.load(office.file("U1,U2,U3\n1,2,3\n2,2,2\n3,x,3\n"), "tiga", answered_on=day)
    corrected = office.file("U1,U2,U3\n1,2,3\n4,2,2\n3,3,3\n4,4,4\n")
    assert "--date 2026-09-01" in office.refused(corrected, "tiga")
    report = office.load(corrected, "tiga", answered_on=day)
    assert counts(report) == (4, 2, 1, 1)
    assert [(fault.row, fault.column) for fault in report.faults] == [(3, None)]
    assert office.sums() == {"prosedur": 1 + 2 + 3 + 4, "biaya": 2 + 2 + 3 + 4, "perilaku": 3 + 2 + 3 + 4}


def test_another_file_of_a_known_name_needs_a_name_of_its_own(office: Office) -> None:
    office.load(office.file("U1,U2,U3\n1,2,3\n"), "tiga")
    other = office.file("U1,U2,U3\n1,2,3\n4,4,4\n")
    later = datetime(2026, 10, 30, 5, tzinfo=UTC)
    assert "--source" in office.refused(other, "tiga", now=later)
    assert counts(office.load(other, "tiga", now=later, source="oktober")) == (2, 2, 0, 0)


def test_another_date_under_a_known_name_is_another_file(office: Office) -> None:
    office.load(office.file("U1,U2,U3\n1,2,3\n"), "tiga", answered_on=date(2026, 8, 1))
    report = office.load(office.file("U1,U2,U3\n1,2,3\n4,4,4\n"), "tiga", answered_on=date(2026, 9, 1))
    assert counts(report) == (2, 2, 0, 0)


def test_two_first_imports_at_once_cannot_disagree(office: Office, database: Database) -> None:
    office.load(REAL)
    with database.read() as session:
        unit, service = session.get_one(Unit, 1), session.get_one(Service, 1)
        target = Directory(database, office.catalog).open_service(unit, service, None).target
    digest = office.rows(MatrixImport)[0]["sha256"]
    kept = Origin("respondents-49.csv", date(2026, 9, 30))
    with database.write() as session:
        remember(session, target, digest, kept, NOW)
    with pytest.raises(UnusableMatrix, match="proses lain"), database.write() as session:
        remember(session, target, digest, Origin("lain", date(2026, 9, 30)), NOW)


def test_faulty_rows_are_named_and_all_others_stored(office: Office) -> None:
    text = (
        f"No,{NINE},Umur,Jenis kelamin,Pendidikan,Pekerjaan,Disabilitas,Saran,Tanggal\n"
        "1,4,4,4,4,4,4,4,4,4,34,L,S1,Wirausaha,tidak,Baik,2026-09-29\n"
        "2,5,0,-1,3.5,3.0,x,4,,4,34,L,S1,PNS,ya,,\n"
        "3,4,4,4,4,4,4,4,4,4,121,m,S4,pilot,mungkin,,\n"
        "4,4,4,4,4,4,4,4,4,4,,,,,,,31/02/2026\n"
        "5,4,4,4,4,4,4,4,4,4,,,,,,,2026-10-01\n"
        "6,4,4,4,4,4,4,4,4,4,,,,,,,31/12/1999\n"
        f"7,4,4,4,4,4,4,4,4,4,,,,,,{'a' * 2001},\n"
        "8,4,4,4\n"
        "9,,,,,,,,,\n"
        "10,4,4,4,4,4,4,4,4,4,,,,,,,,lebih\n"
        ",,,,,,,,,,,,,,,,\n"
        "Jumlah,4,4,4,4,4,4,4,4,4\n"
        "12,4,4,4,4,4,4,4,4,4,,,,,,,30/09/2026\n"
    )
    report = office.load(office.file(text), answered_on=date(2026, 9, 1))
    assert counts(report) == (12, 2, 0, 10)
    found = [(fault.row, fault.column) for fault in report.faults]
    assert found == (
        [(3, name) for name in ("U1", "U2", "U3", "U4", "U5", "U6", "U8")]
        + [(4, name) for name in ("Umur", "Jenis kelamin", "Pendidikan", "Pekerjaan", "Disabilitas")]
        + [(5, "Tanggal"), (6, "Tanggal"), (7, "Tanggal"), (8, "Saran")]
        + [(9, f"U{number}") for number in range(4, 10)]
        + [(10, None), (11, None), (13, "No")]
    )
    reasons = {(fault.row, fault.column): fault.reason for fault in report.faults}
    assert reasons[3, "U1"] == reasons[3, "U5"] == "Nilai harus bilangan bulat 1 sampai 4."
    assert reasons[3, "U8"] == "Pertanyaan ini belum dijawab."
    assert reasons[4, "Umur"] == "Umur harus antara 0 dan 120."
    assert {row["local_date"] for row in office.rows(Response)} == {date(2026, 9, 29), date(2026, 9, 30)}


def test_profile_comment_and_place_are_stored(office: Office) -> None:
    text = f"{NINE},umur,sex,education,occupation,disability,saran\n4,4,4,4,4,4,4,4,4,34,Perempuan,D3,irt,Ya,=1+1\n"
    office.load(office.file(text), answered_on=date(2026, 2, 28))
    (stored,) = office.responses()
    profile = (stored.age, stored.sex, stored.education, stored.occupation, stored.disability)
    assert profile == (34, "P", "D1-D4", "IRT", True)
    assert (stored.channel, stored.point_id, stored.seconds, stored.state) == (
        "import",
        None,
        None,
        "counted",
    )
    assert stored.received_at == NOW
    assert [row["text"] for row in office.rows(Comment)] == ["=1+1"]


def test_an_answer_is_given_at_noon_where_the_unit_is(office: Office) -> None:
    office.load(office.file("U1,U2,U3\n1,2,3\n"), "tiga", answered_on=date(2026, 3, 1))
    (stored,) = office.responses()
    assert stored.answered_at == datetime(2026, 3, 1, 4, tzinfo=UTC)
    assert stored.local_date == date(2026, 3, 1)


def test_today_is_that_of_the_unit_and_counts_before_noon(office: Office) -> None:
    evening = datetime(2026, 9, 30, 16, 30, tzinfo=UTC)  # half past midnight in Makassar
    path = office.file("U1,U2,U3,tanggal\n1,2,3,\n1,2,3,2026-10-01\n1,2,3,2026-10-02\n")
    report = office.load(path, "tiga", now=evening)
    assert counts(report) == (3, 2, 0, 1)
    assert [stored.local_date for stored in office.responses()] == [date(2026, 10, 1)] * 2
    assert counts(office.load(path, "tiga", now=datetime(2026, 10, 1, 9, tzinfo=UTC))) == (3, 0, 2, 1)


@pytest.mark.parametrize("day", [date(2026, 10, 1), date(1999, 12, 31)])
def test_a_date_that_cannot_be_is_refused(office: Office, day: date) -> None:
    assert "--date" in office.refused(REAL, answered_on=day)


@pytest.mark.parametrize("source", ["", "  ", "x" * 201])
def test_a_source_has_a_name(office: Office, source: str) -> None:
    assert "--source" in office.refused(REAL, source=source)


def test_a_date_in_the_file_is_the_spreadsheets_own(office: Office) -> None:
    book = Workbook()
    book.active.append(["Tanggal", "U1", "U2", "U3"])
    book.active.append([date(2026, 1, 31), 1, 2, 3])
    book.active.append(["28/02/2026", 1, 2, 3])
    book.save(office.directory / "dated.xlsx")
    office.load(office.directory / "dated.xlsx", "tiga")
    assert {stored.local_date for stored in office.responses()} == {date(2026, 1, 31), date(2026, 2, 28)}
    assert {row["month"] for row in office.rows(Total)} == {date(2026, 1, 1), date(2026, 2, 1)}


def test_blank_scores_are_missing_answers_when_that_is_allowed(office: Office) -> None:
    path = office.file("U1,U2,U3\n4,,2\n,,\n3,3,3\n, ,\nx,,\n")
    assert counts(office.load(path, "tiga", answered_on=date(2026, 5, 5))) == (3, 1, 0, 2)
    # The rows that were stored are known again, the incomplete one is new.
    report = office.load(path, "tiga", allow_blank=True)
    assert counts(report) == (3, 1, 1, 1)
    assert [(fault.row, fault.column) for fault in report.faults] == [(6, "U1")]
    assert {row["question"]: row["c2"] + row["c3"] + row["c4"] for row in office.rows(Tally)} == {
        "prosedur": 2,
        "biaya": 1,
        "perilaku": 2,
    }


def test_a_numbered_row_without_any_answer_is_faulty_in_any_case(office: Office) -> None:
    report = office.load(office.file("No,U1,U2,U3\n1,4,4,4\n2,,,\n"), "tiga", allow_blank=True)
    assert [(fault.row, fault.column) for fault in report.faults] == [(3, None)]


def test_elements_not_asked_are_absent_or_blank(office: Office) -> None:
    assert counts(office.load(office.file(f"{NINE}\n4,4,4,4,4,,,4,4\n"), "daring")) == (1, 1, 0, 0)
    filled = office.file(f"{NINE}\n4,4,4,4,4,,,4,4\n4,4,4,4,4,4,,4,4\n", "terisi.csv")
    assert "Kolom U6 terisi (baris 3)" in office.refused(filled, "daring")
    assert len(office.responses()[0].scores) == 7


def test_questions_by_their_keys(office: Office) -> None:
    keys = "waktu_hasil,waktu_tunggu,waktu_proses,sarana_alat,sarana_ruang"
    office.load(office.file(f"{keys}\n1,2,3,4,3\n"), "banyak", order=None)
    (stored,) = office.responses()
    assert stored.scores == dict(zip(keys.split(","), (1, 2, 3, 4, 3), strict=True))


def test_unknown_places_and_unusable_files(office: Office, database: Database, catalog: Catalog) -> None:
    assert "nib" in office.refused(REAL, "salah")
    assert "tidak-ada" in office.refused(REAL, "asing")
    assert "Kolom tidak dikenal: NIK" in office.refused(office.file(f"NIK,{NINE}\n1,4,4,4,4,4,4,4,4,4\n"))
    assert "Tidak ada baris" in office.refused(office.file(f"{NINE}\n,,\n"))
    for unit, message in (("salah", 'Unit "salah" tidak ada'), ("rsud", "tidak ada pada unit rsud")):
        with pytest.raises(UnusableMatrix, match=message):
            asyncio.run(import_matrix(REAL, ImportRequest(unit, "nib", "article"), database, catalog))


def test_a_file_of_nothing_but_faults_is_not_remembered(office: Office) -> None:
    path = office.file("U1,U2,U3\n9,9,9\n")
    assert counts(office.load(path, "tiga", answered_on=date(2026, 5, 5))) == (1, 0, 0, 1)
    assert office.rows(MatrixImport) == []


class Stubborn(Intake):
    """Has no room for the first `full` times, then for all but `last` answers of each call."""

    def __init__(self, database: Database, full: int, last: int = 0) -> None:
        super().__init__(database)
        self.full, self.last, self.calls = full, last, 0

    async def submit_many(self, submissions: Sequence[Submission]) -> list[Outcome | Busy]:
        self.calls += 1
        if self.calls <= self.full:
            raise Busy
        kept = len(submissions) - self.last
        return [*await super().submit_many(submissions[:kept]), *[Busy()] * self.last]


def through(office: Office, intake: Intake, path: Path, patience: Sequence[float]) -> ImportReport:
    async def run() -> ImportReport:
        async with intake:
            request = ImportRequest("ptsp", "nib", "article", answered_on=date(2026, 9, 30))
            return await import_matrix(
                path,
                request,
                office.database,
                office.catalog,
                intake=intake,
                clock=lambda: NOW,
                patience=patience,
            )

    return asyncio.run(run())


def test_a_full_queue_is_waited_for(office: Office) -> None:
    report = through(office, Stubborn(office.database, full=2), REAL, (0, 0))
    assert counts(report) == (49, 49, 0, 0)
    assert report.complete


def test_what_found_no_room_is_reported_and_comes_with_the_next_import(office: Office) -> None:
    intake = Stubborn(office.database, full=0, last=7)
    report = through(office, intake, REAL, (0,))
    assert (report.stored, report.unstored, report.complete, intake.calls) == (42, 7, False, 2)
    assert len(office.rows(Response)) == 42
    assert counts(office.load(REAL)) == (49, 7, 42, 0)
    assert office.sums() == dict(zip(ARTICLE, SUMS, strict=True))


def test_progress_is_told_by_the_chunk(office: Office) -> None:
    seen: list[tuple[int, int]] = []
    path = office.file(f"{NINE}\n" + "4,4,4,4,4,4,4,4,4\n" * 1200 + "x,4,4,4,4,4,4,4,4\n")
    request = ImportRequest("ptsp", "nib", "article")
    asyncio.run(
        import_matrix(path, request, office.database, office.catalog, progress=lambda *at: seen.append(at))
    )
    assert seen == [(0, 1200), (500, 1200), (1000, 1200), (1200, 1200)]


def test_an_import_gives_up_after_the_first_chunk_without_room(office: Office) -> None:
    path = office.file(f"{NINE}\n" + "4,4,4,4,4,4,4,4,4\n" * 1200)
    intake = Stubborn(office.database, full=99)
    report = through(office, intake, path, (0, 0))
    assert (report.stored, report.unstored, intake.calls) == (0, 1200, 3)
    # Remembered all the same: the next import, on any day, files the rows where this one would have.
    assert len(office.rows(MatrixImport)) == 1
    report = office.load(path, now=datetime(2026, 12, 1, tzinfo=UTC))
    assert counts(report) == (1200, 1200, 0, 0)
    assert {row["month"] for row in office.rows(Total)} == {date(2026, 9, 1)}


def test_importance_is_imported_and_never_an_answer_by_itself(office: Office) -> None:
    rows = "prosedur,biaya,sarana_ruang,sarana_alat,penting_prosedur\n4,3,2,1,4\n1,2,3,4,\n,,,,4\n"
    assert "Kolom kepentingan tidak ada: penting_sarana." in office.refused(
        office.file(rows), "penting", order=None
    )
    report = office.load(office.file(rows), "penting", None, allow_blank=True)
    assert counts(report) == (3, 2, 0, 1)
    assert [(fault.row, fault.reason) for fault in report.faults] == [
        (4, "Belum ada pertanyaan yang dijawab.")
    ]
    assert office.sums() == {
        **{"prosedur": 5, "biaya": 5, "sarana_ruang": 5, "sarana_alat": 5},
        "penting_prosedur": 4,
    }
    (total,) = office.rows(Total)
    # (4 + 3 + 3/2) / 3 and (1 + 2 + 7/2) / 3
    assert (total["responses"], total["sum"]) == (2, (17 + 13) * 45360 // 6)
