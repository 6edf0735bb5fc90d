"""Panels of a unit's page: each says what its package knows, to whom it may, and nothing where there is nothing."""

import re
from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from app.auth.roles import Role
from app.dashboard.panels import PANELS
from app.web.templating import TEMPLATES
from tests.dashboard.conftest import Look, Person, SignedIn

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

UNIT = "/petugas/unit/ptsp"


def sections(html: str) -> set[str]:
    return set(re.findall(r'<section class="section" aria-labelledby="([^"]+)"', html))


def test_every_panel_has_its_template() -> None:
    assert {one.name for one in PANELS} == {path.stem for path in (TEMPLATES / "staff" / "panels").iterdir()}


def test_without_anything_to_say_there_is_no_panel(look: Look, person: Person, signed_in: SignedIn) -> None:
    viewer = signed_in(person("vina", ("ptsp", Role.VIEWER), home="ptsp"))
    found = sections(look(f"{UNIT}?period=2026-Q4", viewer).html)
    assert found.isdisjoint({"rencana", "masukan", "tindak-lanjut", "terbitan"})
    assert {"unsur", "perjalanan", "sebaran", "penjawab", "cara"} <= found


def test_comments_for_those_who_may_read_them(
    look: Look, answered: TestClient, body: Callable[..., Any], person: Person, signed_in: SignedIn
) -> None:
    sent = answered.post("/api/v1/responses", json=body(3, comment="Antreannya lama sekali hari ini."))
    assert sent.status_code == 201
    page = look(f"{UNIT}?period=2026-Q4")
    assert "1 masukan, 1 belum dibaca." in page.text
    assert page.links["Baca masukan"] == f"{UNIT}/komentar?period=2026-Q4"
    assert "Antreannya" not in page.text
    viewer = signed_in(person("vina", ("ptsp", Role.VIEWER), home="ptsp"))
    assert "masukan" not in sections(look(f"{UNIT}?period=2026-Q4", viewer).html)
    assert "masukan" not in sections(look(f"{UNIT}?period=2026-Q3").html)


def test_a_head_is_led_to_plan_a_follow_up(look: Look, person: Person, signed_in: SignedIn) -> None:
    head = signed_in(person("hana", ("ptsp", Role.UNIT_HEAD), home="ptsp"))
    page = look(f"{UNIT}?period=2026-Q4", head)
    assert "Belum ada tindak lanjut. Mulailah dari unsur yang terendah." in page.text
    assert page.links["Rencanakan tindak lanjut"] == f"{UNIT}/tindak-lanjut/baru"
    assert "tindak-lanjut" not in sections(look(f"{UNIT}/layanan/nib?period=2026-Q4", head).html)


def test_a_period_that_is_over_waits_for_its_publication(look: Look) -> None:
    page = look(f"{UNIT}?period=2026-Q3")
    assert "Hasil periode ini belum terbit." in page.text
    assert page.links["Buka publikasi unit ini"] == f"{UNIT}/publikasi?period=2026-Q3"


def test_a_plan_gives_the_target(
    look: Look, answered: TestClient, token: Callable[..., dict[str, str]]
) -> None:
    plan = {"population": 100, "method": "krejcie_morgan_table"}
    sent = answered.put("/api/v1/units/ptsp/plans/2026-Q4", json=plan, headers=token("ptsp", Role.ADMIN))
    assert sent.status_code < 300, sent.text
    page = look(f"{UNIT}?period=2026-Q4")
    # Krejcie and Morgan: 80 of 100; four answers are 5 %.
    assert "Responden 4 dari target 80" in page.text
    assert "4 / 80" in page.text
    assert "rencana" in sections(page.html)
