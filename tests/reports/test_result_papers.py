"""Posters and certificates of published results: their figures, the codes that lead to them, names of any kind."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.core.db import Database
from app.reports import result_papers, typesetting
from app.units.tables import Service, Unit
from tests.publication.conftest import LATER, Answered, Issued
from tests.reports import printed

BACKENDS = ("sqlite",)  # documents of figures: no database decides them

A3 = (297, 420)
A4_WIDE = (297, 210)
HERE = "http://127.0.0.1:8000"
PAPERS = ("poster.pdf", "poster.pdf?size=a3", "sertifikat.pdf")


@pytest.fixture
def paper(client: TestClient) -> Callable[..., bytes]:
    """The file at an address below `/ikm/`, for somebody who is not signed in."""

    def get(address: str) -> bytes:
        answer = client.get(f"/ikm/{address}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/pdf"
        return answer.content

    return get


@pytest.fixture
def rename(city: Database) -> Callable[..., None]:
    """Gives a unit or a service another name."""

    def apply(table: type[Unit] | type[Service], code: str, name: str) -> None:
        with city.write() as session:
            session.exec(select(table).where(table.code == code)).one().name = name

    return apply


def words(pdf: bytes) -> str:
    """The text on one line, without the marks at which a long word may break."""
    return " ".join(printed.text(pdf).replace("\u200b", "").split())


def test_a_poster_says_what_was_published(
    answered: Answered, issued: Issued, paper: Callable[..., bytes]
) -> None:
    """(10 x 4 + 20 x 3) / 30 x 25 = 83.33, B: Baik."""
    answered(10, 4, sex="L", education="S1")
    answered(20, 3, sex="P", education="D1-D4")
    publication = issued()
    pdf = paper("ptsp/poster.pdf")
    text = words(pdf)
    for said in (
        "Indeks Kepuasan Masyarakat (IKM)",
        "Kota Uji",
        "Pelayanan Terpadu",
        "Triwulan III 2026",
        "83,33",
        "Mutu pelayanan",
        "Baik",
        "Nama layanan Penerbitan NIB",
        "Responden 30 orang",
        "Jenis kelamin Laki-laki (L) 10, perempuan (P) 20",
        "Pendidikan D1–D4 20, S1 10",
        "Periode survei 1 Juli 2026 sampai 30 September 2026",
        "Terima kasih",
        "127.0.0.1:8000/ikm/ptsp",
        "Nomor SKM/kota/2026/0001",
    ):
        assert said in text, said
    assert re.search(r"Kode verifikasi [0-9A-Z]{4}-[0-9A-Z]{4}, terbit", text)
    assert "gabungan" not in text
    assert printed.sizes(pdf) == [printed.A4]
    assert printed.facts(pdf)["Tagged"] == "yes"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert printed.facts(pdf)["Title"] == "IKM Pelayanan Terpadu, Triwulan III 2026"
    assert publication.ikm == "83.33"


def test_no_figure_stands_on_it_that_was_not_published(
    answered: Answered, issued: Issued, paper: Callable[..., bytes]
) -> None:
    answered(10, 4, sex="L", education="S1")
    answered(20, 3, sex="P", education="D1-D4")
    issued()
    text = re.sub(r"Kode verifikasi \S+|127\S+|SKM/\S+|[DS]1(–D4)?", "", words(paper("ptsp/poster.pdf")))
    found = re.findall(r"\d+(?:,\d+)?", text.partition("terbit ")[0])
    scale, days, respondents, sex, education = (
        ["25", "100"],
        ["1", "2026", "30", "2026"],
        ["30"],
        ["10", "20"],
        ["20", "10"],
    )
    assert sorted(found) == sorted(["2026", "83,33", *scale, *respondents, *sex, *education, *days])


def test_its_code_leads_to_the_page_of_this_publication(
    client: TestClient, answered: Answered, issued: Issued, paper: Callable[..., bytes]
) -> None:
    answered(12)
    issued()
    for address in PAPERS[:2]:
        [found] = printed.page(paper(f"ptsp/{address}"), 60).codes()
        assert found == f"{HERE}/ikm/ptsp/terbitan/SKM-kota-2026-0001"
    assert client.get(found.removeprefix(HERE)).status_code == 200
    [found] = printed.page(paper("ptsp/sertifikat.pdf"), 60).codes()
    assert found == f"{HERE}/verifikasi?nomor=SKM/kota/2026/0001"
    verified = client.get(found.removeprefix(HERE)).text
    assert "75,00" in verified


def test_the_code_to_compare_is_that_of_the_page(
    client: TestClient, answered: Answered, issued: Issued, paper: Callable[..., bytes]
) -> None:
    answered(12)
    publication = issued()
    match = re.search(r"Kode verifikasi (\S{9}),", words(paper("ptsp/poster.pdf")))
    assert match
    assert match[1] in client.get("/ikm/ptsp").text
    certificate = words(paper("ptsp/sertifikat.pdf"))
    assert match[1] in certificate
    assert f"SHA-256 {publication.sha256[:16]}…" in certificate


def test_small_groups_stay_together(answered: Answered, issued: Issued, paper: Callable[..., bytes]) -> None:
    """Two did not say their sex: they are shown with the least of the others, as it was published."""
    answered(10, 4, sex="L", education="SMA")
    answered(20, 3, sex="P", education="SMA")
    answered(2, 3, education="SMA")
    issued()
    text = words(paper("ptsp/poster.pdf"))
    assert "Jenis kelamin Perempuan (P) 20, gabungan* 12 (L, tidak diisi) Pendidikan SMA 32 " in text
    assert "(di bawah 5 orang)" in text
    assert not re.search(r"\b10\b", text)


def test_a_unit_that_asked_nobody_who_they_are(
    answered: Answered, issued: Issued, paper: Callable[..., bytes]
) -> None:
    answered(12)
    issued()
    text = words(paper("ptsp/poster.pdf"))
    assert "Jenis kelamin Laki-laki (L) 0, perempuan (P) 0, tidak diisi 12" in text
    assert "Pendidikan Tidak diisi 12" in text


def test_of_a_service_and_of_any_number(
    client: TestClient, answered: Answered, issued: Issued, paper: Callable[..., bytes]
) -> None:
    answered(12, 4)
    assert client.get("/ikm/ptsp/poster.pdf").status_code == 404
    unit, service = issued(), issued(service="nib")
    text = words(paper("ptsp/poster.pdf?service=nib"))
    assert f"Nomor {service.number}" in text
    assert text.count("Penerbitan NIB") == 2
    assert "127.0.0.1:8000/ikm/ptsp?service=nib" in text
    assert "100,00" in text
    assert f"Nomor {unit.number}" in words(paper("ptsp/poster.pdf"))
    for number in (service.number, service.number.replace("/", "-")):
        assert f"Nomor {service.number}" in words(paper(f"ptsp/poster.pdf?number={number}"))
        assert f"Nomor {service.number}" in words(paper(f"ptsp/sertifikat.pdf?number={number}"))


@pytest.mark.parametrize(
    "query",
    [
        "?service=daring",
        "?service=arsip",
        "?service=%00",
        "?number=SKM/kota/2026/0009",
        "?number=%00",
        "?number=SKM-kota-2026-0001&service=nib",
    ],
)
@pytest.mark.parametrize("paper_name", ["poster.pdf", "sertifikat.pdf"])
def test_what_was_not_published_is_not_there(
    client: TestClient, answered: Answered, issued: Issued, paper_name: str, query: str
) -> None:
    answered(12)
    issued()
    assert client.get(f"/ikm/ptsp/{paper_name}{query}").status_code == 404
    for unit in ("timur", "tidak-ada", "%00"):
        assert client.get(f"/ikm/{unit}/{paper_name}").status_code == 404
        assert client.get(f"/ikm/{unit}/{paper_name}?number=SKM-kota-2026-0001").status_code == 404


def test_paper_of_other_sizes_is_refused(client: TestClient, answered: Answered, issued: Issued) -> None:
    answered(12)
    issued()
    assert printed.sizes(client.get("/ikm/ptsp/poster.pdf?size=a3").content) == [A3]
    assert printed.sizes(client.get("/ikm/ptsp/sertifikat.pdf").content) == [A4_WIDE]
    assert client.get("/ikm/ptsp/poster.pdf?size=a5").status_code == 422


@pytest.mark.parametrize("address", PAPERS)
def test_it_is_kept_by_whoever_asked(
    client: TestClient, answered: Answered, issued: Issued, address: str
) -> None:
    answered(12)
    issued()
    first = client.get(f"/ikm/ptsp/{address}")
    assert first.headers["cache-control"] == "public, max-age=300"
    assert re.fullmatch(
        r'inline; filename="(poster|sertifikat)-ikm-ptsp-SKM-kota-2026-0001(-a[34])?\.pdf"',
        first.headers["content-disposition"],
    )
    again = client.get(f"/ikm/ptsp/{address}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    issued(service="nib")
    other = client.get(f"/ikm/ptsp/{address}{'&' if '?' in address else '?'}service=nib")
    assert other.headers["etag"] != first.headers["etag"]


def test_a_corrected_result_says_that_it_must_come_down(
    answered: Answered, issued: Issued, paper: Callable[..., bytes]
) -> None:
    answered(12, 4, sex="L")
    old = issued()
    before = words(paper("ptsp/poster.pdf"))
    answered(2, 1, sex="L")
    new = issued(replaces=old.number, at=LATER)
    latest = words(paper("ptsp/poster.pdf"))
    assert f"Nomor {new.number}" in latest
    assert "Jangan dipasang" not in before + latest
    # Two answers more: their profile would show whose they are, so the document has none.
    assert f"Profil responden Tercantum pada terbitan nomor {old.number}" in latest
    for address in PAPERS:
        text = words(paper(f"ptsp/{address}{'&' if '?' in address else '?'}number={old.number}"))
        assert f"Sudah diganti oleh nomor {new.number}. Jangan dipasang lagi." in text
        assert "100,00" in text


def test_a_certificate_says_whose_and_which(
    answered: Answered, issued: Issued, paper: Callable[..., bytes]
) -> None:
    answered(10, 4)
    answered(20, 3)
    issued()
    pdf = paper("ptsp/sertifikat.pdf")
    text = words(pdf)
    for said in (
        "Sertifikat Indeks Kepuasan Masyarakat",
        "Kota Uji",
        "Pelayanan Terpadu",
        "83,33",
        "Baik",
        "Triwulan III 2026",
        "1 Juli 2026 sampai 30 September 2026",
        "30 orang",
        "Nomor SKM/kota/2026/0001",
        "Pimpinan Pelayanan Terpadu",
        "tanda tangan",
    ):
        assert said in text, said
    assert printed.facts(pdf)["Tagged"] == "yes"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert min(printed.edges(pdf)) >= 15


def test_nobody_waits_long_for_the_press(
    client: TestClient,
    answered: Answered,
    issued: Issued,
    rename: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered(12)
    rename(Unit, "ptsp", "Kantor yang Ramai")
    issued()
    monkeypatch.setattr(result_papers, "WAIT_SECONDS", 0.01)
    with typesetting._press:
        answer = client.get("/ikm/ptsp/poster.pdf")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert client.get("/ikm/ptsp/poster.pdf").status_code == 200
    with typesetting._press:
        assert client.get("/ikm/ptsp/poster.pdf").status_code == 200, "what was set once is kept"


HOSTILE = 'A & <B> #eval("1+1") $x^2$ \\u{41} */ // [c] {d} @e `f` </svg><script>x</script>'


@pytest.mark.parametrize(
    "name",
    [
        HOSTILE,
        "n" * 120,
        "Badan Pengelolaan Keuangan dan Aset Daerah " * 4 + "Timur",
        "مكتب \u202e\U0001f600",
    ],
)
def test_names_of_any_kind_fit_and_are_shown_as_they_are(
    answered: Answered, issued: Issued, rename: Callable[..., None], paper: Callable[..., bytes], name: str
) -> None:
    answered(4, 4, sex="L", education="S1")
    answered(30, 4, sex="P", education="SMA")
    rename(Unit, "kota", f"Pemerintah {name}")
    rename(Unit, "ptsp", f"Unit {name}")
    rename(Service, "nib", f"Layanan {name}")
    issued(service="nib")
    shown = {"poster.pdf?size=a4": printed.A4, "poster.pdf?size=a3": A3, "sertifikat.pdf?x=": A4_WIDE}
    for address, size in shown.items():
        pdf = paper(f"ptsp/{address}&service=nib")
        assert printed.sizes(pdf) == [size]
        assert len(printed.page(pdf, 60).codes()) == 1
        assert "100,00" in words(pdf)
        if name.isascii():
            assert min(printed.edges(pdf)) >= 5  # printers leave that much of the edge empty
            dense = words(pdf).replace(" ", "")
            for kind in ("Pemerintah", "Unit", "Layanan"):
                assert f"{kind}{name}".replace(" ", "") in dense, (address, kind)


def test_many_services_are_counted(
    answered: Answered, issued: Issued, rename: Callable[..., None], paper: Callable[..., bytes]
) -> None:
    answered(6, 4)
    answered(6, 4, point="timur-arsip-qr")
    issued("kota")
    assert "Nama layanan Semua layanan: Penerbitan NIB; " in words(paper("kota/poster.pdf"))
    rename(Service, "nib", "Pelayanan perizinan terpadu " * 7)
    rename(Service, "arsip", "Pelayanan kearsipan daerah " * 7)
    answered(9, 2, point="timur-arsip-qr")
    issued("kota", replaces="SKM/kota/2026/0001", at=LATER)
    assert "Nama layanan Semua layanan (2 layanan di 2 unit)" in words(paper("kota/poster.pdf"))


def test_pages_lead_to_it(
    client: TestClient,
    answered: Answered,
    issued: Issued,
    person: Callable[..., Any],
    signed_in: Callable[..., dict[str, str]],
) -> None:
    answered(12)
    issued()
    head = signed_in(person("kepala-ptsp", ("ptsp", Role.UNIT_HEAD), home="ptsp"))
    pages = {
        "/ikm/ptsp": {},
        "/ikm/ptsp/terbitan/SKM-kota-2026-0001": {},
        "/petugas/unit/ptsp/publikasi?period=2026-Q3": head,
    }
    for page, headers in pages.items():
        text = client.get(page, headers={"Accept": "text/html", **headers}).text
        for link in ("poster.pdf?number=N", "poster.pdf?number=N&amp;size=a3", "sertifikat.pdf?number=N"):
            address = f"/ikm/ptsp/{link.replace('N', 'SKM-kota-2026-0001')}"
            assert f'href="{address}"' in text, (page, link)
            assert client.get(address.replace("&amp;", "&")).status_code == 200
