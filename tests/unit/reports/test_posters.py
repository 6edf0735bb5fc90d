"""Posters on paper: their size, their words, and codes that a phone reads from where people stand."""

import math
import struct
import subprocess
import sys
import zlib
from datetime import UTC, datetime

import pytest

from app.reports import typesetting
from app.reports.logo import Logo
from app.reports.posters import PosterFormat, posters_pdf
from app.reports.queries import Posted, Posters
from tests.reports import printed

AT = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)
URL = "https://skm.kotacontoh.go.id"
ADDRESS = f"{URL}/s/dpmptsp-pbg-qr"
SHORT = "skm.kotacontoh.go.id/s/dpmptsp-pbg-qr"
DPMPTSP = Posted("dpmptsp-pbg-qr", "Loket 2", "Dinas Penanaman Modal dan PTSP", "Persetujuan Bangunan Gedung")
GOVERNMENT = "Pemerintah Kota Contoh"
FORMATS: dict[PosterFormat, tuple[tuple[int, int], int]] = {
    "a4": (printed.A4, 1),
    "a5": (printed.A5, 1),
    "tent": (printed.A4, 2),
    "stickers": (printed.A4, 8),
}
COAT_OF_ARMS = Logo(
    "logo.svg",
    b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 80 100'><path d='M0 0h80v60L40 100 0 60z'/></svg>",
)
# A camera of 65 degrees across, as phones have, whose picture is 1920 pixels wide, two metres away.
TWO_METRES = 1920 / (2 * 2000 * math.tan(math.radians(65 / 2))) * printed.MM_AN_INCH
TEXT_200 = ("Badan Pengelolaan Keuangan dan Aset Daerah serta Pendapatan " * 4)[:200]


def made(
    *points: Posted, form: PosterFormat = "a4", logo: Logo | None = None, government: str = GOVERNMENT
) -> bytes:
    return posters_pdf(Posters(government, points or (DPMPTSP,)), form, URL, AT, logo)


def words(pdf: bytes) -> str:
    """The text without line breaks and without the marks at which a long word may break."""
    return " ".join(printed.text(pdf).replace("\u200b", "").split())


@pytest.mark.parametrize("form", FORMATS)
def test_a_poster_says_who_asks_about_what_and_where(form: PosterFormat) -> None:
    pdf = made(form=form)
    paper, copies = FORMATS[form]
    text = words(pdf)
    assert printed.sizes(pdf) == [paper]
    for said in (GOVERNMENT, "pelayanan kami?", "Persetujuan Bangunan", SHORT):
        assert text.count(said) == copies, said
    assert "Dinas Penanaman" in text
    indonesian, english = ("dan nilai", "rate us") if form == "stickers" else ("tanpa nama", "no name")
    assert text.count(indonesian) == text.count(english) == copies


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("logo", [None, COAT_OF_ARMS])
def test_every_code_is_read_from_a_small_picture(form: PosterFormat, logo: Logo | None) -> None:
    small = printed.page(made(form=form, logo=logo), dpi=60)
    assert small.codes() == [ADDRESS] * FORMATS[form][1]


@pytest.mark.parametrize("code", ["kua-qr", "dpmptsp-pbg-qr", "a" * 63])
@pytest.mark.parametrize("form", ["a4", "a5", "tent"])
def test_a_poster_is_read_from_two_metres(form: PosterFormat, code: str) -> None:
    pdf = made(Posted(code, None, "Dinas", "Layanan"), form=form)
    assert set(printed.page(pdf, TWO_METRES).codes()) == {f"{URL}/s/{code}"}


@pytest.mark.parametrize(("form", "least"), [("a4", 125), ("a5", 85), ("tent", 95), ("stickers", 40)])
def test_codes_are_large(form: PosterFormat, least: int) -> None:
    for left, top, right, bottom in printed.page(made(form=form), dpi=101.6).boxes():
        assert least <= (right - left) / 4 <= least + 8
        assert least <= (bottom - top) / 4 <= least + 8


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ["Dinas", TEXT_200])
def test_four_modules_around_each_code_stay_free(form: PosterFormat, name: str) -> None:
    picture = printed.page(made(Posted("dpmptsp-pbg-qr", None, name, name), form=form), dpi=150)
    for left, top, right, bottom in picture.boxes():
        # 53 characters at level Q: version 5, 37 modules a side.
        free, skip = math.floor((right - left) / 37 * 4) - 2, 3
        around = (
            (left - free, top - free, right + free, top - skip),
            (left - free, bottom + skip, right + free, bottom + free),
            (left - free, top, left - skip, bottom),
            (right + skip, top, right + free, bottom),
        )
        assert [picture.darkest(*side) for side in around] == [255] * 4


def test_the_code_survives_a_torn_corner() -> None:
    """Level Q restores a quarter: a tenth of the code is gone here, its finder patterns are not."""
    picture = printed.page(made(), dpi=60)
    [(left, top, right, bottom)] = picture.boxes()
    side, pixels = right - left, bytearray(picture.pixels)
    for y in range(bottom - side * 30 // 100, bottom + 1):
        row = y * picture.width
        pixels[row + right - side * 30 // 100 : row + right + 1] = bytes([200]) * (side * 30 // 100 + 1)
    assert top < bottom
    assert printed.Grey(picture.width, picture.height, bytes(pixels)).codes() == [ADDRESS]


HOSTILE = [
    'Dinas "A" & <B> #eval("1+1") $x^2$ \\ \\u{41} */ // [c] {d} @e ~ `f` \'g\' --',
    "#image(\"posters.json\") #set page(fill: red) #read('main.typ')",
    "= Judul *tebal* _miring_ - butir + nomor / istilah: <label> https://jahat.example",
    "</svg><script>x</script> %PDF ]] }} ))",
]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_shown_as_they_are(form: PosterFormat, name: str) -> None:
    copies = FORMATS[form][1]
    pdf = made(Posted("dpmptsp-pbg-qr", name, name, name), form=form, government=name)
    dense = words(pdf).replace(" ", "")
    # Once more each for the place, which stickers do not name; and for the government.
    assert dense.count(name.replace(" ", "")) == copies * (3 if form == "stickers" else 4)
    assert printed.page(pdf, 60).codes() == [ADDRESS] * copies
    assert printed.facts(pdf)["Title"] == f"Bagaimana pelayanan kami? {name}"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ["Layanan \U0001f600 ramah", "行政服务", "مكتب", "ꦥꦼꦩꦼꦫꦶꦤ꧀ꦠꦃ", "e\u0301" * 30])
def test_signs_that_the_fonts_lack_break_nothing(form: PosterFormat, name: str) -> None:
    pdf = made(Posted("dpmptsp-pbg-qr", name, name, name), form=form)
    assert printed.sizes(pdf) == [FORMATS[form][0]]
    assert printed.page(pdf, 60).codes() == [ADDRESS] * FORMATS[form][1]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", [TEXT_200, "n" * 200, "Pelayanan-" * 20])
def test_long_names_stay_on_the_sheet_whole(form: PosterFormat, name: str) -> None:
    pdf = made(Posted("a" * 63, name[:100], name, name), form=form, logo=COAT_OF_ARMS, government=name)
    assert printed.sizes(pdf) == [FORMATS[form][0]]
    assert min(printed.edges(pdf)) >= 5  # printers leave that much of the edge empty
    dense = words(pdf).replace(" ", "")
    assert dense.count(name.replace(" ", "")) == 3 * FORMATS[form][1]
    assert set(printed.page(pdf, 100).codes()) == {f"{URL}/s/{'a' * 63}"}


@pytest.mark.parametrize("form", FORMATS)
def test_not_even_nonsense_covers_a_code(form: PosterFormat) -> None:
    wide = "W" * 200
    pdf = made(Posted("dpmptsp-pbg-qr", wide, wide, wide), form=form, logo=COAT_OF_ARMS, government=wide)
    assert printed.sizes(pdf) == [FORMATS[form][0]]
    assert printed.page(pdf, 60).codes() == [ADDRESS] * FORMATS[form][1]


def test_a_point_without_service_names_the_unit_and_a_governments_own_the_government() -> None:
    chosen = words(made(Posted("x", None, "Puskesmas Mawar", None)))
    assert "Bagaimana pelayanan kami? Puskesmas Mawar Pindai" in chosen
    own = words(made(Posted("x", None, None, None)))
    assert f"Bagaimana pelayanan kami? {GOVERNMENT} Pindai" in own


def test_all_points_are_in_one_file_in_order() -> None:
    points = [Posted(f"titik-{number}", None, "Dinas", f"Layanan {number}") for number in range(60)]
    pdf = made(*points, form="a5")
    pages = printed.text(pdf).split("\f")[:60]
    assert len(printed.sizes(pdf)) == 60
    assert [f"/s/titik-{number}\n" in page for number, page in enumerate(pages)] == [True] * 60
    assert printed.page(pdf, 60, number=37).codes() == [f"{URL}/s/titik-36"]
    assert printed.facts(pdf)["Title"] == f"Bagaimana pelayanan kami? {GOVERNMENT}"


@pytest.mark.parametrize("form", FORMATS)
def test_the_file_is_for_everybody(form: PosterFormat) -> None:
    """Tagged PDF/UA-1 in Indonesian, dated by the clock of the service."""
    pdf = made(form=form)
    facts = printed.facts(pdf)
    assert facts["Tagged"] == "yes"
    assert facts["Title"] == "Bagaimana pelayanan kami? Persetujuan Bangunan Gedung"
    assert facts["Author"] == GOVERNMENT
    assert facts["CreationDate"].startswith("2026-10-15T03:00:00")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/Lang(id-ID)" in pdf


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x50" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "logo", [COAT_OF_ARMS, Logo("logo.png", png(900, 100)), Logo("logo.png", png(9, 90))]
)
def test_there_is_room_for_a_logo_of_any_shape(form: PosterFormat, logo: Logo) -> None:
    pdf, without = made(form=form, logo=logo), made(form=form)
    assert printed.sizes(pdf) == [FORMATS[form][0]]
    assert printed.page(pdf, 60).codes() == [ADDRESS] * FORMATS[form][1]
    assert printed.page(pdf, 60).pixels != printed.page(without, 60).pixels


def test_the_service_starts_without_the_typesetter() -> None:
    code = "import sys, app.factory; print('typst' in sys.modules, 'app.reports.typesetting' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_one_large_file_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "WAIT_SECONDS", 0.05)
    with typesetting._press, pytest.raises(typesetting.PressBusy) as refused:
        made()
    assert refused.value.headers == {"Retry-After": "10"}
    assert made().startswith(b"%PDF")
