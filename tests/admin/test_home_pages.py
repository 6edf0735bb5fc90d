"""`/petugas`: the figures of the API in the words of a page, for what one holds and nothing else."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from app.admin import overview
from app.admin.overview import Scale
from app.aggregation.period_picker import current, kind_of, picker
from app.auth.roles import Role
from app.auth.tables import User
from app.core.db import Database
from app.ikm.periods import parse
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Person = Callable[..., User]
SignedIn = Callable[..., dict[str, str]]
Token = Callable[..., dict[str, str]]
Rows = list[tuple[str, ...]]


@pytest.fixture
def answered(client: TestClient, body: Callable[..., dict[str, Any]]) -> TestClient:
    """Answers of October 2026: at `ptsp` all fours, at `timur` threes and one two; nobody at `timur-cabang`."""
    given = [("ptsp-nib-qr", 4), ("ptsp-nib-qr", 4), *[("timur-arsip-qr", score) for score in (3, 3, 2)]]
    for point, score in given:
        assert client.post("/api/v1/responses", json=body(score, point=point)).status_code == 201
    return client


def home(client: TestClient, headers: dict[str, str], query: str = "", status: int = 200) -> Page:
    answer = client.get(f"/petugas{query}", headers=headers)
    assert answer.status_code == status, answer.text
    return Page(answer.text)


def table(page: Page) -> Rows:
    """The rows of the table under the picture: rank, unit, IKM, category, interval, respondents."""
    found = re.search(r"<tbody>(.*?)</tbody>", page.html, re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", found.group(1), re.DOTALL) if found else []
    return [tuple(re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)) for row in rows]


def test_the_figures_are_those_of_the_api(
    answered: TestClient, person: Person, signed_in: SignedIn, token: Token
) -> None:
    found = home(answered, signed_in(person("ani", ("kota", Role.EVALUATOR))))
    # Two hundreds, and three respondents with means 3, 3 and 2: 8/3 x 25 = 66.67.
    assert [row[:4] for row in table(found)] == [
        ("1", "Pelayanan Terpadu", "100,00", "A Sangat baik"),
        ("2", "Kantor Timur", "66,67", "C Kurang baik"),
    ]
    assert [row[5] for row in table(found)] == ["2", "3"]
    told = answered.get("/api/v1/ikm?under=kota&period=2026-Q4", headers=token()).json()
    for unit, row in zip(told["units"], table(found), strict=True):
        bounds = unit["interval"] and [f"{unit['interval'][bound]:.2f}" for bound in ("low", "high")]
        assert row[2] == f"{unit['ikm']:.2f}".replace(".", ",")
        assert row[4] == ("–".join(bounds).replace(".", ",") if bounds else "Belum ada")
    assert told["units"][1]["interval"]
    whole = told["government"][0]
    assert f"{whole['ikm']:.2f}".replace(".", ",") in found.text
    assert "2 dari 3 unit" in found.text
    assert "1 unit belum dinilai siapa pun pada Triwulan IV 2026." in found.text
    assert "Cabang Kantor Timur" in found.text


def test_one_sees_the_units_that_one_holds_and_what_lies_below(
    answered: TestClient, person: Person, signed_in: SignedIn
) -> None:
    found = home(answered, signed_in(person("ani", ("timur", Role.UNIT_HEAD), home="timur")))
    assert "IKM Kantor Timur, Triwulan IV 2026" in found.text
    assert "66,67" in found.text
    assert "Kepala unit di Kantor Timur" in found.text
    assert "Pelayanan Terpadu" not in found.text
    assert "Kota Uji" not in found.text


def test_several_units_held_apart_are_ranked_together(
    answered: TestClient, person: Person, signed_in: SignedIn
) -> None:
    holdings = (("ptsp", Role.VIEWER), ("timur", Role.UNIT_HEAD), ("timur-cabang", Role.VIEWER))
    found = home(answered, signed_in(person("ani", *holdings)))
    assert [row[:3] for row in table(found)] == [
        ("1", "Pelayanan Terpadu", "100,00"),
        ("2", "Kantor Timur", "66,67"),
    ]
    assert "Cabang Kantor Timur" in found.text
    assert not found.having("section", **{"aria-labelledby": "hasil-1"})


def test_an_operator_gets_the_open_points_and_no_figure(
    answered: TestClient, person: Person, signed_in: SignedIn
) -> None:
    found = home(answered, signed_in(person("ani", ("ptsp", Role.OPERATOR), home="ptsp")))
    doors = sorted(href for href in found.links.values() if href.startswith("/s/"))
    assert doors == ["/s/ptsp-daring", "/s/ptsp-kios", "/s/ptsp-nib-qr"]
    assert "100,00" not in found.text
    assert "Pelayanan Terpadu, warga memilih layanan" in found.text
    both = home(answered, signed_in(person("budi", ("ptsp", Role.OPERATOR), ("timur", Role.VIEWER))))
    assert "66,67" in both.text
    assert "Sangat baik" not in both.text
    assert "/s/timur-arsip-qr" not in both.links.values()


def test_an_empty_period_says_what_to_do(answered: TestClient, person: Person, signed_in: SignedIn) -> None:
    found = home(answered, signed_in(person("ani", ("kota", Role.ADMIN))), "?period=2026-Q3")
    assert "Belum ada jawaban pada Triwulan III 2026" in found.text
    assert found.links["Lihat Triwulan II 2026"] == "?period=2026-Q2"
    assert found.links["Buka unit dan titik"] == "/kelola/unit"
    closed = home(answered, signed_in(person("budi", ("timur-cabang", Role.OPERATOR))), "?period=2026-10")
    assert "/s/cabang-qr" in closed.links.values()


def test_pages_of_the_ranking(
    answered: TestClient, person: Person, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "PAGE", 1)
    headers = signed_in(person("ani", ("kota", Role.VIEWER)))
    first = home(answered, headers)
    assert [row[1] for row in table(first)] == ["Pelayanan Terpadu"]
    second = home(answered, headers, first.links["Berikutnya"])
    assert [row[:2] for row in table(second)] == [("2", "Kantor Timur")]
    assert "Berikutnya" not in second.links
    assert second.links["Sebelumnya"] == "?period=2026-Q4&page=1"
    assert table(home(answered, headers, "?page=9")) == []


@pytest.mark.parametrize("period", ["2026-Q5", "x", "2026-07-17..2026-09-15", "1999", "\0"])
def test_other_periods_are_refused(
    client: TestClient, person: Person, signed_in: SignedIn, period: str
) -> None:
    headers = signed_in(person("ani", ("kota", Role.VIEWER)))
    assert client.get("/petugas", params={"period": period}, headers=headers).status_code == 422


def test_no_figure_counts_single_answers(
    answered: TestClient, person: Person, signed_in: SignedIn, city: Database
) -> None:
    """Whatever the number of answers: months are read from tallies and totals."""
    headers, statements = signed_in(person("ani", ("kota", Role.EVALUATOR))), []
    engine = answered.app.state.database.engine  # type: ignore[attr-defined]

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    for period in ("2026-Q4", "2026-10", "2026-S2", "2026"):
        home(answered, headers, f"?period={period}")
    event.remove(engine, "before_cursor_execute", note)
    assert [one for one in statements if re.search(r"(FROM|JOIN) (response|comment)\b", one)] == []
    assert any("FROM tally" in one for one in statements)


def test_the_page_speaks_english(answered: TestClient, person: Person, signed_in: SignedIn) -> None:
    found = home(answered, signed_in(person("ani", ("kota", Role.EVALUATOR))), "?lang=en")
    assert "Welcome, Ani" in found.text
    assert "IKM of Kota Uji, Quarter IV 2026" in found.text
    assert table(found)[0][2] == "100.00"


def test_the_picker_leads_to_periods_of_every_kind() -> None:
    found = picker(parse("2026-Q3"), date(2026, 10, 15), "id")
    assert found.tabs == (
        ("Bulan", "2026-09", False),
        ("Triwulan", "2026-Q3", True),
        ("Semester", "2026-S2", False),
        ("Tahun", "2026", False),
    )
    assert (found.before and found.before.code, found.after and found.after.code) == ("2026-Q2", "2026-Q4")
    running = picker(parse("2026-Q4"), date(2026, 10, 15), "id")
    assert [code for _, code, _ in running.tabs] == ["2026-10", "2026-Q4", "2026-S2", "2026"]
    assert running.after is None
    first = picker(parse("2000"), date(2026, 10, 15), "en")
    assert first.before is None
    assert picker(parse("2026-10"), date(2026, 10, 15), "en").period.name == "October 2026"


def test_kinds_of_periods() -> None:
    codes = ("2026-10", "2026-Q1", "2026-S1", "2026", "2026-01-01..2026-03-31")
    assert [kind_of(parse(code)) for code in codes] == ["month", "quarter", "semester", "year", None]
    assert current("quarter", date(2026, 12, 31)).code == "2026-Q4"


def test_places_in_the_picture_stay_inside() -> None:
    scale = Scale(Decimal(60))
    values = [Decimal(text) for text in ("59.99", "60", "70", "100", "100.5")]
    assert [scale.at(value) for value in values] == [Decimal(text) for text in ("0", "0", "25", "100", "100")]
