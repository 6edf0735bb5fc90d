"""Both kinds of registry files give the same registry; every fault is named with its place."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from app.units.registry import PointEntry, ServiceEntry, UnitEntry, read
from app.units.registry_template import write_template

EXAMPLE = Path(__file__).parents[2] / "data" / "registry" / "contoh.toml"

UNITS = (
    UnitEntry(
        "kota-contoh",
        "Pemerintah Kota Contoh",
        timezone="Asia/Makassar",
        kind="pemerintah",
        rollup="mean_of_units",
    ),
    UnitEntry("puskesmas-hulu", "Puskesmas Hulu", parent="dinkes", kind="puskesmas"),
    UnitEntry("dinkes", "Dinas Kesehatan", parent="kota-contoh", kind="dinas"),
    UnitEntry(
        "dpmptsp",
        "Dinas Penanaman Modal dan PTSP",
        parent="kota-contoh",
        timezone="Asia/Jayapura",
        kind="dinas",
        address="Jalan Contoh 1",
        phone="0000-123456",
    ),
)
SERVICES = (
    ServiceEntry("puskesmas-hulu", "rawat-jalan", "Rawat jalan", not_asked=("biaya",)),
    ServiceEntry("dpmptsp", "nib", "Penerbitan NIB", not_asked=("kompetensi", "perilaku"), population=4384),
    ServiceEntry("dpmptsp", "imb", "Persetujuan bangunan gedung", instrument="skm-2017-wajar", active=False),
)
POINTS = (
    PointEntry("puskesmas-hulu", "pkm-hulu-kios", "kiosk", label="Ruang tunggu"),
    PointEntry("dpmptsp", "dpmptsp-nib-qr", "qr", service="nib", label="Loket 2"),
    PointEntry("dpmptsp", "dpmptsp-kios", "kiosk"),
    PointEntry("dpmptsp", "dpmptsp-lama", "link", active=False),
)
UNIT_COLUMNS = ["code", "name", "parent", "timezone", "kind", "address", "phone", "rollup", "active"]
SERVICE_COLUMNS = ["unit", "code", "name", "instrument", "not_asked", "population", "active"]
POINT_COLUMNS = ["unit", "code", "service", "channel", "label", "active"]
PTSP = ["Dinas Penanaman Modal dan PTSP"]
NO_ADDRESS = [None, None]
# By hand, with everything that a spreadsheet may do to a value.
SHEETS = {
    "units": [
        UNIT_COLUMNS,
        [
            "kota-contoh",
            "Pemerintah Kota  Contoh ",
            None,
            "Asia/Makassar",
            "pemerintah",
            *NO_ADDRESS,
            "mean_of_units",
            "ya",
        ],
        [None] * 9,
        ["puskesmas-hulu", "Puskesmas Hulu", "dinkes", None, "puskesmas", " ", None, None, True],
        ["dinkes", "Dinas Kesehatan", "kota-contoh", None, "dinas", None, None, "pooled", None],
        [
            "dpmptsp",
            *PTSP,
            "kota-contoh",
            "Asia/Jayapura",
            "dinas",
            "Jalan\nContoh 1",
            "0000-123456",
            None,
            "TRUE",
        ],
    ],
    "services": [
        SERVICE_COLUMNS,
        ["puskesmas-hulu", "rawat-jalan", "Rawat jalan", None, "biaya", None, None],
        [" dpmptsp", "nib", "Penerbitan NIB", "skm-2017", "perilaku , kompetensi", 4384.0, None],
        ["dpmptsp", "imb", "Persetujuan bangunan gedung", "skm-2017-wajar", None, None, "Tidak"],
    ],
    "points": [
        POINT_COLUMNS,
        ["puskesmas-hulu", "pkm-hulu-kios", None, "kiosk", "Ruang tunggu", None],
        ["dpmptsp", "dpmptsp-nib-qr", "nib", "qr", "Loket 2", None],
        ["dpmptsp", "dpmptsp-kios", None, "kiosk", None, None],
        ["dpmptsp", "dpmptsp-lama", None, "link", None, False],
    ],
}
EMPTY = {"units": [UNIT_COLUMNS], "services": [SERVICE_COLUMNS], "points": [POINT_COLUMNS]}

Faults = Callable[[Path], list[str]]


def test_toml_is_read_with_its_defaults(elements: dict[str, tuple[str, ...]]) -> None:
    registry = read(EXAMPLE, elements)
    assert (registry.units, registry.services, registry.points) == (UNITS, SERVICES, POINTS)
    assert registry.faults == ()


def test_xlsx_gives_the_same_registry(xlsx, elements) -> None:
    path = xlsx({**SHEETS, "petunjuk": [["apa saja"]]})
    registry = read(path, elements)
    assert registry.faults == ()
    assert registry == read(EXAMPLE, elements)


def test_columns_of_a_workbook_may_stand_in_any_order(xlsx, elements) -> None:
    turned = {name: [list(reversed(row)) for row in rows] for name, rows in SHEETS.items()}
    assert read(xlsx(turned), elements) == read(EXAMPLE, elements)


def test_a_wrong_declared_size_of_a_sheet_hides_no_rows(xlsx, elements, tmp_path: Path) -> None:
    whole = xlsx(SHEETS)
    shrunk = tmp_path / "kecil.xlsx"
    replaced = 0
    with ZipFile(whole) as source, ZipFile(shrunk, "w") as target:
        for name in source.namelist():
            content, found = re.subn(rb'<dimension ref="[^"]+"', b'<dimension ref="A1"', source.read(name))
            target.writestr(name, content)
            replaced += found
    assert replaced == 3
    assert read(shrunk, elements) == read(EXAMPLE, elements)


def test_filled_template_gives_the_registry_back(tmp_path: Path, elements) -> None:
    registry = read(EXAMPLE, elements)
    path = tmp_path / "isi.xlsx"
    write_template(path, elements, registry)
    assert read(path, elements) == registry


def test_texts_in_a_template_never_become_formulas(tmp_path: Path, toml, elements) -> None:
    name = '=HYPERLINK("http://contoh.invalid")'
    registry = read(toml(f"[[units]]\ncode = 'a'\nname = '{name}'\naddress = '+1'\nphone = '@x'"), elements)
    path = tmp_path / "isi.xlsx"
    write_template(path, elements, registry)
    again = read(path, elements)
    assert again.faults == ()
    assert again.units == (UnitEntry("a", name, address="+1", phone="@x"),)


UNIT = '[[units]]\ncode = "a"\nname = "A"\n'


def service_with(*lines: str) -> str:
    return UNIT + '[[units.services]]\ncode = "s"\nname = "S"\n' + "\n".join(lines)


def point_with(*lines: str) -> str:
    return UNIT + '[[units.points]]\ncode = "p"\nchannel = "qr"\n' + "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ["registry.toml: tidak ada unit, layanan, atau titik survei"]),
        ("x = 1\n" + UNIT, ['registry.toml:1: kunci "x" tidak dikenal; yang ada: [[units]]']),
        ("units = 5", ['registry.toml:1: "units" harus daftar tabel']),
        ("units = [\n1]", ['registry.toml:2: isi "units" harus tabel']),
        (UNIT + "services = 3", ['registry.toml:4: "services" harus daftar tabel']),
        (UNIT + 'nama = "A"', ['registry.toml:4: kunci "nama" tidak dikenal']),
        (service_with('unit = "a"'), ['registry.toml:7: kunci "unit" tidak dikenal']),
        (point_with('services = "s"'), ['registry.toml:7: kunci "services" tidak dikenal']),
        ('[[units]]\ncode = "a"', ['registry.toml:1: "name" wajib diisi']),
        ('[[units]]\nname = "A"', ['registry.toml:1: "code" wajib diisi']),
        (UNIT + '[[units.points]]\ncode = "p"', ['registry.toml:4: "channel" wajib diisi']),
        ('[[units]]\ncode = "a"\nname = " \\t"', ['registry.toml:3: "name" kosong']),
        ('[[units]]\ncode = "a"\nname = "A\\u0000"', ['registry.toml:3: "name" berisi karakter kendali']),
        ('[[units]]\ncode = "a"\nname = 7', ['registry.toml:3: "name" harus teks']),
        (UNIT + "phone = 411", ['registry.toml:4: "phone" harus teks']),
        (
            UNIT + 'active = "ya"',
            ['registry.toml:4: "active" harus true atau false (di XLSX: ya atau tidak)'],
        ),
        (UNIT + "active = 1", ['registry.toml:4: "active" harus true atau false (di XLSX: ya atau tidak)']),
        (UNIT + 'rollup = "sum"', ['registry.toml:4: "rollup" harus salah satu dari: pooled, mean_of_units']),
        (
            UNIT + 'timezone = "Asia/Tokyo"',
            [
                'registry.toml:4: "timezone" harus salah satu dari: Asia/Jakarta, Asia/Pontianak, '
                "Asia/Makassar, Asia/Jayapura"
            ],
        ),
        (
            UNIT + '[[units.points]]\ncode = "p"\nchannel = "fax"',
            ['registry.toml:6: "channel" harus salah satu dari: qr, kiosk, counter, link'],
        ),
        (
            service_with("population = 0"),
            ['registry.toml:7: "population" harus bilangan bulat 1 sampai 1000000000'],
        ),
        (
            service_with("population = true"),
            ['registry.toml:7: "population" harus bilangan bulat 1 sampai 1000000000'],
        ),
        (
            service_with("population = 9.0"),
            ['registry.toml:7: "population" harus bilangan bulat 1 sampai 1000000000'],
        ),
        (service_with('not_asked = "biaya"'), ['registry.toml:7: "not_asked" harus daftar teks']),
        (service_with('not_asked = ["biaya", "biaya"]'), ['registry.toml:7: unsur "biaya" ditulis dua kali']),
        (
            service_with('instrument = "tiny"', 'not_asked = ["biaya"]'),
            ['registry.toml:8: unsur "biaya" tidak ada di instrumen "tiny"'],
        ),
        (
            service_with('instrument = "tiny"', 'not_asked = ["dua", "satu"]'),
            ['registry.toml:8: "not_asked" tidak menyisakan satu unsur pun'],
        ),
        (
            service_with('instrument = "skm-2017@1"'),
            [
                'registry.toml:7: instrumen "skm-2017@1" tidak dikenal; yang ada: skm-2017, '
                "skm-2017-wajar, tiny"
            ],
        ),
        (UNIT + "\n" + UNIT, ['registry.toml:6: kode unit "a" ditulis dua kali (pertama di baris 2)']),
        (
            service_with('[[units.services]]\ncode = "s"\nname = "T"'),
            ['registry.toml:8: kode layanan "s" di "a" ditulis dua kali (pertama di baris 5)'],
        ),
        (
            point_with('[[units]]\ncode = "b"\nname = "B"\n[[units.points]]\ncode = "p"\nchannel = "qr"'),
            ['registry.toml:11: kode titik survei "p" ditulis dua kali (pertama di baris 5)'],
        ),
        (UNIT + 'parent = "z"', ['registry.toml:4: unit induk "z" tidak dikenal']),
        (UNIT + 'parent = "a"', ["registry.toml:4: unit induk melingkar: a → a"]),
        (point_with('service = "s"'), ['registry.toml:7: layanan "s" tidak ada di unit "a"']),
    ],
)
def test_a_fault_is_named_with_its_line(text: str, faults: list[str], toml, faults_of: Faults) -> None:
    assert faults_of(toml(text)) == faults


def test_what_is_no_toml_is_named_with_its_line(toml, faults_of: Faults) -> None:
    (fault,) = faults_of(toml(UNIT + "[[units]\n"))
    assert fault.startswith("registry.toml:4: TOML tidak sah")


@pytest.mark.parametrize("code", ["", "A", "-a", "a_b", "a b", "a\\n", "é", "a" * 64])
def test_codes_are_short_lower_case_and_plain(code: str, toml, faults_of: Faults) -> None:
    (fault,) = faults_of(toml(f'[[units]]\nname = "A"\ncode = "{code}"\n'))
    assert fault.startswith("registry.toml:3: ")


@pytest.mark.parametrize("code", ["a", "0", "a-", "a" * 63])
def test_codes_of_the_form_are_accepted(code: str, toml, faults_of: Faults) -> None:
    assert faults_of(toml(f'[[units]]\nname = "A"\ncode = "{code}"\n')) == []


def test_a_service_of_another_unit_is_unknown_to_a_point(toml, faults_of: Faults) -> None:
    text = service_with('[[units]]\ncode = "b"\nname = "B"\n[[units.points]]\ncode = "p"\nchannel = "qr"')
    assert faults_of(toml(text + '\nservice = "s"')) == [
        'registry.toml:13: layanan "s" tidak ada di unit "b"'
    ]


def test_every_unit_of_a_ring_is_named_and_none_beside_it(toml, faults_of: Faults) -> None:
    units = [("a", "c"), ("b", "a"), ("c", "b"), ("d", "a")]
    text = "".join(f'[[units]]\ncode = "{code}"\nname = "X"\nparent = "{up}"\n' for code, up in units)
    assert faults_of(toml(text)) == [
        "registry.toml:4: unit induk melingkar: a → c → b → a",
        "registry.toml:8: unit induk melingkar: b → a → c → b",
        "registry.toml:12: unit induk melingkar: c → b → a → c",
    ]


def test_all_faults_are_found_at_once(toml, faults_of: Faults) -> None:
    text = UNIT + 'parent = "z"\nactive = 2\n[[units.services]]\ncode = "s"\nname = ""\ninstrument = "x"\n'
    assert [fault.split(": ")[0] for fault in faults_of(toml(text))] == [
        "registry.toml:4",
        "registry.toml:5",
        "registry.toml:8",
        "registry.toml:9",
    ]


def test_a_wrong_code_does_not_make_its_references_wrong(toml, faults_of: Faults) -> None:
    text = '[[units]]\ncode = "A"\nname = "A"\n[[units]]\ncode = "b"\nname = "B"\nparent = "A"\n'
    assert [fault.split(": ")[0] for fault in faults_of(toml(text))] == ["registry.toml:2"]


def test_other_kinds_of_files_are_refused(tmp_path: Path, faults_of: Faults) -> None:
    broken = tmp_path / "registry.xlsx"
    broken.write_bytes(b"code;name\n")
    assert faults_of(tmp_path / "registry.csv") == ["registry.csv: berkas registri harus .toml atau .xlsx"]
    assert faults_of(broken) == ["registry.xlsx: bukan berkas XLSX"]
    (absent,) = faults_of(tmp_path / "tidak-ada.xlsx")
    assert absent.startswith("tidak-ada.xlsx: berkas tidak dapat dibaca")


@pytest.mark.parametrize(
    ("sheets", "faults"),
    [
        (EMPTY, ["registry.xlsx: tidak ada unit, layanan, atau titik survei"]),
        (
            {"units": EMPTY["units"], "points": EMPTY["points"]},
            ['registry.xlsx: lembar "services" tidak ada'],
        ),
        (
            {**EMPTY, "point": [["x"]]},
            ["registry.xlsx!point: lembar tidak dikenal; yang ada: units, services, points, petunjuk"],
        ),
        (
            {**EMPTY, "units": []},
            [f'registry.xlsx!units:1: kolom "{name}" tidak ada' for name in ("code", "name")],
        ),
        (
            {**EMPTY, "points": [[*POINT_COLUMNS, "code"]]},
            ['registry.xlsx!points:1: kolom "code" ditulis dua kali'],
        ),
        (
            {**EMPTY, "points": [[*POINT_COLUMNS, "catatan"]]},
            [
                'registry.xlsx!points:1: kolom "catatan" tidak dikenal; yang ada: unit, code, service, '
                "channel, label, tickets, proof_of_work, active"
            ],
        ),
    ],
)
def test_sheets_and_headings_must_be_the_expected_ones(sheets, faults, xlsx, faults_of: Faults) -> None:
    assert faults_of(xlsx(sheets)) == faults


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (["a", "s", None, None, None, None, None], '"name" wajib diisi'),
        (["a", "s", "  ", None, None, None, None], '"name" wajib diisi'),
        ([None, "s", "S", None, None, None, None], '"unit" wajib diisi'),
        ([5, "s", "S", None, None, None, None], '"unit" harus teks'),
        (["a", 5, "S", None, None, None, None], '"code" harus teks'),
        (["x", "s", "S", None, None, None, None], 'unit "x" tidak dikenal'),
        (
            ["a", "s", "#N/A", None, None, None, None],
            '"name" berisi rumus atau galat Excel; tempelkan sebagai nilai',
        ),
        (
            ["a", "s", "=1+1", None, None, None, None],
            '"name" berisi rumus atau galat Excel; tempelkan sebagai nilai',
        ),
        (
            ["a", "s", "S", None, "biaya,ongkos", None, None],
            'unsur "ongkos" tidak ada di instrumen "skm-2017"',
        ),
        (["a", "s", "S", None, 3, None, None], '"not_asked" harus daftar teks'),
        (["a", "s", "S", None, None, 2.5, None], '"population" harus bilangan bulat 1 sampai 1000000000'),
        (["a", "s", "S", None, None, "12", None], '"population" harus bilangan bulat 1 sampai 1000000000'),
        (
            ["a", "s", "S", None, None, None, "mungkin"],
            '"active" harus true atau false (di XLSX: ya atau tidak)',
        ),
        (["a", "s", "S", None, None, None, None, "x"], "sel H4 terisi, tetapi kolomnya tidak berjudul"),
        (
            ["a", "t", "T", None, None, None, None],
            'kode layanan "t" di "a" ditulis dua kali (pertama di baris 2)',
        ),
    ],
)
def test_a_fault_in_a_workbook_is_named_with_sheet_and_row(row, fault, xlsx, faults_of: Faults) -> None:
    sheets = {
        "units": [["code", "name"], ["a", "A"]],
        "services": [SERVICE_COLUMNS, ["a", "t", "T"], [None], row],  # the blank row counts
        "points": [POINT_COLUMNS],
    }
    assert faults_of(xlsx(sheets)) == [f"registry.xlsx!services:4: {fault}"]


def test_the_example_of_the_guide_is_sound(toml, faults_of: Faults) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "registry.md").read_text(encoding="utf-8")
    example = guide.split("```toml\n")[1].split("```")[0]
    assert faults_of(toml(example)) == []
    assert example.count("[[units") == 5


@pytest.mark.parametrize("line", [1, 2])
def test_rows_of_extreme_width_are_refused_at_once(line: int, xlsx, faults_of: Faults) -> None:
    """16,384 columns are all that Excel has; the rows after the first such row are not looked at."""
    wide = ["x", *[None] * 16_382, "x"]
    rows = [wide] * 60 if line == 1 else [list(POINT_COLUMNS), *[wide] * 60]
    path = xlsx({**EMPTY, "points": rows})
    began = time.monotonic()
    assert faults_of(path) == [
        f"registry.xlsx!points:{line}: baris ini lebih lebar dari 100 kolom; hapus kolom di sebelah kanan tabel"
    ]
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        ("1048576", ['registry.xlsx!services:1048576: "unit" wajib diisi']),
        ("99999999999999", ["registry.xlsx!services:1048577: lembar ini lebih panjang dari 1048576 baris"]),
    ],
)
def test_a_stray_cell_far_below_is_named_at_once(
    row: str, faults: list[str], xlsx, faults_of: Faults, tmp_path: Path
) -> None:
    """The rows between are not in the file, but openpyxl hands out each of them."""
    rows = [SERVICE_COLUMNS, *[[None] * len(SERVICE_COLUMNS)] * 2, [None, "a", "A"]]
    path, broken = xlsx({**EMPTY, "services": rows}), tmp_path / "far" / "registry.xlsx"
    broken.parent.mkdir()
    with ZipFile(path) as source, ZipFile(broken, "w") as target:
        for name in source.namelist():
            target.writestr(
                name, re.sub(rb'r="([A-Z]?)4"', rb'r="\g<1>%b"' % row.encode(), source.read(name))
            )
    began = time.process_time()
    assert [fault for fault in faults_of(broken) if "services" in fault] == faults
    assert time.process_time() - began < 2


def test_a_hundred_columns_are_looked_at(xlsx, faults_of: Faults) -> None:
    padded = [[*POINT_COLUMNS, *[None] * (99 - len(POINT_COLUMNS)), "catatan"]]
    (fault,) = faults_of(xlsx({**EMPTY, "points": padded}))
    assert fault.startswith('registry.xlsx!points:1: kolom "catatan" tidak dikenal')
