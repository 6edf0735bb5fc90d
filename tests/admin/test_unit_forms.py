"""Units on screen: added, changed, moved, closed; refused beside the field; recorded; never by surprise."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.core.db import Database
from app.units.queries import registry_version, unit_by_code
from app.units.tables import Unit
from tests.web.markup import Page

Headers = dict[str, str]
NEW = {"name": "Dinas Perhubungan & Laut", "code": "", "parent": "kota", "timezone": "", "rollup": "pooled"}


def unit(city: Database, code: str) -> Unit:
    with city.read() as session:
        found = unit_by_code(session, code)
        assert found is not None
        return found


def codes(city: Database) -> set[str]:
    with city.read() as session:
        return set(session.exec(select(Unit.code)))


def version(city: Database) -> int:
    with city.read() as session:
        return registry_version(session)


def form(desk: TestClient, address: str, headers: Headers) -> dict[str, str]:
    """What the form at `address` would send as it stands."""
    answer = desk.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    # The second form of the page, which closes the unit, is not sent.
    return {name: value for name, value in Page(answer.text).fields.items() if name != "active"}


def test_a_new_unit_gets_a_code_from_its_name_and_the_zone_of_its_parent(
    city: Database, desk: TestClient, staff: Callable[..., Headers], recorded: Callable[..., list[AuditEntry]]
) -> None:
    answer = desk.post("/kelola/unit/tambah", data=NEW, headers=staff())
    assert answer.status_code == 303
    assert answer.headers["location"] == "/kelola/unit?unit=dinas-perhubungan-laut&kabar=ditambah"
    added = unit(city, "dinas-perhubungan-laut")
    assert (added.name, added.timezone) == ("Dinas Perhubungan & Laut", "Asia/Makassar")
    assert added.parent_id == unit(city, "kota").id
    (entry,) = recorded("unit.")
    assert (entry.action, entry.subject, entry.unit_id) == (
        "unit.added",
        "unit:dinas-perhubungan-laut",
        added.id,
    )
    assert entry.actor_name == "kota-admin"
    assert entry.details["fields"]["name"] == "Dinas Perhubungan & Laut"


def test_the_same_name_again_gets_another_code(
    city: Database, desk: TestClient, staff: Callable[..., Headers]
) -> None:
    headers = staff()
    for _ in range(3):
        assert desk.post("/kelola/unit/tambah", data=NEW, headers=headers).status_code == 303
    assert {"dinas-perhubungan-laut-2", "dinas-perhubungan-laut-3"} <= codes(city)


@pytest.mark.parametrize(
    ("wrong", "faults"),
    [
        ({"name": " "}, {"name": "Isi namanya."}),
        ({"code": "Dinas 1"}, {"code": "Kode hanya terdiri atas huruf kecil a sampai z, angka"}),
        ({"code": "ptsp"}, {"code": "Kode ini sudah dipakai."}),
        ({"parent": ""}, {"parent": "Pilih unit induk dari daftar."}),
        ({"parent": "tidak-ada"}, {"parent": "Pilih unit induk dari daftar."}),
        ({"timezone": "Europe/Berlin"}, {"timezone": "Pilih salah satu dari daftar."}),
        ({"rollup": "best"}, {"rollup": "Pilih salah satu dari daftar."}),
        ({"address": "a\x07b"}, {"address": "karakter yang tidak dapat disimpan"}),
        ({"kind": "x" * 501}, {"kind": "Paling panjang 500 karakter."}),
        ({"name": "", "parent": "", "code": "A"}, {"name": "Isi", "parent": "Pilih", "code": "Kode"}),
    ],
)
def test_a_fault_stands_beside_its_field_and_nothing_is_stored(
    city: Database,
    desk: TestClient,
    staff: Callable[..., Headers],
    recorded: Callable[..., list[AuditEntry]],
    wrong: dict[str, str],
    faults: dict[str, str],
) -> None:
    before, number = codes(city), version(city)
    answer = desk.post("/kelola/unit/tambah", data={**NEW, **wrong}, headers=staff())
    assert answer.status_code == 422
    page = Page(answer.text)
    for field, text in faults.items():
        described = next(one for _, one in page.tags if one.get("id") == field)
        assert described["aria-invalid"] == "true"
        assert f"{field}-salah" in described["aria-describedby"].split()
        assert text in answer.text.partition(f'id="{field}-salah">')[2].partition("</p>")[0]
    assert answer.text.count('aria-invalid="true"') == len(faults)
    # What was filled in is still there, but for what no page can show.
    assert page.fields["name"] == {**NEW, **wrong}["name"].strip()
    assert (codes(city), version(city)) == (before, number)
    assert recorded("unit.") == []


def test_faults_are_told_in_the_language_of_the_page(desk: TestClient, staff: Callable[..., Headers]) -> None:
    answer = desk.post("/kelola/unit/tambah?lang=en", data={**NEW, "code": "A"}, headers=staff())
    assert "A code has only lower case letters a to z, digits and hyphens" in answer.text
    assert Page(answer.text).title == "There is an error: Add a unit"


def test_a_unit_is_changed_and_moved(
    city: Database, desk: TestClient, staff: Callable[..., Headers], recorded: Callable[..., list[AuditEntry]]
) -> None:
    headers, before = staff(), version(city)
    sent = form(desk, "/kelola/unit/timur-cabang/ubah", headers)
    assert (sent["name"], sent["parent"]) == ("Cabang Kantor Timur", "timur")
    assert "timezone" not in sent  # the first choice: the same as the parent
    sent |= {"name": "Cabang Barat", "parent": "ptsp", "phone": "0811 22"}
    answer = desk.post("/kelola/unit/timur-cabang/ubah", data=sent, headers=headers)
    assert answer.headers["location"] == "/kelola/unit?unit=timur-cabang&kabar=disimpan"
    changed = unit(city, "timur-cabang")
    # The zone said "as the parent": with the new parent it is that one's.
    assert (changed.name, changed.phone, changed.timezone) == ("Cabang Barat", "0811 22", "Asia/Makassar")
    assert changed.parent_id == unit(city, "ptsp").id
    assert version(city) == before + 1
    (entry,) = recorded("unit.")
    assert entry.action == "unit.changed"
    assert entry.details["fields"] == {
        "name": {"before": "Cabang Kantor Timur", "after": "Cabang Barat"},
        "parent": {"before": "timur", "after": "ptsp"},
        "timezone": {"before": "Asia/Jayapura", "after": "Asia/Makassar"},
        "phone": {"before": None, "after": "0811 22"},
    }


def test_saving_a_form_as_it_stands_changes_nothing(
    city: Database, desk: TestClient, staff: Callable[..., Headers], recorded: Callable[..., list[AuditEntry]]
) -> None:
    headers, before = staff(), version(city)
    for code in ("kota", "ptsp", "timur", "timur-cabang"):
        sent = form(desk, f"/kelola/unit/{code}/ubah", headers)
        assert desk.post(f"/kelola/unit/{code}/ubah", data=sent, headers=headers).status_code == 303
    assert version(city) == before
    assert recorded("unit.") == []


@pytest.mark.parametrize("parent", ["timur", "timur-cabang"])
def test_a_unit_cannot_lie_below_itself(
    city: Database, desk: TestClient, staff: Callable[..., Headers], parent: str
) -> None:
    headers = staff()
    sent = form(desk, "/kelola/unit/timur/ubah", headers) | {"parent": parent}
    answer = desk.post("/kelola/unit/timur/ubah", data=sent, headers=headers)
    assert answer.status_code == 422
    assert "Pilih unit induk dari daftar." in answer.text
    assert unit(city, "timur").parent_id == unit(city, "kota").id


def test_a_unit_stays_below_a_parent_that_the_administrator_does_not_hold(
    city: Database, desk: TestClient, staff: Callable[..., Headers]
) -> None:
    headers = staff("timur")
    page = Page(desk.get("/kelola/unit/timur/ubah", headers=headers).text)
    assert "parent" not in page.fields
    sent = {**page.fields, "parent": "timur-cabang", "name": "Kantor Timur Baru"}
    assert desk.post("/kelola/unit/timur/ubah", data=sent, headers=headers).status_code == 303
    changed = unit(city, "timur")
    assert (changed.name, changed.parent_id) == ("Kantor Timur Baru", unit(city, "kota").id)


def test_a_unit_stays_within_its_government(
    city: Database, desk: TestClient, person: Callable[..., Any], signed_in: Callable[..., Headers]
) -> None:
    with city.write() as session:
        session.add(Unit(code="provinsi", name="Provinsi Lain"))
    headers = signed_in(person("ratu", ("kota", Role.ADMIN), ("provinsi", Role.ADMIN)))
    page = Page(desk.get("/kelola/unit/timur/ubah", headers=headers).text)
    assert "Provinsi Lain" not in page.text
    sent = {**page.fields, "parent": "provinsi"}
    assert desk.post("/kelola/unit/timur/ubah", data=sent, headers=headers).status_code == 422
    # A new unit may be put below either.
    assert (
        desk.post("/kelola/unit/tambah", data={**NEW, "parent": "provinsi"}, headers=headers).status_code
        == 303
    )


def test_the_code_never_changes(city: Database, desk: TestClient, staff: Callable[..., Headers]) -> None:
    headers = staff()
    sent = form(desk, "/kelola/unit/ptsp/ubah", headers) | {"code": "lain"}
    assert desk.post("/kelola/unit/ptsp/ubah", data=sent, headers=headers).status_code == 303
    assert "lain" not in codes(city)


def test_whoever_comes_second_is_told_and_loses_nothing(
    city: Database, desk: TestClient, staff: Callable[..., Headers]
) -> None:
    headers = staff()
    first = form(desk, "/kelola/unit/ptsp/ubah", headers) | {"phone": "111"}
    second = form(desk, "/kelola/unit/ptsp/ubah", headers) | {"address": "Jalan Baru 9"}
    assert desk.post("/kelola/unit/ptsp/ubah", data=first, headers=headers).status_code == 303
    answer = desk.post("/kelola/unit/ptsp/ubah", data=second, headers=headers)
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "Belum disimpan: sudah diubah orang lain" in page.text
    assert "Telepon: 111" in page.text
    assert page.fields["address"] == "Jalan Baru 9"
    assert (unit(city, "ptsp").phone, unit(city, "ptsp").address) == ("111", "Jalan Uji 1")
    # Saved once more, knowing what was stored, it goes through.
    again = {name: value for name, value in page.fields.items() if name != "active"} | {"phone": "111"}
    assert desk.post("/kelola/unit/ptsp/ubah", data=again, headers=headers).status_code == 303
    assert (unit(city, "ptsp").phone, unit(city, "ptsp").address) == ("111", "Jalan Baru 9")


def test_of_many_at_once_one_is_stored_and_the_others_are_told(
    city: Database, desk: TestClient, staff: Callable[..., Headers], recorded: Callable[..., list[AuditEntry]]
) -> None:
    headers = staff()
    sent = form(desk, "/kelola/unit/ptsp/ubah", headers)

    def save(number: int) -> int:
        answer = desk.post("/kelola/unit/ptsp/ubah", data=sent | {"phone": str(number)}, headers=headers)
        return int(answer.status_code)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(save, range(6)))
    assert sorted(answers) == [303, 409, 409, 409, 409, 409]
    assert unit(city, "ptsp").phone == str(answers.index(303))
    assert len(recorded("unit.")) == 1


def test_of_many_new_units_with_one_name_each_gets_a_code(
    city: Database, desk: TestClient, staff: Callable[..., Headers]
) -> None:
    headers = staff()
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: desk.post("/kelola/unit/tambah", data=NEW, headers=headers), range(4))
        )
    assert [answer.status_code for answer in answers] == [303] * 4
    made = {code for code in codes(city) if code.startswith("dinas-perhubungan-laut")}
    assert made == {"dinas-perhubungan-laut", *(f"dinas-perhubungan-laut-{n}" for n in (2, 3, 4))}


def test_a_unit_is_closed_and_opened_again_and_answers_stay_out_meanwhile(
    city: Database,
    desk: TestClient,
    staff: Callable[..., Headers],
    recorded: Callable[..., list[AuditEntry]],
    body: Callable[..., dict[str, Any]],
) -> None:
    headers = staff()
    answer = desk.post("/kelola/unit/ptsp/keadaan", data={"active": "0"}, headers=headers)
    assert answer.headers["location"] == "/kelola/unit?unit=ptsp&kabar=ditutup"
    assert not unit(city, "ptsp").active
    assert desk.post("/api/v1/responses", json=body()).status_code == 410
    page = Page(desk.get("/kelola/unit?unit=ptsp&kabar=ditutup", headers=headers).text)
    assert "Sudah dinonaktifkan. Jawaban dan hasilnya tetap ada." in page.text
    assert "Unit ini nonaktif: semua titik surveinya tertutup bagi warga." in page.text
    assert "Aktifkan unit ini" in desk.get("/kelola/unit/ptsp/ubah", headers=headers).text
    desk.post("/kelola/unit/ptsp/keadaan", data={"active": "1"}, headers=headers)
    assert unit(city, "ptsp").active
    assert [(one.action, one.details["fields"]) for one in recorded("unit.")] == [
        ("unit.deactivated", {"active": {"before": True, "after": False}}),
        ("unit.activated", {"active": {"before": False, "after": True}}),
    ]


def test_an_administrator_next_door_finds_nothing_and_changes_nothing(
    city: Database, desk: TestClient, staff: Callable[..., Headers]
) -> None:
    headers, before = staff("timur"), version(city)
    assert desk.get("/kelola/unit/ptsp/ubah", headers=headers).status_code == 404
    assert desk.post("/kelola/unit/ptsp/ubah", data=NEW, headers=headers).status_code == 404
    assert desk.post("/kelola/unit/ptsp/keadaan", data={"active": "0"}, headers=headers).status_code == 404
    assert (
        desk.post("/kelola/unit/tambah", data=NEW, headers=headers).status_code == 422
    )  # not below the city
    assert version(city) == before


def test_a_viewer_is_refused(city: Database, desk: TestClient, staff: Callable[..., Headers]) -> None:
    headers, before = staff("kota", Role.VIEWER), version(city)
    assert desk.get("/kelola/unit/ptsp/ubah", headers=headers).status_code == 403
    assert desk.post("/kelola/unit/tambah", data=NEW, headers=headers).status_code == 403
    assert desk.post("/kelola/unit/ptsp/keadaan", data={"active": "0"}, headers=headers).status_code == 403
    assert version(city) == before


def test_nobody_is_led_to_the_sign_in(city: Database, desk: TestClient) -> None:
    for answer in (
        desk.get("/kelola/unit/ptsp/ubah", headers={"Accept": "text/html"}),
        desk.post("/kelola/unit/tambah", data=NEW, headers={"Accept": "text/html"}),
    ):
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/masuk")
    assert "dinas-perhubungan-laut" not in codes(city)
