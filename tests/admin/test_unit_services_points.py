"""Services and survey points on screen: added, changed, closed; refused beside the field; recorded."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.core.db import Database
from app.units.queries import registry_version
from app.units.tables import Point, Service
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Headers = dict[str, str]
SERVICE = {"name": "Izin Trayek", "code": "", "instrument": "skm-2017", "population": ""}
POINT = {"label": "Loket 2", "service": "nib", "channel": "qr", "code": ""}


def service(city: Database, code: str) -> Service | None:
    with city.read() as session:
        return session.exec(select(Service).where(Service.code == code)).one_or_none()


def point(city: Database, code: str) -> Point | None:
    with city.read() as session:
        return session.exec(select(Point).where(Point.code == code)).one_or_none()


def version(city: Database) -> int:
    with city.read() as session:
        return registry_version(session)


def form(desk: TestClient, address: str, headers: Headers) -> dict[str, Any]:
    """What the form at `address` would send as it stands, but for boxes."""
    answer = desk.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    return {
        name: value for name, value in Page(answer.text).fields.items() if name not in ("active", "not_asked")
    }


def test_a_new_service_asks_what_it_has(
    city: Database, desk: TestClient, staff: Callable[..., Headers], recorded: Callable[..., list[AuditEntry]]
) -> None:
    sent = {**SERVICE, "population": "4.384", "not_asked": ["sarana", "biaya"]}
    answer = desk.post("/kelola/unit/timur/layanan/tambah", data=sent, headers=staff())
    assert answer.headers["location"] == "/kelola/unit?unit=timur&kabar=layanan-ditambah"
    added = service(city, "izin-trayek")
    assert added is not None
    assert (added.name, added.population, added.not_asked) == ("Izin Trayek", 4384, ["biaya", "sarana"])
    (entry,) = recorded("service.")
    assert (entry.action, entry.subject) == ("service.added", "service:timur/izin-trayek")
    assert entry.unit_id == added.unit_id
    assert entry.details["fields"]["not_asked"] == ["biaya", "sarana"]


@pytest.mark.parametrize(
    ("wrong", "field", "text"),
    [
        ({"name": ""}, "name", "Isi namanya."),
        ({"code": "arsip"}, "code", "Kode ini sudah dipakai."),
        ({"code": "A_B"}, "code", "Kode hanya terdiri atas"),
        ({"instrument": "lain"}, "instrument", "Pilih salah satu dari daftar."),
        ({"population": "banyak"}, "population", "Isi bilangan bulat 1 sampai 1000000000"),
        ({"population": "0"}, "population", "Isi bilangan bulat"),
        ({"population": "12,5"}, "population", "Isi bilangan bulat"),
        ({"not_asked": ["tidak-ada"]}, "not_asked", "hanya pilih unsur dari kuesioner"),
    ],
)
def test_what_a_service_may_not_be(
    city: Database,
    desk: TestClient,
    staff: Callable[..., Headers],
    wrong: dict[str, Any],
    field: str,
    text: str,
) -> None:
    headers, before = staff(), version(city)
    answer = desk.post("/kelola/unit/timur/layanan/tambah", data={**SERVICE, **wrong}, headers=headers)
    assert answer.status_code == 422
    assert text in answer.text.partition(f'id="{field}-salah">')[2].partition("</p>")[0]
    assert f'<a href="#{field}">' in answer.text
    assert version(city) == before


def test_at_least_one_element_is_asked(desk: TestClient, staff: Callable[..., Headers]) -> None:
    keys = [
        "persyaratan",
        "prosedur",
        "waktu",
        "biaya",
        "produk",
        "kompetensi",
        "perilaku",
        "sarana",
        "pengaduan",
    ]
    answer = desk.post(
        "/kelola/unit/timur/layanan/tambah", data={**SERVICE, "not_asked": keys}, headers=staff()
    )
    assert answer.status_code == 422
    assert "Sisakan paling sedikit satu unsur" in answer.text
    assert len(Page(answer.text).having("input", name="not_asked", checked="")) == 9


def test_a_service_is_changed_and_its_code_stays(
    city: Database, desk: TestClient, staff: Callable[..., Headers], recorded: Callable[..., list[AuditEntry]]
) -> None:
    headers = staff()
    address = "/kelola/unit/ptsp/layanan/daring/ubah"
    ticked = [
        one["value"] for one in Page(desk.get(address, headers=headers).text).having("input", checked="")
    ]
    assert ticked == ["kompetensi", "perilaku"]
    sent = {**form(desk, address, headers), "code": "lain", "population": "50", "not_asked": ["perilaku"]}
    assert desk.post(address, data=sent, headers=headers).status_code == 303
    changed = service(city, "daring")
    assert changed is not None
    assert (changed.population, changed.not_asked) == (50, ["perilaku"])
    (entry,) = recorded("service.")
    assert entry.details["fields"] == {
        "population": {"before": None, "after": 50},
        "not_asked": {"before": ["kompetensi", "perilaku"], "after": ["perilaku"]},
    }


def test_whoever_comes_second_to_a_service_is_told(
    city: Database, desk: TestClient, staff: Callable[..., Headers]
) -> None:
    headers, address = staff(), "/kelola/unit/ptsp/layanan/nib/ubah"
    first, second = form(desk, address, headers), form(desk, address, headers)
    assert desk.post(address, data={**first, "population": "9"}, headers=headers).status_code == 303
    answer = desk.post(address, data={**second, "name": "NIB"}, headers=headers)
    assert answer.status_code == 409
    text = Page(answer.text).text
    assert "Pengguna setahun: 9" in text
    assert "Nama: Penerbitan NIB" in text
    stored = service(city, "nib")
    assert stored is not None
    assert (stored.name, stored.population) == ("Penerbitan NIB", 9)


def test_a_closed_service_is_no_longer_judged(
    city: Database,
    desk: TestClient,
    staff: Callable[..., Headers],
    recorded: Callable[..., list[AuditEntry]],
    body: Callable[..., dict[str, Any]],
) -> None:
    headers, address = staff(), "/kelola/unit/ptsp/layanan/nib/keadaan"
    assert desk.post(address, data={"active": "0"}, headers=headers).status_code == 303
    assert desk.post("/api/v1/responses", json=body()).status_code == 410
    assert desk.post(address, data={"active": "1"}, headers=headers).status_code == 303
    assert [one.action for one in recorded("service.")] == ["service.deactivated", "service.activated"]
    stored = service(city, "nib")
    assert stored is not None
    assert stored.active


def test_a_new_point_gets_a_code_that_says_where_it_is(
    city: Database, desk: TestClient, staff: Callable[..., Headers], recorded: Callable[..., list[AuditEntry]]
) -> None:
    headers = staff()
    address = "/kelola/unit/ptsp/titik/tambah"
    # `ptsp-nib-qr` stands in the registry already.
    answer = desk.post(address, data=POINT, headers=headers)
    assert answer.headers["location"] == "/kelola/titik/ptsp-nib-qr-2?kabar=ditambah"
    answer = desk.post(address, data={**POINT, "service": "", "channel": "counter"}, headers=headers)
    assert answer.headers["location"] == "/kelola/titik/ptsp-loket?kabar=ditambah"
    added = point(city, "ptsp-nib-qr-2")
    assert added is not None
    assert (added.label, added.channel) == ("Loket 2", "qr")
    entries = recorded("point.")
    assert [(one.action, one.subject) for one in entries] == [
        ("point.added", "point:ptsp-nib-qr-2"),
        ("point.added", "point:ptsp-loket"),
    ]
    assert desk.get("/s/ptsp-nib-qr-2", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field", "text"),
    [
        # The code is taken in another unit: codes are unique everywhere.
        ({"code": "timur-arsip-qr"}, "code", "Kode ini sudah dipakai."),
        ({"code": "kode baru"}, "code", "Kode hanya terdiri atas"),
        ({"channel": ""}, "channel", "Pilih saluran titik survei ini."),
        ({"channel": "email"}, "channel", "Pilih salah satu dari daftar."),
        ({"service": "arsip"}, "service", "Pilih salah satu dari daftar."),
    ],
)
def test_what_a_point_may_not_be(
    city: Database,
    desk: TestClient,
    staff: Callable[..., Headers],
    wrong: dict[str, str],
    field: str,
    text: str,
) -> None:
    headers, before = staff("ptsp"), version(city)
    answer = desk.post("/kelola/unit/ptsp/titik/tambah", data={**POINT, **wrong}, headers=headers)
    assert answer.status_code == 422
    assert text in answer.text.partition(f'id="{field}-salah">')[2].partition("</p>")[0]
    assert version(city) == before


def test_a_point_is_changed_closed_and_opened(
    city: Database, desk: TestClient, staff: Callable[..., Headers], recorded: Callable[..., list[AuditEntry]]
) -> None:
    headers, address = staff(), "/kelola/titik/ptsp-kios/ubah"
    sent = form(desk, address, headers) | {"label": "Ruang tunggu", "service": "daring"}
    assert desk.post(address, data=sent, headers=headers).status_code == 303
    stale = desk.post(address, data=sent | {"label": "Lain"}, headers=headers)
    assert stale.status_code == 409
    desk.post("/kelola/titik/ptsp-kios/keadaan", data={"active": "0"}, headers=headers)
    closed = point(city, "ptsp-kios")
    assert closed is not None
    assert (closed.label, closed.active) == ("Ruang tunggu", False)
    assert desk.get("/s/ptsp-kios", headers={"Accept": "text/html"}).status_code == 410
    desk.post("/kelola/titik/ptsp-kios/keadaan", data={"active": "1"}, headers=headers)
    assert [one.action for one in recorded("point.")] == [
        "point.changed",
        "point.deactivated",
        "point.activated",
    ]


ADDRESSES = (
    "/kelola/unit/ptsp/layanan/tambah",
    "/kelola/unit/ptsp/layanan/nib/ubah",
    "/kelola/unit/ptsp/titik/tambah",
    "/kelola/titik/ptsp-kios/ubah",
)
STATES = ("/kelola/unit/ptsp/layanan/nib/keadaan", "/kelola/titik/ptsp-kios/keadaan")


@pytest.mark.parametrize(
    ("unit", "role", "status"), [("timur", Role.ADMIN, 404), ("ptsp", Role.UNIT_HEAD, 403)]
)
def test_nobody_else_changes_a_service_or_a_point(
    city: Database, desk: TestClient, staff: Callable[..., Headers], unit: str, role: Role, status: int
) -> None:
    headers, before = staff(unit, role), version(city)
    found = [desk.get(address, headers=headers).status_code for address in ADDRESSES]
    sent = {**SERVICE, **POINT, "active": "0"}
    found += [desk.post(one, data=sent, headers=headers).status_code for one in (*ADDRESSES, *STATES)]
    assert set(found) == {status}
    assert version(city) == before


def test_what_does_not_exist(desk: TestClient, staff: Callable[..., Headers]) -> None:
    headers = staff()
    for address in (
        "/kelola/unit/tidak-ada/layanan/tambah",
        "/kelola/unit/ptsp/layanan/arsip/ubah",  # of another unit
        "/kelola/titik/tidak-ada",
        "/kelola/titik/%00/ubah",
        "/kelola/unit/%00/ubah",
    ):
        assert desk.get(address, headers=headers).status_code == 404, address
