"""Sending the form without a script: stored once, never lost, every fault named and every entry kept."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.errors import Busy
from app.responses.submission import Outcome
from tests.web.markup import Page

Opened = Callable[..., Page]
Filled = Callable[..., dict[str, str]]
Stored = Callable[[], list[dict[str, Any]]]
PROFILE = {"sex": "L", "age": "34", "education": "D1-D4", "occupation": "PETANI", "disability": "false"}
FORM = "/s/ptsp-nib-qr"


def test_from_the_form_to_the_receipt(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored
) -> None:
    fields = filled(opened(FORM), "4", waktu="1", comment="Antreannya lama.\r\nPetugasnya ramah.", **PROFILE)
    sent = browser.post(FORM, data=fields)
    assert sent.status_code == 303
    assert sent.headers["location"] == f"{FORM}/receipt/{fields['id']}"
    assert sent.headers["cache-control"] == "no-store"

    (row,) = stored()
    assert row["id"] == UUID(fields["id"])
    assert row["scores"]["waktu"] == 1
    assert sorted(row["scores"].values()) == [1, 4, 4, 4, 4, 4, 4, 4, 4]
    assert (row["sex"], row["age"], row["education"], row["occupation"]) == ("L", 34, "D1-D4", "PETANI")
    assert row["disability"] is False
    assert row["comment"] == "Antreannya lama.\nPetugasnya ramah."
    assert row["channel"] == "qr"
    assert row["instrument"] == "skm-2017@1"
    assert opened(sent.headers["location"]).text.count("Terima kasih") == 2  # title and heading


def test_the_profile_and_the_comment_may_be_left_out(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored
) -> None:
    fields = filled(opened(FORM))
    assert (fields["age"], fields["comment"]) == ("", "")
    assert browser.post(FORM, data=fields).status_code == 303
    (row,) = stored()
    for name in ("sex", "age", "education", "occupation", "disability", "comment"):
        assert row[name] is None, name


def test_sending_twice_counts_once(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored
) -> None:
    fields = filled(opened(FORM), comment="sekali")
    first, second = browser.post(FORM, data=fields), browser.post(FORM, data=fields)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert len(stored()) == 1


def test_changed_and_sent_again_keeps_the_first_and_shows_no_error(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored
) -> None:
    fields = filled(opened(FORM), "4")
    first = browser.post(FORM, data=fields)
    second = browser.post(FORM, data=fields | {"waktu": "1", "comment": "berubah"})
    assert second.status_code == 303
    assert second.headers["location"] == first.headers["location"]
    (row,) = stored()
    assert row["scores"]["waktu"] == 4
    assert row["comment"] is None


def test_missing_answers_come_back_with_everything_that_was_filled(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored
) -> None:
    comment = "\nBaris satu\nBaris dua  "
    fields = filled(opened(FORM), "2", biaya="4", comment=comment, **PROFILE)
    sent = {name: value for name, value in fields.items() if name not in ("waktu", "perilaku")}
    answer = browser.post(FORM, data=sent | {"comment": comment.replace("\n", "\r\n")})
    assert answer.status_code == 422
    assert answer.headers["cache-control"] == "no-store"
    page = Page(answer.text)
    assert page.fields == sent
    assert "Dua pertanyaan belum dijawab" in page.text
    assert page.title.startswith("Dua pertanyaan belum dijawab")
    assert page.links["3. Seberapa cepat urusan Anda diselesaikan?"] == "#q-waktu-1"
    assert page.links["7. Apakah petugas sopan dan ramah kepada Anda?"] == "#q-perilaku-1"
    assert {"q-waktu-1", "q-perilaku-1"} <= set(page.ids)
    (summary,) = page.having("div", role="alert")
    assert summary["tabindex"] == "-1"
    assert "autofocus" in summary
    assert [found["id"] for found in page.having("fieldset", **{"class": "question wrong"})] == [
        "q-waktu",
        "q-perilaku",
    ]
    assert stored() == []

    completed = browser.post(FORM, data=page.fields | {"waktu": "1", "perilaku": "3"})
    assert completed.status_code == 303
    (row,) = stored()
    assert row["id"] == UUID(fields["id"])
    assert (row["scores"]["biaya"], row["comment"]) == (4, "Baris satu\nBaris dua")


def test_the_other_language_keeps_what_was_filled_in(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored
) -> None:
    """Without a script the switch sends the form, and gets it back in the other language."""
    page = opened("/s/ptsp-kios?service=daring")
    (switch,) = page.having("button", name="switch")
    fields = filled(page, "2", comment="tetap di sini", **PROFILE)
    del fields["biaya"]
    answer = browser.post(switch["formaction"], data=fields | {"switch": "1"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    english = Page(answer.text)
    assert english.language == "en"
    assert english.fields == fields
    assert not english.having("fieldset", **{"class": "question wrong"})
    (back,) = english.having("button", name="switch")
    again = Page(browser.post(back["formaction"], data=english.fields | {"switch": "1"}).text)
    assert again.language == "id"
    assert again.fields == fields
    assert stored() == []
    assert browser.post(again.action, data=again.fields | {"biaya": "1"}).status_code == 303
    assert stored()[0]["id"] == UUID(fields["id"])


def test_one_missing_answer_in_english(browser: TestClient, opened: Opened, filled: Filled) -> None:
    fields = filled(opened(f"{FORM}?lang=en"))
    del fields["sarana"]
    page = Page(browser.post(f"{FORM}?lang=en", data=fields).text)
    assert page.language == "en"
    assert "One question is not answered yet" in page.text
    assert page.links["8. How good are the rooms and equipment?"] == "#q-sarana-1"
    assert page.action == f"{FORM}?kirim=1&lang=en"


def test_an_empty_form(browser: TestClient, stored: Stored) -> None:
    answer = browser.post(FORM)
    assert answer.status_code == 422
    assert "Sembilan pertanyaan belum dijawab" in answer.text
    assert stored() == []


@pytest.mark.parametrize("age", ["121", "-1", "3,5", "tiga", "٣٤", "1e1", "999999"])
def test_an_impossible_age_is_named_and_kept_with_the_profile_open(
    browser: TestClient, opened: Opened, filled: Filled, age: str
) -> None:
    answer = browser.post(FORM, data=filled(opened(FORM), age=age))
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "Satu isian perlu diperbaiki" in page.text
    assert page.fields["age"] == age
    assert page.links[next(text for text in page.links if text.startswith("Umur"))] == "#age"
    assert "open" in page.having("details", **{"class": "fold"})[0]
    assert page.having("input", id="age")[0]["aria-invalid"] == "true"


def test_ages_at_the_bounds_are_stored(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored
) -> None:
    for age in ("0", "120", " 7 "):
        assert browser.post(FORM, data=filled(opened(FORM), age=age)).status_code == 303
    assert sorted(row["age"] for row in stored()) == [0, 7, 120]


@pytest.mark.parametrize("score", ["0", "5", "٣", "3.0", " 3", "tiga"])
def test_a_score_that_the_form_does_not_offer_is_not_an_answer(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored, score: str
) -> None:
    answer = browser.post(FORM, data=filled(opened(FORM), waktu=score))
    assert answer.status_code == 422
    assert "Satu pertanyaan belum dijawab" in answer.text
    assert stored() == []


def test_a_comment_counts_as_the_browser_counts_it(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored
) -> None:
    longest = "a" * 999 + "\r\n" + "b" * 1000  # 2,000 characters for a textarea, one more on the wire
    assert browser.post(FORM, data=filled(opened(FORM), comment=longest)).status_code == 303
    answer = browser.post(FORM, data=filled(opened(FORM), comment=longest + "c"))
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.links["Saran paling panjang 2.000 huruf."] == "#comment"
    assert len(page.fields["comment"]) == 2001
    assert len(stored()) == 1


def test_what_was_written_is_escaped_when_it_comes_back(
    browser: TestClient, opened: Opened, filled: Filled
) -> None:
    attack = '</textarea><script>alert(1)</script>"><img src=x>'
    fields = filled(opened(FORM), comment=attack, age='"><script>', education="<script>", id="<script>")
    answer = browser.post(FORM, data=fields)
    assert answer.status_code == 422
    assert "<script>" not in answer.text
    assert "<img" not in answer.text
    assert Page(answer.text).fields["comment"] == attack


@pytest.mark.parametrize("stripped", [None, "", "1", "x" * 36])
def test_an_answer_without_a_usable_id_is_not_lost(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored, stripped: str | None
) -> None:
    fields = filled(opened(FORM))
    del fields["id"]
    answer = browser.post(FORM, data=fields | ({} if stripped is None else {"id": stripped}))
    assert answer.status_code == 303
    (row,) = stored()
    assert answer.headers["location"] == f"{FORM}/receipt/{row['id']}"


def test_fields_that_the_form_does_not_have_are_ignored(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored
) -> None:
    fields = filled(opened("/s/ptsp-daring"), kompetensi="4", utm_source="x", seconds="1", answered_at="x")
    assert browser.post("/s/ptsp-daring", data=fields).status_code == 303
    (row,) = stored()
    assert "kompetensi" not in row["scores"]
    assert (row["channel"], row["seconds"]) == ("link", None)


def test_the_chosen_service_decides_where_the_answer_is_filed(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored
) -> None:
    fields = filled(opened("/s/ptsp-kios?service=daring"))
    sent = browser.post("/s/ptsp-kios", data=fields)
    assert sent.status_code == 303
    (row,) = stored()
    assert len(row["scores"]) == 7
    receipt = opened(sent.headers["location"])
    assert "Layanan Daring" in receipt.text
    assert receipt.links["Pilih layanannya di sini"] == "/s/ptsp-kios"


@pytest.mark.parametrize(
    ("point", "service"), [("ptsp-kios", ""), ("ptsp-kios", "x"), ("ptsp-nib-qr", "daring")]
)
def test_an_answer_is_never_filed_under_another_service(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored, point: str, service: str
) -> None:
    answer = browser.post(f"/s/{point}", data=filled(opened(FORM), service=service))
    assert answer.status_code == 422
    assert "Penilaian Anda belum terkirim" in answer.text
    assert "Layanan apa yang Anda nilai?" in answer.text
    assert stored() == []


@pytest.mark.parametrize("refusal", ["busy", "rejected"])
def test_when_it_cannot_be_stored_the_form_comes_back_complete(
    app: FastAPI,
    browser: TestClient,
    opened: Opened,
    filled: Filled,
    monkeypatch: pytest.MonkeyPatch,
    refusal: str,
) -> None:
    async def refuse(_submission: object) -> Outcome:
        if refusal == "busy":
            raise Busy
        return Outcome.REJECTED

    fields = filled(opened(FORM), "1", comment="tetap di sini", **PROFILE)
    with monkeypatch.context() as patched:
        patched.setattr(app.state.reception.intake, "submit", refuse)
        answer = browser.post(FORM, data=fields)
    assert answer.status_code == (503 if refusal == "busy" else 422)
    assert ("retry-after" in answer.headers) is (refusal == "busy")
    page = Page(answer.text)
    assert "Penilaian Anda belum terkirim" in page.text
    assert "Tidak ada yang hilang" in page.text
    assert page.fields == fields
    assert not page.having("fieldset", **{"class": "question wrong"})
    assert browser.post(FORM, data=page.fields).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://jahat.example"}],
)
def test_another_site_cannot_send_the_form(
    browser: TestClient, opened: Opened, filled: Filled, stored: Stored, headers: dict[str, str]
) -> None:
    fields = filled(opened(FORM))
    assert browser.post(FORM, data=fields, headers=headers).status_code == 403
    assert stored() == []
    assert browser.post(FORM, data=fields, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_sending_to_unknown_and_closed_points(browser: TestClient, opened: Opened, filled: Filled) -> None:
    fields = filled(opened(FORM))
    assert browser.post("/s/tidak-ada", data=fields).status_code == 404
    closed = browser.post("/s/ptsp-tutup", data=fields)
    assert closed.status_code == 410
    assert "Survei ini sudah ditutup" in closed.text


def test_a_file_or_json_is_no_form(browser: TestClient, stored: Stored) -> None:
    assert browser.post(FORM, json={"waktu": "3"}).status_code == 422
    upload = browser.post(FORM, files={"waktu": ("x.txt", b"3")})
    assert upload.status_code == 422
    assert "Sembilan pertanyaan belum dijawab" in upload.text
    assert stored() == []
