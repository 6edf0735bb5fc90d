"""Follow-ups on pages: from a weak element to what citizens read, with what was typed kept, within one's units."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.core.db import Database
from app.followups.tables import ConsultationForum, FollowUp, SurveyReport
from tests.followups.conftest import API, PAGE

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Headers = dict[str, str]
Planned = Callable[..., dict[str, Any]]
Browser = Callable[..., Headers]
FORM = {
    "source": "survey",
    "period": "2026-Q2",
    "element": "waktu",
    "service": "",
    "recommendation": "Waktu tunggu dipersingkat",
    "action": "Buka loket <kedua>",
    "due": "2026-Q4",
    "owner": "Kepala Bidang",
}


def one(city: Database) -> FollowUp:
    with city.read() as session:
        return session.exec(select(FollowUp)).one()


def test_from_a_weak_element_to_a_plan(
    desk: TestClient, browser: Browser, city: Database, body: Callable[..., dict[str, Any]]
) -> None:
    head = browser()
    for _ in range(2):
        answer = body(3, answered_at="2026-09-15T10:00:00+08:00")
        answer["scores"] |= {"waktu": 2, "sarana": 1}
        assert desk.post("/api/v1/responses", json=answer).status_code == 201
    assert "Belum ada tindak lanjut" in desk.get(PAGE, headers=head).text
    form = desk.get(f"{PAGE}/baru?element=waktu&period=2026-Q3", headers=head).text
    assert "Waktu Penyelesaian</b>, Triwulan III 2026: <b>50,00</b>" in form
    assert re.search(r"Sarana dan Prasarana</a> 25,00,\s+<a[^>]*>Waktu Penyelesaian</a> 50,00", form)
    assert '<option value="waktu" selected>' in form
    assert '<option value="2026-Q3" selected>' in form
    sent = desk.post(f"{PAGE}/baru", data={**FORM, "period": "2026-Q3"}, headers=head)
    assert sent.status_code == 303
    detail = desk.get(sent.headers["location"], headers=head).text
    assert "Tindak lanjut disimpan." in detail
    assert "Buka loket &lt;kedua&gt;" in detail
    assert one(city).action == "Buka loket <kedua>"


def test_what_was_typed_comes_back(desk: TestClient, browser: Browser, city: Database) -> None:
    head = browser()
    sent = desk.post(f"{PAGE}/baru", data={**FORM, "action": "", "owner": "Kepala Loket"}, headers=head)
    assert sent.status_code == 422
    assert 'href="#action"' in sent.text
    assert 'value="Kepala Loket"' in sent.text
    assert "Waktu tunggu dipersingkat</textarea>" in sent.text
    with city.read() as session:
        assert session.exec(select(FollowUp)).all() == []


def test_two_people_at_one_plan(desk: TestClient, browser: Browser, planned: Planned, city: Database) -> None:
    head, made = browser(), planned()
    place = f"{PAGE}/{made['id']}/ubah"
    assert 'name="version" value="1"' in desk.get(place, headers=head).text
    assert desk.post(place, data={**FORM, "version": "1"}, headers=head).status_code == 303
    stale = desk.post(place, data={**FORM, "version": "1", "owner": "Orang Kedua"}, headers=head)
    assert stale.status_code == 409
    assert "sudah diubah orang lain" in stale.text
    assert 'value="Orang Kedua"' in stale.text
    assert 'name="version" value="2"' in stale.text
    assert one(city).owner == "Kepala Bidang"
    assert desk.post(place, data={**FORM, "version": "x"}, headers=head).status_code == 409


def test_progress_then_done_with_evidence(
    desk: TestClient, browser: Browser, planned: Planned, city: Database, pdf: bytes
) -> None:
    head, place = browser(), f"{PAGE}/{planned()['id']}"
    noted = {"version": "1", "progress": "60", "obstacles": "Menunggu barang"}
    assert desk.post(f"{place}/kemajuan", data=noted, headers=head).status_code == 303
    row = one(city)
    assert (row.state, row.progress, row.obstacles) == ("in_progress", 60, "Menunggu barang")
    done = {"version": "2", "done_on": "2026-10-12", "outcome": ""}
    files = {"berkas": ("foto.pdf", pdf)}
    refused = desk.post(f"{place}/selesai", data=done, files=files, headers=head)
    assert refused.status_code == 422
    assert 'href="#outcome"' in refused.text
    assert "foto.pdf" in refused.text  # the file is kept although the form is not complete
    version = re.findall(r'name="version" value="(\d+)"', refused.text)[0]
    done |= {"version": version, "outcome": "Loket dibuka"}
    assert desk.post(f"{place}/selesai", data=done, headers=head).status_code == 303
    detail = desk.get(place, headers=head).text
    assert "12 Oktober 2026" in detail
    assert "Dapat dilihat mulai" in detail  # the quarter after the action is not over
    (address,) = re.findall(r'href="(/petugas/unit/ptsp/berkas/[^"]+)"', detail)
    assert desk.get(address, headers=head).content == pdf


def test_a_file_that_is_refused(desk: TestClient, browser: Browser, planned: Planned, city: Database) -> None:
    head, place = browser(), f"{PAGE}/{planned()['id']}"
    done = {"version": "1", "done_on": "2026-10-12", "outcome": "Loket dibuka"}
    files = {"berkas": ("foto.jpg", b"<html>")}
    refused = desk.post(f"{place}/selesai", data=done, files=files, headers=head)
    assert refused.status_code == 422
    assert "Loket dibuka</textarea>" in refused.text
    assert one(city).state == "planned"
    assert desk.post(f"{place}/bukti", data={"version": "1"}, headers=head).status_code == 422


def test_evidence_that_was_a_mistake(
    desk: TestClient, browser: Browser, planned: Planned, pdf: bytes
) -> None:
    head, place = browser(), f"{PAGE}/{planned()['id']}"
    files = {"berkas": ("salah.pdf", pdf)}
    assert desk.post(f"{place}/bukti", data={"version": "1"}, files=files, headers=head).status_code == 303
    (address,) = re.findall(r'href="(/petugas/unit/ptsp/berkas/[^"]+)"', desk.get(place, headers=head).text)
    file_id = address.rpartition("/")[2]
    assert desk.post(f"{place}/bukti/{file_id}/hapus", headers=head).status_code == 303
    assert desk.get(address, headers=head).status_code == 404
    assert "salah.pdf" in desk.get(place, headers=head).text  # the history keeps its name
    assert desk.post(f"{place}/bukti/{file_id}/hapus", headers=head).status_code == 404


def test_citizens_read_what_is_published_and_no_more(
    desk: TestClient, browser: Browser, head: Headers, planned: Planned, pdf: bytes
) -> None:
    made, me = planned(), browser()
    place = f"{PAGE}/{made['id']}"
    ids = []
    for number in (1, 2):
        files = {"berkas": (f"{number}.pdf", pdf + bytes([number]))}
        answer = desk.post(f"{API}/{made['id']}/evidence", files=files, headers=head)
        ids.append(answer.json()["id"])
    public = [f"/bukti/ptsp/{id_}" for id_ in ids]
    assert [desk.get(one).status_code for one in public] == [404, 404]
    text = {"public_text": "Kini ada loket kedua.", "published": "1", "public": ids[0]}
    refused = desk.post(f"{place}/terbit", data={**text, "version": "3", "public_text": ""}, headers=me)
    assert (refused.status_code, 'href="#public_text"' in refused.text) == (422, True)
    assert desk.post(f"{place}/terbit", data={**text, "version": "3"}, headers=me).status_code == 303
    assert [desk.get(one).status_code for one in public] == [200, 404]
    got = desk.get(public[0])
    assert got.content == pdf + b"\x01"
    assert got.headers["content-disposition"].startswith("attachment; ")
    assert "sandbox" in got.headers["content-security-policy"]
    assert desk.get(public[0].replace("ptsp", "timur")).status_code == 404
    version = desk.get(f"{API}/{made['id']}", headers=head).json()["version"]
    back = {"version": str(version), "published": "0", "public_text": "Kini ada loket kedua."}
    assert desk.post(f"{place}/terbit", data=back, headers=me).status_code == 303
    assert [desk.get(one).status_code for one in public] == [404, 404]


def test_the_day_of_the_report(desk: TestClient, browser: Browser, planned: Planned, city: Database) -> None:
    planned(due="2026-Q3")
    head = browser()
    before = desk.get(PAGE, headers=head).text
    assert "Belum dicatat kapan laporan SKM Triwulan II 2026 terbit" in before
    assert "Terlambat: TW III 2026 sudah berakhir." in before
    wrong = desk.post(f"{PAGE}/laporan", data={"period": "2026-Q2", "issued_on": "2026-10-16"}, headers=head)
    assert (wrong.status_code, 'href="#issued_on"' in wrong.text) == (422, True)
    given = {"period": "2026-Q2", "issued_on": "2026-07-12", "number": "12/SKM"}
    assert desk.post(f"{PAGE}/laporan", data=given, headers=head).status_code == 303
    after = desk.get(PAGE, headers=head).text
    assert "89 hari lagi untuk tingkat 3." in after  # 15 October to 12 January
    assert "PEKPPP tingkat 3 sampai 12 Januari 2027." in after
    assert (
        desk.post(f"{PAGE}/laporan", data={**given, "issued_on": "2026-07-13"}, headers=head).status_code
        == 303
    )
    with city.read() as session:
        assert [str(row.issued_on) for row in session.exec(select(SurveyReport))] == ["2026-07-13"]


def test_a_forum_and_what_was_agreed(desk: TestClient, browser: Browser, city: Database) -> None:
    head = browser()
    refused = desk.post(f"{PAGE}/forum", data={"held_on": "2026-09-01", "participants": "x"}, headers=head)
    assert (refused.status_code, 'href="#number"' in refused.text) == (422, True)
    given = {"held_on": "2026-09-01", "number": "5/FKP", "participants": "34"}
    assert desk.post(f"{PAGE}/forum", data=given, headers=head).status_code == 303
    with city.read() as session:
        forum = session.exec(select(ConsultationForum)).one()
    form = desk.get(f"{PAGE}/baru?source=forum&forum={forum.id}", headers=head).text
    assert f'<option value="{forum.id}" selected>5/FKP, 1 September 2026' in form
    sent = {**FORM, "source": "forum", "forum": str(forum.id)}
    assert desk.post(f"{PAGE}/baru", data=sent, headers=head).status_code == 303
    assert "Buka loket &lt;kedua&gt;" in desk.get(f"{PAGE}/forum", headers=head).text


def test_who_reads_and_who_changes(desk: TestClient, browser: Browser, planned: Planned) -> None:
    place = f"{PAGE}/{planned()['id']}"
    for role in (Role.EVALUATOR, Role.VIEWER):
        reader = browser("kota", role)
        page = desk.get(place, headers=reader)
        assert page.status_code == 200
        assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]
        assert desk.get(f"{PAGE}/baru", headers=reader).status_code == 403
        assert desk.post(f"{place}/batal", data={"reason": "x"}, headers=reader).status_code == 403
    for role in Role:
        next_door = browser("timur", role)
        status = 403 if role is Role.OPERATOR else 404
        assert desk.get(place, headers=next_door).status_code == status
        assert desk.get(PAGE, headers=next_door).status_code == status


def test_a_reader_here_who_heads_another_unit_changes_nothing_here(
    desk: TestClient, person: Callable[..., Any], signed_in: Callable[..., Headers], planned: Planned
) -> None:
    made = planned()
    both = signed_in(person("dua", ("ptsp", Role.VIEWER), ("timur", Role.UNIT_HEAD)))
    page = desk.get(f"{PAGE}/{made['id']}", headers=both)
    assert (page.status_code, "Nyatakan selesai" in page.text) == (200, False)
    sent = {"version": "1", "progress": "10"}
    assert desk.post(f"{PAGE}/{made['id']}/kemajuan", data=sent, headers=both).status_code == 404


def test_all_units_at_a_glance(desk: TestClient, browser: Browser, planned: Planned) -> None:
    planned(due="2026-Q3")
    page = desk.get("/petugas/tindak-lanjut", headers=browser("kota", Role.EVALUATOR)).text
    assert page.index("Pelayanan Terpadu") < page.index("Kantor Timur")  # what is late comes first
    assert "1 terlambat" in page
    next_door = desk.get("/petugas/tindak-lanjut", headers=browser("timur", Role.UNIT_HEAD)).text
    assert "Pelayanan Terpadu" not in next_door


@pytest.mark.parametrize(("state", "found"), [("planned", True), ("done", False), ("nonsense", False)])
def test_the_list_is_sieved(
    desk: TestClient, browser: Browser, planned: Planned, state: str, *, found: bool
) -> None:
    planned()
    page = desk.get(f"{PAGE}?state={state}&period=2026-Q2&element=waktu", headers=browser()).text
    assert ("Buka loket kedua" in page) is found
    assert ("Tidak ada yang cocok" in page) is not found
