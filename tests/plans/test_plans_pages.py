"""The pages of plans: a calculator before anything is stored, kept input, quotas, never over somebody else's."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.core.db import Database
from app.plans.tables import Plan
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Headers = dict[str, str]
PAGE = "/petugas/unit/ptsp/rencana"
FORM = {
    "period": "2026-Q4",
    "service": "nib",
    "first_day": "",
    "last_day": "",
    "population": "",
    "method": "krejcie_morgan_table",
    "margin": "5",
    "confidence": "95",
    "target": "",
    "note": "Menurut buku tamu",
}


@pytest.fixture
def head(staff: Callable[..., Headers]) -> Headers:
    """The browser of the head of `ptsp`."""
    return staff("ptsp", Role.UNIT_HEAD)


def plans(city: Database) -> list[Plan]:
    with city.read() as session:
        return list(session.exec(select(Plan)))


def test_the_calculator_shows_every_method_and_stores_nothing(
    desk: TestClient, head: Headers, city: Database
) -> None:
    asked = {**FORM, "population": "1.105", "method": "cochran", "margin": "10", "confidence": "90"}
    answer = desk.get(f"{PAGE}/baru", params=asked, headers=head)
    assert answer.status_code == 200
    table = answer.text[answer.text.index('class="calculator"') :]
    for size in ("291", "285", "64", "baris N = 1.200", "Cochran, galat 10%, keyakinan 90%"):
        assert size in table
    fields = Page(answer.text).fields
    assert (fields["population"], fields["margin"], fields["note"]) == ("1.105", "10", FORM["note"])
    assert plans(city) == []


def test_a_plan_is_made_and_shown_with_its_source(
    desk: TestClient, head: Headers, city: Database, recorded: Callable[..., list[AuditEntry]]
) -> None:
    assert "1.106" in desk.get(f"{PAGE}/baru?service=nib", headers=head).text  # what the registry knows
    answer = desk.post(f"{PAGE}/baru", data=FORM, headers=head)
    (plan,) = plans(city)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{PAGE}/{plan.id}?kabar=disimpan"
    assert (plan.target, plan.population, plan.population_origin) == (291, 1106, "registry")
    shown = desk.get(answer.headers["location"], headers=head).text
    for text in (
        "Rencana disimpan.",
        "Tabel Krejcie dan Morgan",
        "dari registri",
        "Menurut buku tamu",
        "dipakai",
    ):
        assert text in shown
    assert "Triwulan IV 2026" in desk.get(PAGE, headers=head).text
    assert [entry.action for entry in recorded("plan.")] == ["plan.added"]
    assert "buku tamu" not in str(recorded("plan.")[0].details)


def test_a_refused_form_keeps_what_was_typed(desk: TestClient, head: Headers, city: Database) -> None:
    wrong = {**FORM, "population": "banyak", "last_day": "2026-11-31", "method": "cochran", "margin": "lima"}
    answer = desk.post(f"{PAGE}/baru", data=wrong, headers=head)
    assert answer.status_code == 422
    fields = Page(answer.text).fields
    for name in ("population", "last_day", "margin", "note"):
        assert fields[name] == wrong[name]
    for text in ("Isi dengan bilangan bulat", "Tanggal ini tidak ada", "Batas galat ditulis dalam persen"):
        assert text in answer.text
    assert plans(city) == []


def test_the_same_period_twice_is_refused(desk: TestClient, head: Headers, city: Database) -> None:
    desk.post(f"{PAGE}/baru", data=FORM, headers=head)
    answer = desk.post(f"{PAGE}/baru", data={**FORM, "population": "90"}, headers=head)
    assert answer.status_code == 409
    assert "sudah ada rencana" in answer.text
    assert [plan.population for plan in plans(city)] == [1106]


def test_a_form_opened_before_somebody_else_changed_it_is_refused(
    desk: TestClient, head: Headers, city: Database
) -> None:
    desk.post(f"{PAGE}/baru", data=FORM, headers=head)
    (plan,) = plans(city)
    form = Page(desk.get(f"{PAGE}/{plan.id}/ubah", headers=head).text).fields
    assert (form["versi"], form["period"], form["population"]) == ("1", "2026-Q4", "")
    first = desk.post(
        f"{PAGE}/{plan.id}/ubah",
        data={**FORM, "versi": "1", "method": "krejcie_morgan_formula"},
        headers=head,
    )
    assert first.status_code == 303
    late = desk.post(
        f"{PAGE}/{plan.id}/ubah",
        data={**FORM, "versi": "1", "note": "Lain", "method": "cochran"},
        headers=head,
    )
    assert late.status_code == 409
    assert "sudah diubah orang lain" in late.text
    assert Page(late.text).fields["note"] == "Lain"
    (kept,) = plans(city)
    assert (kept.method, kept.version) == ("krejcie_morgan_formula", 2)


def test_a_plan_is_removed_only_as_it_was_seen(
    desk: TestClient, head: Headers, city: Database, recorded: Callable[..., list[AuditEntry]]
) -> None:
    desk.post(f"{PAGE}/baru", data=FORM, headers=head)
    (plan,) = plans(city)
    stale = desk.post(f"{PAGE}/{plan.id}/hapus", data={"versi": "7"}, headers=head)
    assert stale.headers["location"].endswith("kabar=berubah")
    assert len(plans(city)) == 1
    answer = desk.post(f"{PAGE}/{plan.id}/hapus", data={"versi": "1"}, headers=head)
    assert answer.headers["location"] == f"{PAGE}?tahun=2026&kabar=dihapus"
    assert plans(city) == []
    assert [entry.action for entry in recorded("plan.")] == ["plan.added", "plan.removed"]
    assert desk.get(f"{PAGE}/{plan.id}", headers=head).status_code == 404


def test_the_page_warns_and_shows_where_answers_come_from(
    desk: TestClient, head: Headers, answered: Callable[..., None], city: Database
) -> None:
    for number in range(14):
        answered(date(2026, 10, 14) - timedelta(days=number), 1, point="ptsp-kios", service="nib")
    desk.post(f"{PAGE}/baru", data=FORM, headers=head)
    (plan,) = plans(city)
    overview = desk.get(PAGE, headers=head).text
    assert "1 rencana tidak akan tercapai" in overview
    assert "Masih kurang 277 jawaban: perlu 4 setiap hari." in overview  # 291 - 14, on 78 days
    shown = desk.get(f"{PAGE}/{plan.id}", headers=head).text
    assert "14 / 291" in shown
    rows = Page(shown).text
    assert "Kios" in rows
    assert "Kode QR" not in rows


def test_readers_see_no_buttons_and_operators_nothing(
    desk: TestClient, head: Headers, staff: Callable[..., Headers]
) -> None:
    desk.post(f"{PAGE}/baru", data=FORM, headers=head)
    reader = desk.get(PAGE, headers=staff("ptsp", Role.EVALUATOR)).text
    assert "/rencana/baru" not in reader
    assert "/rencana/baru" in desk.get(PAGE, headers=head).text
    assert desk.get(PAGE, headers=staff("ptsp", Role.OPERATOR)).status_code == 403
    assert desk.get(PAGE, headers=staff("timur", Role.ADMIN)).status_code == 404


def test_the_page_reads_in_english(desk: TestClient, head: Headers) -> None:
    answer = desk.get(f"{PAGE}/baru?lang=en", headers=head)
    assert "How to determine the number of respondents" in answer.text
