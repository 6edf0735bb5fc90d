"""The columns of a recap, for a workbook and for CSV alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.exports.recap import KREJCIE_MORGAN, PLAN, PROFILE, SUM, Recap, Row, Table
from app.ikm.rounding import printed_ikm, printed_nrr
from app.instruments.model import in_language

Value = str | int | Fraction | None
SAMPLE_BASES = {
    PLAN: "rencana survei",
    KREJCIE_MORGAN: "tabel Krejcie-Morgan",
    SUM: "jumlah sampel unit",
    None: None,
}
HEADS = {"sex": "Jenis kelamin", "education": "Pendidikan", "occupation": "Pekerjaan"}
OCCUPATION_NAMES = {
    "SWASTA": "Swasta",
    "WIRAUSAHA": "Wirausaha",
    "PELAJAR": "Pelajar/ Mahasiswa",
    "PETANI": "Petani/ Nelayan",
    "IRT": "Ibu rumah tangga",
    "LAINNYA": "Lainnya",
}
NOT_TOLD = "Tidak diisi"
ROLLUP_NAMES = {"pooled": "gabungan semua jawaban", "mean_of_units": "rata-rata unit"}


@dataclass(frozen=True, slots=True)
class RecapColumn:
    """A column: `group` is the head above its own, `kind` how it is shown."""

    key: str
    group: str
    head: str
    kind: str
    value: Callable[[Row], Value]


def columns_of(table: Table) -> list[RecapColumn]:
    """All columns of the table of one instrument, from the left."""
    return [
        RecapColumn("unit", "", "Kode unit", "text", lambda row: row.result.unit.code),
        RecapColumn("unit_name", "", "Unit pelayanan", "name", label_of),
        RecapColumn("respondents", "", "Responden", "count", lambda row: row.result.respondents),
        RecapColumn("excluded", "", "Dikeluarkan", "count", lambda row: row.result.excluded),
        *_elements(table),
        *(column for question, values in PROFILE.items() for column in _people(question, tuple(values))),
        RecapColumn("population", "Sampel", "Populasi", "count", lambda row: row.population),
        RecapColumn("sample", "Sampel", "Sampel", "count", lambda row: row.sample),
        RecapColumn("sample_basis", "Sampel", "Dasar sampel", "text", lambda row: SAMPLE_BASES[row.basis]),
        RecapColumn("index", "Hasil", "NRR tertimbang", "index", _index),
        RecapColumn("ikm", "Hasil", "IKM", "ikm", _ikm),
        RecapColumn("mutu", "Hasil", "Mutu", "mutu", _mutu),
        RecapColumn("kinerja", "Hasil", "Kinerja", "kinerja", _kinerja),
    ]


def label_of(row: Row) -> str:
    """The name of a row's unit; of the government's own answers, that they are."""
    return f"{row.result.unit.name} (unit ini sendiri)" if row.alone else row.result.unit.name


def total_label(row: Row) -> str:
    """The name of a total: its roll-up, and whether that is the official one."""
    rollup, official = row.result.rollup, row.result.unit.rollup
    return f"Jumlah: {ROLLUP_NAMES[rollup]}{' (resmi)' if rollup == official else ''}"


def _elements(table: Table) -> Iterator[RecapColumn]:
    for place, element in enumerate(table.instrument.elements):

        def nrr(row: Row, place: int = place) -> Value:
            return row.result.index.elements[place].nrr if row.result.index else None

        yield RecapColumn(element.key, "NRR per unsur", element.code, "nrr", nrr)


def _people(question: str, values: tuple[str, ...]) -> Iterator[RecapColumn]:
    for value in (*values, None):

        def number(row: Row, value: str | None = value) -> Value:
            return row.people[question, value]

        head = NOT_TOLD if value is None else OCCUPATION_NAMES.get(value, value)
        key = f"{question}_{(value or 'none').lower().replace('-', '_')}"
        yield RecapColumn(key, HEADS[question], head, "count", number)


def _index(row: Row) -> Value:
    return row.result.index.index if row.result.index else None


def _ikm(row: Row) -> Value:
    return row.result.index.ikm if row.result.index else None


def _mutu(row: Row) -> Value:
    found = row.result
    if found.index is None or found.categories is None:
        return None
    return found.categories.table.classify(found.index.ikm).mutu


def _kinerja(row: Row) -> Value:
    mutu, categories = _mutu(row), row.result.categories
    return in_language(categories.names[str(mutu)], "id") if mutu and categories else None


def csv_rows(recap: Recap) -> Iterator[list[str | int | Decimal | None]]:
    """Heads and rows as they are printed, a questionnaire after the other, each with its totals last."""
    for table in recap.tables:
        columns = columns_of(table)
        yield ["instrument", *(column.key for column in columns)]
        for row in (*table.rows, *table.totals):
            cells = [_printed(column, column.value(row)) for column in columns]
            if row in table.totals:
                cells[:2] = ["", total_label(row)]
            yield [table.instrument.ref, *cells]
    if not recap.tables:
        yield ["instrument", "unit", "unit_name", "respondents"]
    for unit in recap.silent:
        yield ["", unit.code, unit.name, 0]


def _printed(column: RecapColumn, value: Value) -> str | int | Decimal | None:
    if isinstance(value, Fraction):
        return printed_ikm(value) if column.kind == "ikm" else printed_nrr(value)
    return value
