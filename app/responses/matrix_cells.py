"""What a cell of a matrix holds, and what it can be read as. Pure.

A reading that does not succeed leaves the cell as it is: the validator of answers then names the fault.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime

Cell = str | int | float | bool | date | None
"""A cell without surrounding blanks; None when there was nothing else in it."""

SEXES = {"l": "L", "laki-laki": "L", "p": "P", "perempuan": "P"}
EDUCATIONS = {
    **{level.lower(): level for level in ("SD", "SMP", "SMA", "D1-D4", "S1", "S2", "S3")},
    **{f"d{level}": "D1-D4" for level in range(1, 5)},
}
OCCUPATIONS = {
    "pns": "PNS",
    "tni": "TNI",
    "polri": "POLRI",
    "swasta": "SWASTA",
    "wirausaha": "WIRAUSAHA",
    "pelajar": "PELAJAR",
    "mahasiswa": "PELAJAR",
    "pelajar/mahasiswa": "PELAJAR",
    "petani": "PETANI",
    "nelayan": "PETANI",
    "petani/nelayan": "PETANI",
    "irt": "IRT",
    "ibu rumah tangga": "IRT",
    "lainnya": "LAINNYA",
}
FLAGS = {"ya": True, "true": True, "1": True, "tidak": False, "false": False, "0": False}

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,8})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_LOCAL_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_AROUND_SIGNS = re.compile(r"\s*([-/])\s*")


class UnusableMatrix(Exception):
    """The file or what was said about it cannot be used; nothing was stored. `reasons` are for the user."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def tidy(value: object) -> Cell:
    """A value from a file as a cell; anything that is no text, number, truth value or date as text."""
    if isinstance(value, str):
        return value.strip() or None
    if value is None or isinstance(value, bool | int | float | date):
        return value
    return str(value)


def as_whole(cell: Cell) -> Cell:
    """The whole number in a numeric cell, also 3.0, or in a text of digits only: "3.0" is no such text."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return int(cell) if isinstance(cell, str) and _WHOLE.fullmatch(cell) else cell


def as_choice(cell: Cell, choices: Mapping[str, str]) -> Cell:
    """The code of one of `choices`, whose keys are in lower case with single blanks."""
    if not isinstance(cell, str):
        return cell
    spelled = _AROUND_SIGNS.sub(r"\1", " ".join(cell.casefold().replace("–", "-").split()))
    return choices.get(spelled, cell)


def as_flag(cell: Cell) -> Cell:
    """Yes or no, from words, truth values, or 1 and 0."""
    if isinstance(cell, bool):
        return cell
    whole = as_whole(cell)
    return FLAGS.get(str(whole).casefold(), cell) if isinstance(whole, int | str) else cell


def as_text(cell: Cell) -> str | None:
    """What was written, also when the spreadsheet took it for a number."""
    if cell is None or isinstance(cell, str):
        return cell
    return str(as_whole(cell))


def as_date(cell: Cell) -> date | None:
    """The day in a date cell, or in a text such as 2026-03-31 or 31/03/2026; None when it is none."""
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell
    if not isinstance(cell, str):
        return None
    if written := _ISO_DATE.fullmatch(cell):
        year, month, day = written.groups()
    elif written := _LOCAL_DATE.fullmatch(cell):
        day, month, year = written.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
