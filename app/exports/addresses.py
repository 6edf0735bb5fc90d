"""Cells and ranges by their spreadsheet names, from zero-based rows and columns."""

from app.core.late import Late

_UTILITY = Late("xlsxwriter.utility")


def cell(row: int, column: int, *, fixed: bool = False) -> str:
    """One cell, such as B12; `fixed` as $B$12."""
    mark = "$" if fixed else ""
    return f"{mark}{_UTILITY.xl_col_to_name(column)}{mark}{row + 1}"


def block(first_row: int, first_column: int, last_row: int, last_column: int, *, fixed: bool = False) -> str:
    """All cells from one corner to the other, such as B12:J40."""
    first, last = cell(first_row, first_column, fixed=fixed), cell(last_row, last_column, fixed=fixed)
    return f"{first}:{last}"
