"""The rules of a category table file, `surveys/categories/<id>.toml`."""

from decimal import Decimal
from itertools import pairwise

from app.core.toml_source import Fault, TomlDocument
from app.ikm.category import HIGHEST, LOWEST, Band, CategoryTable
from app.instruments.checks import Form, Once, TableCheck
from app.instruments.model import Categories

TABLE_KEYS = ("id", "title", "basis", "years", "bands")
YEARS_REQUIRED = ("from",)
YEARS_OPTIONAL = ("until",)
BAND_KEYS = ("mutu", "lower", "upper", "kinerja", "perception")

TABLE_ID_FORM = Form.of(r"[a-z0-9][a-z0-9-]{0,39}", "2017")
MUTU_FORM = Form.of(r"[A-Z]", "A")
BOUND_FORM = Form.of(r"[0-9]{1,3}\.[0-9]{2}", '"88.31"')
FIRST_YEAR, LAST_YEAR = 1993, 9999
MAX_PERCEPTION = 9
STEP = Decimal("0.01")


def categories_of(document: TomlDocument, table_id: str) -> tuple[Categories | None, list[Fault]]:
    """The category table of a parsed file named `<table_id>.toml`, or all its faults."""
    faults: list[Fault] = []
    check = TableCheck(document, faults, (), document.data).expect(TABLE_KEYS)
    found_id = check.string("id", TABLE_ID_FORM)
    if found_id is not None and found_id != table_id:
        check.fault(f'"id" {found_id!r} tidak sama dengan nama berkas {table_id}.toml', "id")
    check.text("title")
    check.string("basis")
    _check_years(check)
    _check_bands(check.items("bands"))
    return (None, faults) if faults else (_categories(document), faults)


def _check_years(check: TableCheck) -> None:
    years = check.inner("years")
    if years is None:
        return
    years.expect(YEARS_REQUIRED, YEARS_OPTIONAL)
    first = years.integer("from", FIRST_YEAR, LAST_YEAR)
    last = years.integer("until", FIRST_YEAR, LAST_YEAR)
    if first is not None and last is not None and last < first:
        years.fault('"until" lebih awal daripada "from"', "until")


def _check_bands(bands: list[TableCheck]) -> None:
    mutu = Once("mutu")
    bounds: list[tuple[TableCheck, Decimal, Decimal]] = []
    perceptions: list[tuple[TableCheck, int]] = []
    for band in bands:
        band.expect(BAND_KEYS)
        mutu.see(band, band.string("mutu", MUTU_FORM), "mutu")
        band.text("kinerja")
        lower, upper = band.string("lower", BOUND_FORM), band.string("upper", BOUND_FORM)
        if lower is not None and upper is not None:
            bounds.append((band, Decimal(lower), Decimal(upper)))
        perception = band.integer("perception", 1, MAX_PERCEPTION)
        if perception is not None:
            perceptions.append((band, perception))
    for band, lowest, highest in bounds:
        if lowest > highest:
            band.fault(f'"lower" {lowest} lebih besar daripada "upper" {highest}', "lower")
    if len(bounds) == len(bands):
        _check_joins(bounds)
    for (_, better), (band, worse) in pairwise(perceptions):
        if worse >= better:
            band.fault("nilai persepsi harus turun dari mutu terbaik ke mutu terendah", "perception")


def _check_joins(bounds: list[tuple[TableCheck, Decimal, Decimal]]) -> None:
    """Bands stand best first, cover the whole range, and part by one hundredth, the last printed digit."""
    for (_, lower, _), (band, _, upper) in pairwise(bounds):
        gap = lower - upper
        if gap > STEP:
            band.fault(f"lubang antara {upper} dan {lower}", "upper")
        elif gap < STEP:
            band.fault(f"tumpang tindih: {upper} tidak di bawah {lower}", "upper")
    if not bounds:
        return
    best, _, highest = bounds[0]
    worst, lowest, _ = bounds[-1]
    if highest != HIGHEST * STEP:
        best.fault(f'"upper" mutu terbaik harus {HIGHEST * STEP}, bukan {highest}', "upper")
    if lowest != LOWEST * STEP:
        worst.fault(f'"lower" mutu terendah harus {LOWEST * STEP}, bukan {lowest}', "lower")


def _categories(document: TomlDocument) -> Categories:
    data = document.data
    return Categories(
        table=CategoryTable(
            data["id"],
            tuple(
                Band(band["mutu"], Decimal(band["lower"]), Decimal(band["upper"]), band["perception"])
                for band in data["bands"]
            ),
        ),
        names={band["mutu"]: dict(band["kinerja"]) for band in data["bands"]},
        basis=data["basis"],
        title=dict(data["title"]),
        from_year=data["years"]["from"],
        until_year=data["years"].get("until"),
    )
