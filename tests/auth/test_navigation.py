"""The header offers what would open, and somebody without a role is told what to do."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from app.audit.service import SYSTEM
from app.auth.principal import Holding, Principal
from app.auth.roles import Role
from app.auth.staff_pages import places_for
from app.auth.tables import User

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Person = Callable[..., User]
Headers = Callable[..., dict[str, str]]


def test_a_wide_bar_holds_ten_places_and_a_menu_the_rest() -> None:
    def tiers(role: Role) -> list[int]:
        return [one.tier for one in places_for(Principal(SYSTEM, (Holding(role, 1, True),)))]

    # Fourteen places of an administrator: one on a phone, five on a tablet, nine on a desk, five in its menu.
    assert tiers(Role.ADMIN) == [1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4]
    # Ten of an evaluator all stand in the bar of a desk: no menu for one.
    assert tiers(Role.EVALUATOR) == [1, 2, 2, 2, 2, 3, 3, 3, 3, 3]
    assert tiers(Role.OPERATOR) == [1, 2, 2]


def offered(client: TestClient, headers: dict[str, str]) -> list[str]:
    """The addresses in the navigation."""
    html = client.get("/petugas", headers=headers).text
    navigation = html.partition('<nav class="staff-nav"')[2].partition("</nav>")[0]
    return [part.partition('"')[0] for part in navigation.split('href="')[1:]]


@pytest.mark.parametrize(
    ("grants", "is_offered"),
    [
        ((("kota", Role.ADMIN),), True),
        ((("ptsp", Role.ADMIN),), False),
        ((("ptsp", Role.ADMIN), ("kota", Role.EVALUATOR)), False),
        ((("kota", Role.UNIT_HEAD),), False),
        ((("ptsp", Role.VIEWER), ("kota", Role.ADMIN)), True),
    ],
)
def test_the_system_is_offered_to_those_whom_it_lets_in(
    client: TestClient,
    person: Person,
    signed_in: Headers,
    grants: tuple[tuple[str, Role], ...],
    is_offered: bool,
) -> None:
    headers = signed_in(person("ani", *grants))
    assert ("/kelola/sistem" in offered(client, headers)) is is_offered
    assert client.get("/kelola/sistem", headers=headers).status_code == (200 if is_offered else 403)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("unit", ["kota", "ptsp"])
def test_whatever_is_offered_opens(
    client: TestClient, person: Person, signed_in: Headers, role: Role, unit: str
) -> None:
    headers = signed_in(person("ani", (unit, role)))
    places = offered(client, headers)
    assert "/petugas" in places
    assert {place: client.get(place, headers=headers).status_code for place in places} == dict.fromkeys(
        places, 200
    )


@pytest.mark.parametrize("address", ["/petugas", "/kelola/unit"])
def test_somebody_without_a_role_reads_what_to_do(
    client: TestClient, person: Person, signed_in: Headers, address: str
) -> None:
    headers = signed_in(person("ani"))
    led = client.get(address, headers=headers, follow_redirects=False)
    assert (led.status_code, led.headers["location"].partition("?")[0]) == (303, "/akun")
    page = client.get(led.headers["location"], headers=headers)
    assert page.status_code == 200
    assert "belum atau tidak lagi punya peran di unit mana pun" in page.text
    assert "Hubungi administrator unit Anda" in page.text
    assert "staff-nav" not in page.text
    assert 'action="/keluar"' in page.text
    program = client.get(address, headers={**headers, "Accept": "application/json"})
    assert (program.status_code, program.json()["code"]) == (403, "forbidden")


def test_somebody_with_a_role_reads_no_such_thing(
    client: TestClient, person: Person, signed_in: Headers
) -> None:
    headers = signed_in(person("ani", ("ptsp", Role.VIEWER)))
    assert "Hubungi administrator" not in client.get("/akun", headers=headers).text
