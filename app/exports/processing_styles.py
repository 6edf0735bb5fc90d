"""How the cells of the processing table look: by name, so that the layout says what a cell is."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

INK, LINE, HEAD, SUM, QUIET, WARNING = "#1A2433", "#9AA7B8", "#1F3A5F", "#E9EEF5", "#6B7785", "#8A3B00"
NRR, IKM, COUNT = "0.000", "0.00", "#,##0"

_CELL: dict[str, Any] = {"border": 1, "border_color": LINE, "align": "center", "valign": "vcenter"}
_LEFT = {**_CELL, "align": "left", "indent": 1}
_SUM = {**_CELL, "bg_color": SUM, "bold": True}
_SUB = {**_CELL, "font_color": QUIET, "font_size": 9}
_BOX: dict[str, Any] = {"align": "center", "valign": "vcenter", "left": 2, "right": 2, "border_color": HEAD}

_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 13, "font_color": HEAD},
    "subtitle": {"font_color": QUIET, "valign": "top"},
    "label": {"font_color": QUIET, "valign": "vcenter"},
    "identity": {"align": "left", "valign": "vcenter"},
    "unit": {"align": "left", "valign": "vcenter", "bold": True, "font_size": 14, "text_wrap": True},
    "warning": {"font_color": WARNING, "bold": True},
    "empty": {"bold": True, "font_size": 12},
    "head": {**_CELL, "bg_color": HEAD, "font_color": "#FFFFFF", "bold": True, "border_color": "#FFFFFF"},
    "head_open": {"bg_color": HEAD, "font_color": "#FFFFFF", "bold": True, "align": "center"},
    "number": {**_CELL, "font_color": QUIET},
    "score": _CELL,
    "sum_label": {**_SUM, "align": "left", "indent": 1},
    "sum": {**_SUM, "num_format": COUNT},
    "mean": {**_SUM, "num_format": NRR},
    "ikm_label": {**_SUM, "align": "right", "indent": 1, "bg_color": HEAD, "font_color": "#FFFFFF"},
    "ikm": {**_SUM, "num_format": IKM, "bg_color": HEAD, "font_color": "#FFFFFF", "font_size": 12},
    "side_title": {"bold": True, "font_color": HEAD, "valign": "vcenter"},
    "legend": {"font_size": 9, "valign": "vcenter", "text_wrap": True, "font_color": QUIET},
    "note": {"font_size": 9, "valign": "vcenter"},
    "cell": _CELL,
    "cell_left": {**_LEFT, "shrink": True},
    "cell_count": {**_CELL, "num_format": COUNT},
    "cell_nrr": {**_CELL, "num_format": NRR},
    "cell_ikm": {**_CELL, "num_format": IKM},
    "cell_quiet": {**_CELL, "font_color": QUIET, "italic": True},
    "cell_wrap": {**_LEFT, "text_wrap": True},
    "cell_link": {**_LEFT, "text_wrap": True, "font_color": HEAD, "underline": 1},
    "cell_label": {**_LEFT, "shrink": True},
    "total": _SUM,
    "total_label": {**_SUM, "align": "left", "indent": 1, "shrink": True},
    "total_count": {**_SUM, "num_format": COUNT},
    "total_nrr": {**_SUM, "num_format": NRR},
    "total_ikm": {**_SUM, "num_format": IKM},
    "sub": _SUB,
    "sub_left": {**_SUB, "align": "left", "indent": 2, "shrink": True},
    "sub_count": {**_SUB, "num_format": COUNT},
    "sub_nrr": {**_SUB, "num_format": NRR},
    "box_label": {**_BOX, "top": 2, "bold": True, "font_color": HEAD},
    "box_ikm": {**_BOX, "num_format": IKM, "bold": True, "font_size": 30, "font_color": HEAD},
    "box_mutu": {**_BOX, "bold": True, "font_size": 12},
    "box_last": {**_BOX, "bottom": 2, "font_color": QUIET},
}


class Styles:
    """The formats of one workbook by name; KeyError for a name that does not exist."""

    def __init__(self, workbook: "Workbook") -> None:
        font = {"font_name": "Arial", "font_size": 10, "font_color": INK}
        self._formats = {name: workbook.add_format({**font, **look}) for name, look in _STYLES.items()}

    def __getitem__(self, name: str) -> "Format":
        return self._formats[name]
