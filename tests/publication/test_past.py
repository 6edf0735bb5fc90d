"""The line over what a unit published: frozen figures, cut where they cannot be compared."""

from starlette.testclient import TestClient

from tests.conftest import ELEMENTS
from tests.publication.conftest import Answered, Issued

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

ONLINE = tuple(key for key in ELEMENTS if key not in ("kompetensi", "perilaku"))
SECTION = 'aria-labelledby="perjalanan"'


def line(client: TestClient, address: str) -> str:
    """The section of the page, empty where there is none."""
    text = client.get(address).text
    return text.split(SECTION)[1].split("</section>")[0] if SECTION in text else ""


def test_what_cannot_be_compared_is_not_joined(
    client: TestClient, answered: Answered, issued: Issued
) -> None:
    answered(7, 2, point="ptsp-daring", elements=ONLINE, at="2026-02-20T02:00:00Z")
    issued(period="2026-Q1")
    assert line(client, "/ikm/ptsp") == ""  # one figure is no line
    answered(7, 3)
    issued()
    found = line(client, "/ikm/ptsp")
    # 25 x 2 and 25 x 3; nobody answered in the second quarter, and seven elements are not nine
    for words in ("50,00", "75,00", "Unsur berganti", "Triwulan III 2026: Unsur yang ditanyakan tidak sama."):
        assert words in found, words
    assert 'class="line"' not in found
    assert found.split("Triwulan II 2026</th>")[1].split("</tr>")[0].count("–") == 4
    assert line(client, "/ikm/ptsp/terbitan/SKM-kota-2026-0001") == ""  # what came later is not its past


def test_a_correction_takes_the_place_of_what_it_corrects(
    client: TestClient, answered: Answered, issued: Issued
) -> None:
    answered(6, 2, at="2026-05-20T02:00:00Z")
    old = issued(period="2026-Q2")
    answered(6, 4, at="2026-05-21T02:00:00Z")
    issued(period="2026-Q2", replaces=old.number)
    answered(6, 4)
    issued()
    found = line(client, "/ikm/ptsp")
    assert 'class="line"' in found
    assert "75,00" in found  # six of 50 and six of 100
    assert "50,00" not in found
    assert "Mengapa garisnya terputus?" not in found
