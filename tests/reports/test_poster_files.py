"""Posters over HTTP: which points get one, who may have them, what is said when there is none."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.core.db import Database
from app.reports import queries
from app.units.tables import Point, Service, Unit
from tests.reports import printed

BACKENDS = ("sqlite",)  # pictures and files: no database decides them

PTSP = ["ptsp-daring", "ptsp-kios", "ptsp-nib-qr"]
KOTA = [*PTSP, "timur-arsip-qr", "cabang-qr"]
FORMATS = ("a4", "a5", "tent", "stickers")


@pytest.fixture
def staff(person: Callable[..., Any], signed_in: Callable[..., dict[str, str]]) -> Callable[..., Any]:
    """The headers of somebody who holds a role in a browser."""

    def headers(unit: str, role: Role = Role.VIEWER) -> dict[str, str]:
        return signed_in(person(f"{unit}-{role.value}", (unit, role), home=unit))

    return headers


@pytest.fixture
def change(city: Database) -> Callable[..., None]:
    """Changes a unit, a service or a point by its code."""

    def apply(table: Any, code: str, **values: Any) -> None:
        with city.write() as session:
            row = session.exec(select(table).where(table.code == code)).one()
            for name, value in values.items():
                setattr(row, name, value)

    return apply


def codes(pdf: bytes) -> list[str]:
    """The codes of the survey points, as a phone reads them page by page."""
    found: list[str] = []
    for number in range(1, len(printed.sizes(pdf)) + 1):
        found += printed.page(pdf, 60, number).codes()
    assert all(one.startswith("http://127.0.0.1:8000/s/") for one in found)
    return [one.rpartition("/")[2] for one in found]


def test_the_poster_of_a_point(client: TestClient, staff: Callable[..., Any]) -> None:
    headers = staff("ptsp")
    for form, copies in zip(FORMATS, (1, 1, 2, 8), strict=True):
        answer = client.get(f"/kelola/titik/ptsp-nib-qr/poster.pdf?format={form}", headers=headers)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/pdf"
        assert (
            answer.headers["content-disposition"] == f'attachment; filename="poster-ptsp-nib-qr-{form}.pdf"'
        )
        assert answer.headers["cache-control"] == "no-store"
        assert codes(answer.content) == ["ptsp-nib-qr"] * copies
        words = " ".join(printed.text(answer.content).split())
        for said in ("Pelayanan Terpadu", "Penerbitan NIB", "Kota Uji", "127.0.0.1:8000/s/ptsp-nib-qr"):
            assert words.count(said) == copies


def test_a4_unless_another_form_is_asked_for(client: TestClient, staff: Callable[..., Any]) -> None:
    answer = client.get("/kelola/titik/ptsp-nib-qr/poster.pdf", headers=staff("ptsp"))
    assert printed.sizes(answer.content) == [printed.A4]
    other = client.get("/kelola/titik/ptsp-nib-qr/poster.pdf?format=a3", headers=staff("kota"))
    assert other.status_code == 422


def test_a_unit_a_service_a_government(client: TestClient, staff: Callable[..., Any]) -> None:
    headers = staff("kota")

    def printed_codes(address: str) -> list[str]:
        return codes(client.get(f"/kelola/unit/{address}", headers=headers).content)

    assert printed_codes("ptsp/poster.pdf?format=a5") == PTSP
    assert printed_codes("ptsp/poster.pdf?format=a5&service=nib") == ["ptsp-nib-qr"]
    assert printed_codes("kota/poster.pdf?format=a5") == KOTA
    named = client.get("/kelola/unit/ptsp/poster.pdf?format=a5&service=nib", headers=headers)
    assert named.headers["content-disposition"] == 'attachment; filename="poster-ptsp-nib-a5.pdf"'


def test_programs_get_the_same(client: TestClient, token: Callable[..., dict[str, str]]) -> None:
    headers = token("kota", Role.OPERATOR)

    def get(query: str) -> Any:
        return client.get(f"/api/v1/units/kota/posters.pdf?format=a5{query}", headers=headers)

    assert codes(get("").content) == KOTA
    one = get("&point=cabang-qr")
    assert codes(one.content) == ["cabang-qr"]
    assert one.headers["content-disposition"] == 'attachment; filename="poster-cabang-qr-a5.pdf"'
    own = client.get("/api/v1/units/ptsp/posters.pdf?service=daring", headers=headers)
    assert codes(own.content) == ["ptsp-daring"]


@pytest.mark.parametrize(
    ("table", "code", "values", "left"),
    [
        (Point, "ptsp-nib-qr", {"active": False}, ["ptsp-daring", "ptsp-kios"]),
        (Point, "ptsp-nib-qr", {"tickets": True}, ["ptsp-daring", "ptsp-kios"]),
        (Service, "nib", {"active": False}, ["ptsp-daring", "ptsp-kios"]),
        (Unit, "timur-cabang", {"active": False}, KOTA[:-1]),
    ],
)
def test_what_is_not_open_to_everybody_is_left_out(
    client: TestClient, staff: Callable[..., Any], change: Callable[..., None], table: Any, code: str,
    values: dict[str, Any], left: list[str],
) -> None:  # fmt: skip
    change(table, code, **values)
    unit = "kota" if table is Unit else "ptsp"
    answer = client.get(f"/kelola/unit/{unit}/poster.pdf?format=a5", headers=staff(unit))
    assert codes(answer.content) == left


def test_a_point_where_nothing_is_left_to_choose_is_left_out(
    client: TestClient, staff: Callable[..., Any], change: Callable[..., None]
) -> None:
    for service in ("nib", "daring"):
        change(Service, service, active=False)
    answer = client.get("/kelola/titik/ptsp-kios/poster.pdf", headers=staff("ptsp"))
    assert answer.status_code == 409


def test_nothing_to_print_is_said(
    client: TestClient, staff: Callable[..., Any], token: Callable[..., dict[str, str]]
) -> None:
    page = client.get("/kelola/titik/ptsp-tutup/poster.pdf", headers=staff("ptsp"))
    assert page.status_code == 409
    assert "belum ada titik survei yang terbuka" in page.text
    problem = client.get("/api/v1/units/ptsp/posters.pdf?point=ptsp-tutup", headers=token("ptsp")).json()
    assert (problem["status"], problem["code"]) == (409, "nothing_to_print")


def test_more_than_a_file_holds_is_refused(
    client: TestClient, token: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = token("ptsp")
    monkeypatch.setattr(queries, "POSTERS_MOST", 3)
    assert client.get("/api/v1/units/ptsp/posters.pdf", headers=headers).status_code == 200
    monkeypatch.setattr(queries, "POSTERS_MOST", 2)
    answer = client.get("/api/v1/units/ptsp/posters.pdf", headers=headers | {"Accept-Language": "en"}).json()
    assert (answer["status"], answer["code"]) == (409, "too_many_posters")
    assert answer["detail"].startswith("More than 2 survey points")


@pytest.mark.parametrize(
    "address",
    [
        "/kelola/titik/timur-arsip-qr/poster.pdf",
        "/kelola/titik/tidak-ada/poster.pdf",
        "/kelola/titik/%00/poster.pdf",
        "/kelola/unit/timur/poster.pdf",
        "/kelola/unit/kota/poster.pdf",
        "/kelola/unit/ptsp/poster.pdf?service=arsip",
        "/kelola/unit/ptsp/poster.pdf?service=%00",
    ],
)
def test_outside_ones_units_there_is_nothing(
    client: TestClient, staff: Callable[..., Any], address: str
) -> None:
    assert client.get(address, headers=staff("ptsp", Role.ADMIN)).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "timur/posters.pdf",
        "kota/posters.pdf",
        "ptsp/posters.pdf?point=timur-arsip-qr",
        "ptsp/posters.pdf?point=tidak-ada",
        "ptsp/posters.pdf?point=%00",
        "ptsp/posters.pdf?service=salinan",
    ],
)
def test_programs_too_find_nothing_outside(
    client: TestClient, token: Callable[..., dict[str, str]], address: str
) -> None:
    answer = client.get(f"/api/v1/units/{address}", headers=token("ptsp", Role.ADMIN))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_point_of_another_service_is_nothing_to_print(
    client: TestClient, token: Callable[..., dict[str, str]]
) -> None:
    answer = client.get("/api/v1/units/ptsp/posters.pdf?service=nib&point=ptsp-daring", headers=token("ptsp"))
    assert answer.status_code == 409


def test_the_installations_logo_is_on_it(
    app: FastAPI, client: TestClient, token: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    headers, address = token("ptsp"), "/api/v1/units/ptsp/posters.pdf?point=ptsp-nib-qr"
    without = printed.page(client.get(address, headers=headers).content, 40).pixels
    path = tmp_path / "lambang.svg"
    path.write_text("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 9'><path d='M0 0h8v9z'/></svg>")
    app.state.settings = app.state.settings.model_copy(update={"logo_file": path})
    assert printed.page(client.get(address, headers=headers).content, 40).pixels != without


def test_pages_lead_to_posters(
    client: TestClient, staff: Callable[..., Any], change: Callable[..., None]
) -> None:
    headers = staff("kota", Role.VIEWER)
    for page, below in (
        ("/kelola/titik/ptsp-nib-qr", "/kelola/titik/ptsp-nib-qr"),
        ("/kelola/unit?unit=ptsp", "/kelola/unit/ptsp"),
        ("/kelola/unit?unit=kota", "/kelola/unit/kota"),
    ):
        text = client.get(page, headers=headers).text
        links = {f"{below}/poster.pdf?format={form}" for form in FORMATS}
        assert {link for link in links if f'href="{link}"' in text} == links
        assert all(client.get(link, headers=headers).status_code == 200 for link in links)
    assert "poster.pdf" not in client.get("/kelola/titik/ptsp-tutup", headers=headers).text
