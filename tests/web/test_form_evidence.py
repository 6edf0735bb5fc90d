"""What the form carries beside the answers, without a script: its token, a trap for programs, what was covered."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.core.db import Database
from app.units.service import count_change
from app.units.tables import Point
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # what a browser sends and keeps: no database decides it

Opened = Callable[..., Page]
Filled = Callable[..., dict[str, str]]
Stored = Callable[[], list[dict[str, Any]]]
FORM = "/s/ptsp-nib-qr"


def test_the_page_signs_and_a_program_does_not(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored
) -> None:
    signed = filled(opened(FORM), waktu="1")
    unsigned = filled(opened(FORM), waktu="1") | {"page": ""}
    foreign = filled(opened(FORM), waktu="1") | {"page": opened("/s/ptsp-daring").fields["page"]}
    without = {name: value for name, value in filled(opened(FORM), waktu="1").items() if name != "page"}
    for fields in (signed, unsigned, foreign, without):
        assert browser.post(FORM, data=fields).status_code == 303
    flags = {str(row["id"]): row["flags"] for row in stored()}
    assert flags[signed["id"]] == ["fast"]  # the clock of these tests stands still
    assert flags[unsigned["id"]] == flags[foreign["id"]] == flags[without["id"]] == ["unsigned"]


def test_the_first_page_s_token_stays_through_faults_and_languages(
    browser: TestClient, opened: Opened, filled: Filled
) -> None:
    """Whoever mends a fault in two seconds has not answered in two seconds."""
    begun = f"{'0' * 7}1{'a' * 20}"
    fields = filled(opened(FORM)) | {"page": begun}
    other = Page(browser.post(f"{FORM}?lang=en", data=fields | {"switch": "1"}).text)
    assert other.fields["page"] == begun
    del fields["waktu"]
    assert Page(browser.post(FORM, data=fields).text).fields["page"] == begun


def test_a_field_for_programs_is_offered_to_nobody_else(opened: Opened) -> None:
    page = opened(FORM)
    (field,) = page.having("input", name="website")
    assert (field["tabindex"], field["autocomplete"], field["value"]) == ("-1", "off", "")
    (around,) = page.having("p", **{"class": "spare"})
    assert around["aria-hidden"] == "true"
    assert "Biarkan kosong" in page.text  # for whoever reads the page without its sheet


def test_whoever_fills_it_in_is_stored_with_a_flag(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored
) -> None:
    fields = filled(opened(FORM), website="https://contoh.example/", waktu="1")
    incomplete = {name: value for name, value in fields.items() if name != "biaya"}
    again = Page(browser.post(FORM, data=incomplete).text)
    assert again.fields["website"] == "https://contoh.example/"
    sent = browser.post(FORM, data=again.fields | {"biaya": "4"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{FORM}/receipt/{fields['id']}")
    (row,) = stored()
    assert "trapped" in row["flags"]
    assert (row["state"], row["scores"]["biaya"]) == ("counted", 4)


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_was_covered_is_said_after_it_is_stored(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored, language: str
) -> None:
    """Never before: an answer that comes back with a question may be an answer that never comes again."""
    address = f"{FORM}?lang={language}"
    fields = filled(opened(address), comment="Telepon saya 081234567890, terima kasih")
    sent = browser.post(address, data=fields)
    assert sent.status_code == 303
    assert sent.headers["location"].endswith("#tertutup")
    assert stored()[0]["comment"] == f"Telepon saya {'█' * 12}, terima kasih"
    receipt = opened(sent.headers["location"])
    assert {"id": "Sebagian saran Anda kami tutup", "en": "We covered part of your suggestion"}[
        language
    ] in receipt.text
    assert "tertutup" in receipt.ids
    plain = browser.post(address, data=filled(opened(address), comment="Terima kasih"))
    assert "#" not in plain.headers["location"]
    assert "tertutup" not in opened(FORM).ids


def test_only_where_a_point_asks_for_work_its_script_is_fetched(city: Database, opened: Opened) -> None:
    usual = opened(FORM)
    assert len(usual.having("script")) == 1
    assert "proof" not in usual.fields
    with city.write() as session:
        session.exec(select(Point).where(Point.code == "ptsp-daring")).one().proof_of_work = True
        count_change(session)
    asking = opened("/s/ptsp-daring")
    assert [one["src"].rpartition("/")[2].partition(".")[0] for one in asking.having("script")] == [
        *("citizen", "proof")
    ]
    assert asking.fields["proof"] == ""


def test_without_a_script_the_work_is_missed_and_the_answer_stored(
    city: Database, browser: TestClient, opened: Opened, filled: Filled, stored: Stored
) -> None:
    with city.write() as session:
        session.exec(select(Point).where(Point.code == "ptsp-nib-qr")).one().proof_of_work = True
        count_change(session)
    assert browser.post(FORM, data=filled(opened(FORM), waktu="1")).status_code == 303
    assert stored()[0]["flags"] == ["fast", "unproven"]
