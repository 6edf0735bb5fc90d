"""One line of history, checked: from a file's row or from a form. Pure but for the rules it is given."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from app.core.errors import FieldError
from app.core.tables import storable
from app.ikm.periods import PeriodError, parse
from app.instruments.rules import Rule
from app.responses.matrix_cells import Cell, as_date, as_text, as_whole

SOURCE_MOST = 300
COUNT_MOST = 1_000_000_000
ACTIONS_MOST = 10_000
IKM_LEAST, IKM_MOST = 2500, 10000
NRR_LEAST, NRR_MOST = 1000, 4000
_DECIMAL = re.compile(r"[0-9]{1,3}(?:[.,][0-9]+)?")
_CODE = re.compile(r"U[1-9][0-9]?")
# The last whole year under a rule; in 2014 and 2017 two rules were in force, and somebody has to say which.
_UNTIL = (("2004", 2013), ("2014", 2016), ("2017", 2100))
_TURNS = (2014, 2017)


@dataclass(frozen=True, slots=True)
class ResultEntry:
    """A result as printed: `ikm` in hundredths, `nrr` in thousandths by the element codes of `rule`."""

    rule: str
    ikm: int
    nrr: Mapping[str, int] | None = field(hash=False)
    respondents: int | None
    mutu: str | None


@dataclass(frozen=True, slots=True)
class FollowUpEntry:
    """What became of the follow-up plan of a period's survey."""

    planned: int
    finished: int
    report_issued_on: date | None
    all_finished_on: date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a period, of the whole unit or of one service: a result, a follow-up plan, or both."""

    period: str
    service: str | None
    source: str
    result: ResultEntry | None
    follow_up: FollowUpEntry | None


class Faulty(Exception):
    """A line that cannot be taken; `errors` name its columns."""

    def __init__(self, errors: list[FieldError]) -> None:
        self.errors = errors
        super().__init__(", ".join(error.code for error in errors))


def entry_of(
    cells: Mapping[str, Cell], rules: Mapping[str, Rule], services: frozenset[str], source: str
) -> Entry:
    """The entry in `cells`: by the columns of `sheet.COLUMNS` and element codes. Raises Faulty with all faults.

    `services` are the codes of the unit's services, `source` is what a line without its own source comes from.
    """
    errors: list[FieldError] = []
    period = _period(cells.get("period"), errors)
    service = as_text(cells.get("service"))
    if service is not None and service not in services:
        errors.append(FieldError("/service", "service_unknown", "Layanan ini tidak ada di unit ini."))
    said = as_text(cells.get("source")) or source
    if not said or len(said) > SOURCE_MOST or not storable(said):
        message = "Tulis sumbernya, paling panjang {most} karakter."
        errors.append(FieldError("/source", "source_invalid", message, {"most": SOURCE_MOST}))
    result = _result(cells, rules, period, errors)
    follow_up = _follow_up(cells, errors)
    if follow_up is not None and service is not None:
        message = "Tindak lanjut dicatat untuk seluruh unit, tanpa layanan."
        errors.append(FieldError("/planned", "service_given", message))
    if not errors and result is None and follow_up is None:
        errors.append(FieldError("/ikm", "ikm_missing", "Isi IKM, atau jumlah rencana tindak lanjut."))
    if errors or period is None:
        raise Faulty(errors)
    return Entry(period, service, said, result, follow_up)


def rule_in(year: int) -> str | None:
    """The only rule in force in a year; None in a year in which it changed."""
    if year in _TURNS:
        return None
    return next(rule for rule, last in _UNTIL if year <= last)


def scaled(cell: Cell, places: int) -> int | None:
    """A number times ten to `places`: `91,77`, `91.77`, a cell of numbers. ValueError for anything else."""
    if cell is None:
        return None
    text = str(cell)
    if isinstance(cell, bool) or _DECIMAL.fullmatch(text) is None:
        raise ValueError("not a number")
    try:
        number = Decimal(text.replace(",", ".")).scaleb(places)
    except InvalidOperation as error:
        raise ValueError("not a number") from error
    if number != number.to_integral_value():
        raise ValueError("too many decimals")
    return int(number)


def _period(cell: Cell, errors: list[FieldError]) -> str | None:
    text = as_text(cell) if not isinstance(cell, date) else None
    try:
        return parse(text or "").code
    except PeriodError:
        message = "Periode ditulis 2016, 2016-S1, 2016-Q3, 2016-09, atau 2016-07-17..2016-09-15."
        errors.append(FieldError("/period", "period_invalid", message))
        return None


def _result(
    cells: Mapping[str, Cell], rules: Mapping[str, Rule], period: str | None, errors: list[FieldError]
) -> ResultEntry | None:
    codes = {name: cell for name, cell in cells.items() if _CODE.fullmatch(name) and cell is not None}
    belonging = {**codes, **{name: cells.get(name) for name in ("mutu", "respondents", "rule")}}
    if cells.get("ikm") is None:
        if any(cell is not None for cell in belonging.values()):
            errors.append(FieldError("/ikm", "ikm_missing", "Isi IKM, atau jumlah rencana tindak lanjut."))
        return None
    ikm = _ikm(cells["ikm"], errors)
    rule = _rule(cells.get("rule"), rules, period, errors)
    nrr = _nrr(codes, rules[rule], errors) if rule is not None else None
    respondents = _count(cells.get("respondents"), "respondents", 1, COUNT_MOST, errors)
    mutu = _mutu(cells.get("mutu"), errors)
    if ikm is None or rule is None:
        return None
    return ResultEntry(rule, ikm, nrr or None, respondents, mutu)


def _ikm(cell: Cell, errors: list[FieldError]) -> int | None:
    try:
        ikm = scaled(cell, 2)
    except ValueError:
        message = "IKM ditulis sebagai angka dengan paling banyak dua desimal, misalnya 91,77."
        errors.append(FieldError("/ikm", "ikm_invalid", message))
        return None
    if ikm is None or not IKM_LEAST <= ikm <= IKM_MOST:
        errors.append(FieldError("/ikm", "ikm_range", "IKM harus antara 25 dan 100."))
        return None
    return ikm


def _rule(cell: Cell, rules: Mapping[str, Rule], period: str | None, errors: list[FieldError]) -> str | None:
    said = as_text(cell)
    if said is None and period is not None:
        said = rule_in(parse(period).start.year)
        if said is None:
            message = "Pada tahun ini aturannya berganti: tulis aturan yang dipakai, 2004, 2014, atau 2017."
            errors.append(FieldError("/rule", "rule_missing", message))
            return None
    if said is not None and said not in rules:
        errors.append(FieldError("/rule", "rule_unknown", "Aturan yang dikenal: 2004, 2014, dan 2017."))
        return None
    return said


def _nrr(codes: Mapping[str, Cell], rule: Rule, errors: list[FieldError]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code, cell in codes.items():
        if code not in rule.elements:
            message = "Aturan {rule} hanya mempunyai {count} unsur."
            said = {"rule": rule.id, "count": len(rule.elements)}
            errors.append(FieldError(f"/{code}", "element_unknown", message, said))
            continue
        try:
            value = scaled(cell, 3)
        except ValueError:
            value = None
        if value is None or not NRR_LEAST <= value <= NRR_MOST:
            message = "NRR antara 1 dan 4 dengan paling banyak tiga desimal, misalnya 3,271."
            errors.append(FieldError(f"/{code}", "nrr_invalid", message))
        else:
            found[code] = value
    return {code: found[code] for code in rule.elements if code in found}


def _mutu(cell: Cell, errors: list[FieldError]) -> str | None:
    text = as_text(cell)
    if text is None:
        return None
    if text.upper() not in ("A", "B", "C", "D"):
        errors.append(FieldError("/mutu", "mutu_invalid", "Mutu adalah A, B, C, atau D."))
        return None
    return text.upper()


def _count(cell: Cell, name: str, least: int, most: int, errors: list[FieldError]) -> int | None:
    if cell is None:
        return None
    whole = as_whole(cell)
    if isinstance(whole, bool) or not isinstance(whole, int) or not least <= whole <= most:
        message = "Isi bilangan bulat {least} sampai {most}."
        errors.append(FieldError(f"/{name}", "count_invalid", message, {"least": least, "most": most}))
        return None
    return whole


def _follow_up(cells: Mapping[str, Cell], errors: list[FieldError]) -> FollowUpEntry | None:
    names = ("planned", "finished", "report_issued_on", "all_finished_on")
    if all(cells.get(name) is None for name in names):
        return None
    before = len(errors)
    planned = _count(cells.get("planned"), "planned", 0, ACTIONS_MOST, errors)
    finished = _count(cells.get("finished"), "finished", 0, ACTIONS_MOST, errors)
    for name, value in (("planned", planned), ("finished", finished)):
        if cells.get(name) is None and value is None:
            message = "Isi jumlah tindak lanjut yang direncanakan dan yang selesai."
            errors.append(FieldError(f"/{name}", "follow_up_incomplete", message))
    issued, done = (_day(cells.get(name), name, errors) for name in names[2:])
    if len(errors) > before or planned is None or finished is None:
        return None
    if finished > planned:
        message = "Yang selesai tidak dapat lebih banyak daripada yang direncanakan."
        errors.append(FieldError("/finished", "more_finished_than_planned", message))
    if done is not None and finished < planned:
        message = "Tanggal ini hanya diisi bila semua tindak lanjut selesai."
        errors.append(FieldError("/all_finished_on", "not_all_finished", message))
    if done is not None and issued is not None and done < issued:
        message = "Semua selesai tidak dapat lebih awal daripada laporan terbit."
        errors.append(FieldError("/all_finished_on", "finished_before_report", message))
    return FollowUpEntry(planned, finished, issued, done)


def _day(cell: Cell, name: str, errors: list[FieldError]) -> date | None:
    if cell is None:
        return None
    day = as_date(cell)
    if day is None or day.year < 2000:
        message = "Tanggal ditulis 2016-12-31 atau 31/12/2016."
        errors.append(FieldError(f"/{name}", "day_invalid", message))
        return None
    return day
