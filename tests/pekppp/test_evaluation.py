"""From answers, media and follow-ups to form F-01, the pack of evidence and the pages; levels worked by hand."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from starlette.testclient import TestClient

from app.audit.service import SYSTEM
from app.auth.roles import Role
from app.core.db import Database
from app.followups import service as followups
from app.history.tables import HistoricalFollowUp, HistoricalResult
from app.units.queries import service_by_code, services_of, unit_by_code
from tests.conftest import ELEMENTS, NOW
from tests.publication.conftest import Answered, Issued
from tests.reports import printed

Headers = dict[str, str]
API = "/api/v1/units/ptsp"
MEDIA = f"{API}/media"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
SHOWS = dict.fromkeys(("shows_method", "shows_process", "shows_result"), "1")


@pytest.fixture
def head(token: Callable[..., Headers]) -> Headers:
    return token("ptsp", Role.UNIT_HEAD)


@pytest.fixture
def plan(city: Database) -> Callable[..., list[str]]:
    """Makes follow-ups of a survey, done on these days or (None) not: `plan("2025", "2026-01-31", days)`."""

    def make(period: str, issued: str | None, days: list[str | None], **fields: str) -> list[str]:
        with city.write() as session:
            unit = unit_by_code(session, "ptsp")
            assert unit is not None
            if issued:
                values = {"period": period, "issued_on": issued}
                followups.issue_report(session, SYSTEM, unit, values, NOW)
            frame = followups.frame_of(session, unit, ELEMENTS, NOW)
            ids = []
            for day in days:
                done = {"state": "done", "done_on": day, "outcome": "Loket dibuka"} if day else {}
                about = {
                    "period": period,
                    "recommendation": "Lebih cepat",
                    "action": "Buka loket",
                    "due": "2026-Q2",
                    "owner": "Kepala",
                    **fields,
                }
                ids.append(str(followups.create(session, SYSTEM, unit, about | done, frame, NOW).id))
        return ids

    return make


def proof(client: TestClient, head: Headers, ids: list[str], name: str = "foto.png") -> None:
    for one in ids:
        sent = {"berkas": (name, BytesIO(PNG), "image/png")}
        answer = client.post(f"{API}/follow-ups/{one}/evidence", files=sent, headers=head)
        assert answer.status_code == 201, answer.text


def medium(client: TestClient, head: Headers, number: str, kind: str, **fields: str) -> None:
    about = {"number": number, "kind": kind, "shown_on": "2026-10-02", "place": kind}
    sent = {**about, "address": "https://kota.example/", **SHOWS, **fields}
    assert client.post(MEDIA, data=sent, headers=head).status_code == 201


def form(client: TestClient, head: Headers, year: int = 2026) -> dict[str, Any]:
    answer = client.get(f"{API}/pekppp/f01.json?year={year}", headers=head)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def levels(client: TestClient, head: Headers) -> list[int]:
    return [one["level"] for one in form(client, head)["proposals"]]


def lacks(found: dict[str, Any], indicator: int) -> set[str]:
    one = next(one for one in found["proposals"] if one["indicator"] == indicator)
    return {reason["code"] for reason in one["missing"]}


def test_nothing_was_done(client: TestClient, head: Headers) -> None:
    found = form(client, head)
    assert [one["level"] for one in found["proposals"]] == [0, 0, 0, 0]
    assert [one["code"] for one in found["proposals"]] == ["6.a.B", "7.a.T", "8.a.Ak", "9.a.Ak"]
    assert [one["weight"] for one in found["proposals"]] == [17, 7, 7, 7]
    assert found["instrument"]["id"] == "PEKPPP-2022-kodeA"
    assert found["fields"] == {
        "6a": False,
        "6b": 0,
        "6c": None,
        "6d": False,
        "6e": {"electronic": [], "not_electronic": []},
        "6f": False,
        "7a": [],
        "8a": False,
        "8b": None,
        "8c": False,
        "9a": False,
        "9b": None,
    }


def test_a_whole_year_by_hand(
    client: TestClient,
    head: Headers,
    answered: Answered,
    issued: Issued,
    plan: Callable[..., list[str]],
) -> None:
    answered(10, 3)  # 3 of 4 for all elements: 3 x 25 = 75.00
    answered(10, 4, at="2026-05-20T02:00:00Z")
    issued(period="2026-Q2")
    number = issued(period="2026-Q3").number
    for kind in ("website", "social", "print"):
        medium(client, head, number, kind)
    medium(client, head, number, "billboard", shows_process="0")
    proof(client, head, plan("2025", "2026-01-31", ["2026-02-10", "2026-02-28", "2026-04-30"]))
    plan("2025", None, [None])
    found = form(client, head)
    fields = found["fields"]
    assert (fields["6a"], fields["6b"], fields["6d"], fields["6f"]) == (True, 2, True, True)
    assert (fields["6c"]["ikm"], fields["6c"]["period"], fields["6c"]["source"]) == (
        75.0,
        "2026-Q3",
        "published",
    )
    assert fields["6c"]["publication"] == number
    assert fields["6e"] == {"electronic": ["social", "website"], "not_electronic": ["print"]}
    assert sorted((one["kind"], one["counts"]) for one in fields["7a"]) == [
        ("billboard", False),
        ("print", True),
        ("social", True),
        ("website", True),
    ]
    assert (fields["8a"], fields["8b"], fields["8c"]) == (True, 75.0, True)
    assert (fields["9a"], fields["9b"]) == (False, None)
    assert [one["level"] for one in found["proposals"]] == [5, 3, 3, 0]
    assert "target_unknown" in lacks(found, 6)
    assert lacks(found, 7) == {"media_incomplete"}
    assert lacks(found, 8) == {"unfinished"}
    assert lacks(found, 9) == {"unfinished", "year_missing"}


@pytest.mark.parametrize(
    ("last", "level", "months"),
    [
        ("2026-02-28", 5, 1),  # the report is of 31 January: a month ends on the last day of February
        ("2026-03-01", 4, 3),
        ("2026-04-30", 4, 3),
        ("2026-05-01", 3, 6),
        ("2026-08-01", 2, 9),
    ],
)
def test_speed(
    client: TestClient, head: Headers, plan: Callable[..., list[str]], last: str, level: int, months: int
) -> None:
    plan("2025", "2026-01-31", ["2026-02-01", last])
    found = form(client, head)
    assert next(one["level"] for one in found["proposals"] if one["indicator"] == 9) == level
    assert (found["fields"]["9a"], found["fields"]["9b"]) == (True, months)


@pytest.mark.parametrize(
    ("done", "planned", "level"), [(0, 10, 1), (2, 10, 2), (3, 10, 3), (8, 10, 3), (9, 10, 4), (10, 10, 5)]
)
def test_share(
    client: TestClient,
    head: Headers,
    plan: Callable[..., list[str]],
    done: int,
    planned: int,
    level: int,
) -> None:
    ids = plan("2025", "2026-01-31", ["2026-02-01"] * done + [None] * (planned - done))
    proof(client, head, ids[:done])
    assert levels(client, head)[2] == level


def test_what_is_done_without_evidence_is_not_reported(
    client: TestClient, head: Headers, plan: Callable[..., list[str]]
) -> None:
    ids = plan("2025", "2026-01-31", ["2026-02-01", "2026-02-01"])
    proof(client, head, ids[:1])
    found = form(client, head)
    assert (found["proposals"][2]["level"], found["fields"]["8c"]) == (1, False)
    assert lacks(found, 8) == {"no_execution_report"}
    proof(client, head, ids[1:])
    assert levels(client, head)[2] == 5


@pytest.mark.parametrize("kinds", range(7))
def test_media(client: TestClient, head: Headers, answered: Answered, issued: Issued, kinds: int) -> None:
    answered(10)
    number = issued().number
    for kind in ("print", "electronic", "social", "website", "application", "billboard")[:kinds]:
        medium(client, head, number, kind)
    found = levels(client, head)
    assert found[1] == min(kinds, 5)
    assert found[0] == (2, 3, 4, 4, 4, 4, 4)[kinds]  # nothing was followed up: never 5


def test_what_was_imported_serves_a_first_evaluation(
    client: TestClient, head: Headers, city: Database
) -> None:
    with city.write() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        assert unit.id is not None
        about = {"unit_id": unit.id, "source": "Laporan", "imported_at": NOW}
        session.add(HistoricalResult(id=UUID(int=77), period="2026-S1", rule="2017", ikm=9177, **about))
        for period, issued, finished in (
            ("2025", date(2026, 1, 10), date(2026, 2, 10)),
            ("2024", date(2025, 1, 10), date(2025, 7, 11)),
        ):
            session.add(
                HistoricalFollowUp(
                    period=period,
                    planned=3,
                    finished=3,
                    report_issued_on=issued,
                    all_finished_on=finished,
                    **about,
                )
            )
    found = form(client, head)
    assert (found["fields"]["6c"]["ikm"], found["fields"]["6c"]["source"]) == (91.77, "imported")
    assert [one["level"] for one in found["proposals"]] == [2, 0, 5, 2]  # six months and a day: 9 months
    assert (found["fields"]["8b"], found["fields"]["9a"], found["fields"]["9b"]) == (100.0, True, 9)


def test_before_2017_there_is_evidence_and_no_proposal(client: TestClient, head: Headers) -> None:
    found = form(client, head, 2016)
    assert (found["instrument"], found["proposals"], found["supporting"]) == (None, [], [])
    assert "sebelum 2017" in found["note"]
    assert "sebelum 2017" in client.get("/petugas/unit/ptsp/pekppp?year=2016", headers=head).text


def old_results(city: Database, *results: tuple[str, str | None, int | None]) -> None:
    """Imports results of earlier years: period, service, respondents."""
    with city.write() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        assert unit.id is not None
        for place, (period, code, respondents) in enumerate(results, 100):
            service = service_by_code(session, unit.id, code) if code else None
            about = {"service_id": service.id if service else None, "respondents": respondents}
            known = {"unit_id": unit.id, "source": "Laporan", "imported_at": NOW}
            row = HistoricalResult(id=UUID(int=place), period=period, rule="2017", ikm=8125, **about, **known)
            session.add(row)


def old_plan(
    city: Database, period: str, planned: int, finished: int, issued: date, until: date | None
) -> None:
    """Imports a follow-up plan of an earlier year."""
    with city.write() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        row = HistoricalFollowUp(
            unit_id=unit.id,
            period=period,
            planned=planned,
            finished=finished,
            report_issued_on=issued,
            all_finished_on=until,
            source="Laporan",
            imported_at=NOW,
        )
        session.add(row)


def test_a_year_before_2022_goes_by_the_sheet_of_its_time(
    client: TestClient, head: Headers, city: Database
) -> None:
    old_results(city, *((f"2021-Q{quarter}", None, 120) for quarter in (1, 2, 3, 4)), ("2020", None, 400))
    old_plan(city, "2020", 4, 4, date(2021, 1, 31), date(2021, 4, 30))
    found = form(client, head, 2021)
    assert (found["note"], found["instrument"]["id"]) == (None, "PEKPPP-2017")
    assert found["instrument"]["basis"] == "PermenPANRB 17/2017"
    # Four surveys; documented and nowhere to be read; all services, as the plan is the unit's; within three months.
    assert [(one["code"], one["level"]) for one in found["proposals"]] == [
        ("1.c.P", 3),
        ("1.c.T", 1),
        ("1.c.Ak", 5),
        ("1.c.B", 3),
    ]
    assert [one["weight"] for one in found["proposals"]] == [8.9, 7.1, 7.1, 7.1]
    assert {one["standing"] for one in found["proposals"]} == {"final"}
    assert lacks(found, 12) == {"services_assumed"}
    assert (found["fields"]["6b"], found["fields"]["8b"], found["fields"]["9b"]) == (4, 100.0, 3)
    page = client.get("/petugas/unit/ptsp/pekppp?year=2021", headers=head).text
    assert "Bobot 8,9% dalam aspek Kebijakan Pelayanan." in page
    assert "lembar F-02 tahun 2017" in page
    overview = client.get("/petugas/pekppp?year=2021", headers=head).text
    assert "PEKPPP-2017" in overview
    assert "belum dibandingkan dengan lampiran" in overview
    assert client.get(f"{API}/pekppp/f01.pdf?year=2021", headers=head).content.startswith(b"%PDF-")


def test_services_that_an_earlier_survey_was_about(client: TestClient, head: Headers, city: Database) -> None:
    old_results(city, ("2021", None, 90), ("2020", "nib", 50))
    old_plan(city, "2020", 4, 1, date(2021, 1, 31), None)
    found = form(client, head, 2021)
    with city.read() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        open_ = [one for one in services_of(session, [unit.id or 0]) if one.active]
    assert len(open_) == 2
    # One of two: half of them, between the steps of 40 and 60 per cent.
    assert [one["level"] for one in found["proposals"]] == [1, 1, 2, 0]
    assert lacks(found, 12) == {"services_assumed", "services_left"}
    assert lacks(found, 13) == {"unfinished"}


def test_the_pack_of_an_earlier_year_names_its_indicators(
    client: TestClient, head: Headers, city: Database
) -> None:
    old_results(city, ("2021", None, 90))
    answer = client.get(f"{API}/pekppp/evidence.zip?year=2021", headers=head)
    archive = ZipFile(BytesIO(answer.content))
    assert json.loads(archive.read("manifest.json"))["instrument"] == "PEKPPP-2017"
    text = " ".join(printed.text(archive.read("00-daftar-isi.pdf")).split())
    assert "10–13" in text
    assert "lembar F-02 tahun 2017" in text


def test_the_pack(
    client: TestClient,
    head: Headers,
    answered: Answered,
    issued: Issued,
    plan: Callable[..., list[str]],
) -> None:
    answered(6)
    number = issued().number
    photo = {"berkas": ("../../../etc/passwd.png", BytesIO(PNG), "image/png")}
    place = '=HYPERLINK("http://jahat.example")'
    about = {"number": number, "kind": "billboard", "shown_on": "2026-10-02", "place": place, **SHOWS}
    assert client.post(MEDIA, data=about, files=photo, headers=head).status_code == 201
    ids = plan("2025", "2026-01-31", ["2026-02-01"], action='#panic("x") $a$ <b>', owner="=1+1")
    proof(client, head, ids, "..\\..\\CON\u202e.png")
    answer = client.get(f"{API}/pekppp/evidence.zip?year=2026", headers=head)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    archive = ZipFile(BytesIO(answer.content))
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    named = {one["name"]: one for one in manifest["files"]}
    assert set(archive.namelist()) == {*named, "manifest.json"}
    for name, one in named.items():
        content = archive.read(name)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one["size"], one["sha256"])
        assert not name.startswith("/")
        assert ".." not in name
        assert "\\" not in name
        assert "\u202e" not in name
    assert {
        "00-daftar-isi.pdf",
        "f01.json",
        "f01.pdf",
        "laporan-skm-2026-Q3.pdf",
        "tindak-lanjut.csv",
        "media/media.csv",
        "media/001-passwd.png",
        "poster-qr.pdf",
        f"poster-hasil/{number.replace('/', '-')}.pdf",
        "kuesioner-skm-2017-1.json",
        f"terbitan/{number.replace('/', '-')}.json",
    } <= named.keys()
    evidence = [name for name in named if name.startswith("bukti-tindak-lanjut/001-")]
    assert [archive.read(name) for name in evidence] == [PNG]
    assert all(archive.read(name).startswith(b"%PDF-") for name in named if name.endswith(".pdf"))
    assert (
        archive.read("media/media.csv").decode("utf-8-sig").splitlines()[1].split(",")[2].startswith("\"'=")
    )
    assert ",'=1+1," in archive.read("tindak-lanjut.csv").decode("utf-8-sig")
    assert json.loads(archive.read("f01.json"))["fields"]["8b"] == 100.0
    assert (manifest["instrument"], manifest["year"], manifest["lost"]) == ("PEKPPP-2022-kodeA", 2026, [])


def test_the_sheet_and_the_pages(
    client: TestClient, head: Headers, plan: Callable[..., list[str]], token: Callable[..., Headers]
) -> None:
    plan("2025", "2026-01-31", [None])
    sheet = client.get(f"{API}/pekppp/f01.pdf?year=2026", headers=head)
    assert sheet.content.startswith(b"%PDF-")
    unit = client.get("/petugas/unit/ptsp/pekppp?year=2026", headers=head).text
    assert "PEKPPP-2022-kodeA" in unit
    assert "1 tindakan belum selesai." in unit
    assert 'href="/petugas/unit/ptsp/tindak-lanjut"' in unit
    overview = client.get("/petugas/pekppp?year=2026", headers=token("kota", Role.EVALUATOR)).text
    assert 'href="/petugas/unit/ptsp/pekppp?year=2026"' in overview
    assert 'href="/petugas/unit/timur/pekppp?year=2026"' in overview
    late = overview.split('href="/petugas/unit/ptsp/pekppp?year=2026"')[1].split("</tr>")[0]
    assert "<b>1</b>" in late  # due in the second quarter, and it is October


def test_next_door_nothing_is_there(client: TestClient, token: Callable[..., Headers]) -> None:
    sibling, viewer = token("timur", Role.ADMIN), token("ptsp", Role.VIEWER)
    for path in ("f01.json", "f01.pdf", "evidence.zip"):
        assert client.get(f"{API}/pekppp/{path}?year=2026", headers=sibling).status_code == 404
    assert client.get("/petugas/unit/ptsp/pekppp?year=2026", headers=sibling).status_code == 404
    assert "ptsp" not in client.get("/petugas/pekppp?year=2026", headers=sibling).text
    assert client.get(f"{API}/pekppp/evidence.zip?year=2026", headers=viewer).status_code == 403
    assert client.get(f"{API}/pekppp/f01.json?year=1990", headers=viewer).status_code == 422
