"""The inbox on screen: newest first, in portions, sifted, counted; who may read it, and that this is recorded."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.comments import pages, queries
from app.core.db import Database
from app.responses.exclusion import set_state
from app.responses.tables import Comment
from tests.comments.conftest import Headers

PAGE = "/petugas/unit/ptsp/komentar?period=2026-Q4"
Write = Callable[..., UUID]


def quotes(page: str) -> list[str]:
    return re.findall(r"<blockquote>“(.*?)”</blockquote>", page)


def following(page: str) -> str | None:
    """The address behind the button at the end of a portion."""
    onward = re.search(r'href="([^"]*)">Tampilkan berikutnya', page)
    return "/petugas/unit/ptsp/komentar" + onward.group(1).replace("&amp;", "&") if onward else None


def test_newest_first_with_what_they_are_about(
    desk: TestClient, staff: Callable[..., Headers], write: Write
) -> None:
    write("Yang lama", day="2026-10-01", waktu=1)
    write("Yang baru", day="2026-10-09")
    write("Triwulan lalu", day="2026-09-30")
    found = desk.get(PAGE, headers=staff()).text
    assert quotes(found) == ["Yang baru", "Yang lama"]
    assert "Penerbitan NIB, 1 Oktober 2026, kode QR. Nilai terendah 1 dari 4: Waktu Penyelesaian." in found
    assert found.count("Nilai terendah 1") == 1
    assert "Semua <b>2</b>" in found
    assert "Baru <b>2</b>" in found
    assert "Triwulan lalu" in desk.get(PAGE.replace("Q4", "Q3"), headers=staff("kota")).text


def test_portions_by_key(
    desk: TestClient, staff: Callable[..., Headers], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PORTION", 2)
    for number in range(5):
        write(f"Nomor {number}", day="2026-10-05")
    head, address, seen = staff(), PAGE, []
    for _ in range(3):
        found = desk.get(address, headers=head).text
        seen += quotes(found)
        address = following(found) or ""
    assert sorted(seen) == [f"Nomor {number}" for number in range(5)]
    assert address == ""
    assert "Kembali ke atas" in found


def test_a_search_gets_past_a_crowded_day(
    desk: TestClient, staff: Callable[..., Headers], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LOOKED_AT", 2)
    write("Jarum di bawah", day="2026-10-01")
    for _ in range(4):
        write("Jerami", day="2026-10-05")
    head, address, found = staff(), f"{PAGE}&q=jarum", ""
    for _ in range(3):
        found = desk.get(address, headers=head).text
        if quotes(found):
            break
        address = following(found) or ""
    assert quotes(found) == ["Jarum di bawah"]


def test_a_search_is_bounded_and_goes_on(
    desk: TestClient, staff: Callable[..., Headers], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LOOKED_AT", 2)
    write("Jarum di bawah", day="2026-10-01")
    for day in ("2026-10-04", "2026-10-05", "2026-10-06"):
        write("Jerami", day=day)
    head = staff()
    found = desk.get(f"{PAGE}&q=JARUM", headers=head).text
    assert quotes(found) == []
    assert "Dicari sampai 5 Oktober 2026; yang lebih lama belum dilihat." in found
    more = desk.get(following(found) or "", headers=head).text
    assert quotes(more) == ["Jarum di bawah"]


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("q=loket+antre", ["Antre di loket dua"]),
        ("q=100%25", ["Puas 100%"]),
        ("q=_", []),
        ("service=nib", ["Puas 100%", "Antre di loket dua"]),
        ("service=daring", ["Mudah dari rumah"]),
        ("order=lowest", ["Antre di loket dua", "Mudah dari rumah", "Puas 100%"]),
        ("state=done", []),
        ("published=1", []),
        ("topic=-", ["Puas 100%", "Mudah dari rumah", "Antre di loket dua"]),
    ],
)
def test_sifting(
    desk: TestClient, staff: Callable[..., Headers], write: Write, asked: str, left: list[str]
) -> None:
    write("Antre di loket dua", day="2026-10-01", score=1)
    write("Puas 100%", day="2026-10-03", score=4)
    _online(desk, "Mudah dari rumah", 2)
    assert quotes(desk.get(f"{PAGE}&{asked}", headers=staff()).text) == left


def _online(desk: TestClient, text: str, score: int) -> None:
    keys = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "sarana", "pengaduan")
    answer = {
        "id": "0197f3a2-6f0c-7cc1-9d55-1a2b3c4d5e6f",
        "point": "ptsp-daring",
        "scores": dict.fromkeys(keys, score),
        "comment": text,
        "answered_at": "2026-10-02T09:00:00+08:00",
    }
    assert desk.post("/api/v1/responses", json=answer).status_code == 201


def test_a_government_sees_all_below_and_a_head_only_their_own(
    desk: TestClient, staff: Callable[..., Headers], write: Write
) -> None:
    write("Dari barat")
    write("Dari timur", point="timur-arsip-qr")
    whole = desk.get("/petugas/unit/kota/komentar?period=2026-10", headers=staff("kota")).text
    assert sorted(quotes(whole)) == ["Dari barat", "Dari timur"]
    assert "Kantor Timur, Arsip" in whole
    head = staff("timur")
    assert quotes(desk.get("/petugas/unit/timur/komentar?period=2026-10", headers=head).text) == [
        "Dari timur"
    ]
    assert desk.get(PAGE, headers=head).status_code == 404
    assert desk.get("/petugas/unit/kota/komentar", headers=head).status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_raw_words_are_not_for_everybody(desk: TestClient, staff: Callable[..., Headers], role: Role) -> None:
    assert desk.get(PAGE, headers=staff("ptsp", role)).status_code == 403


def test_an_evaluator_reads_and_deals_with_nothing(
    desk: TestClient, staff: Callable[..., Headers], write: Write
) -> None:
    id_ = write("Antre lama")
    reader = staff("kota", Role.EVALUATOR)
    found = desk.get(PAGE, headers=reader).text
    assert "Lihat<span" in found
    assert "Tangani" not in found
    one = desk.get(f"/petugas/unit/ptsp/komentar/{id_}", headers=reader).text
    assert "Antre lama" in one
    assert 'method="post" action="/petugas' not in one
    sent = desk.post(f"/petugas/unit/ptsp/komentar/{id_}/keadaan", data={"version": 0}, headers=reader)
    assert sent.status_code == 403


def test_reading_is_recorded_without_words(
    desk: TestClient,
    staff: Callable[..., Headers],
    write: Write,
    recorded: Callable[[str], list[dict[str, object]]],
) -> None:
    id_ = write("Antre lama")
    head = staff()
    desk.get(f"{PAGE}&q=antre", headers=head)
    desk.get(f"/petugas/unit/ptsp/komentar/{id_}", headers=head)
    assert recorded("comments.read") == [{"period": "2026-Q4", "comments": 1, "searched": True}]
    assert recorded("comment.read") == [{}]


def test_what_was_left_out_or_erased_is_gone(
    desk: TestClient, staff: Callable[..., Headers], write: Write, city: Database, ids: dict[str, int]
) -> None:
    out, erased = write("Jawaban percobaan"), write("Sudah lama", day="2026-10-02")
    write("Tetap", day="2026-10-01")
    head = staff()
    with city.write() as session:
        assert set_state(session, ids["ptsp"], [out], "excluded") == 1
        row = session.exec(select(Comment).where(Comment.response_id == erased)).one()
        session.delete(row)
    found = desk.get(PAGE, headers=head).text
    assert quotes(found) == ["Tetap"]
    assert "Semua <b>1</b>" in found
    for id_ in (out, erased):
        gone = desk.get(f"/petugas/unit/ptsp/komentar/{id_}", headers=head)
        assert gone.status_code == 404
        assert "Komentar ini sudah tidak ada" in gone.text
        late = desk.post(f"/petugas/unit/ptsp/komentar/{id_}/keadaan", data={"state": "done"}, headers=head)
        assert late.status_code == 404
        assert "Komentar ini sudah tidak ada" in late.text
    with city.write() as session:
        set_state(session, ids["ptsp"], [out], "counted")
    assert quotes(desk.get(PAGE, headers=head).text) == ["Jawaban percobaan", "Tetap"]


def test_without_comments_the_page_says_what_to_do(desk: TestClient, staff: Callable[..., Headers]) -> None:
    found = desk.get(PAGE, headers=staff()).text
    assert "Belum ada komentar pada Triwulan IV 2026" in found


@pytest.mark.parametrize("asked", ["cursor=x", "cursor=2026-10-01~1~zz~0", "period=2026-Q9"])
def test_addresses_that_mean_nothing(desk: TestClient, staff: Callable[..., Headers], asked: str) -> None:
    sent = desk.get(f"/petugas/unit/ptsp/komentar?{asked}", headers=staff())
    assert sent.status_code == 422


def test_the_header_leads_to_the_topmost_inbox(desk: TestClient, staff: Callable[..., Headers]) -> None:
    sent = desk.get("/petugas/komentar", headers=staff("timur"))
    assert (sent.status_code, sent.headers["location"]) == (303, "/petugas/unit/timur/komentar")
