"""A table of contents in a Word document: links that work at once, numbers of pages after an update of the field.

What a page number is depends on the fonts of the machine that lays the document out, so the field is stored
without them (ECMA-376 part 1, 17.16.5.68); Word and LibreOffice fill them in when it is updated.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from app.core.late import Late

_shared = Late("docx.shared")
_styles = Late("docx.enum.style")
_text = Late("docx.enum.text")
_oxml = Late("docx.oxml")
_ns = Late("docx.oxml.ns")

LEVELS = 2
INSTRUCTION = f'TOC \\o "1-{LEVELS}" \\h \\z \\u'
LINE_MILLIMETRES = 165


def add_styles(document: Any, font: str) -> None:
    """The styles of the lines, by the names that Word itself gives them."""
    for level in range(1, LEVELS + 1):
        style = document.styles.add_style(f"toc {level}", _styles.WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        style.base_style = document.styles["Normal"]
        style.font.name, style.font.bold = font, level == 1
        layout = style.paragraph_format
        layout.left_indent = _shared.Mm(6 * (level - 1))
        layout.space_before, layout.space_after = _shared.Pt(5 if level == 1 else 0), _shared.Pt(1)
        alignment, leader = _text.WD_TAB_ALIGNMENT.RIGHT, _text.WD_TAB_LEADER.DOTS
        layout.tab_stops.add_tab_stop(_shared.Mm(LINE_MILLIMETRES), alignment, leader)


def mark(heading: Any, number: int) -> None:
    """A place that the line of so many leads to."""
    start, end = _element("w:bookmarkStart", id=str(number), name=_name(number)), _element("w:bookmarkEnd")
    end.set(_ns.qn("w:id"), str(number))
    heading._p.insert(heading._p.index(heading.runs[0]._r), start)
    heading._p.append(end)


def fill(paragraph: Any, headings: Sequence[tuple[int, str]]) -> None:
    """The lines, in the place of an empty paragraph."""
    first = paragraph._p
    lines = [paragraph]
    for _ in headings[1:]:
        lines[-1]._p.addnext(deepcopy(first))
        lines.append(type(paragraph)(lines[-1]._p.getnext(), paragraph._parent))
    for number, (line, (level, words)) in enumerate(zip(lines, headings, strict=True), 1):
        line.style = paragraph.part.document.styles[f"toc {level}"]
        if number == 1:
            _field(line, "begin")
            instruction = _element("w:instrText")
            instruction.text = INSTRUCTION
            line.add_run()._r.append(instruction)
            _field(line, "separate")
        link = _element("w:hyperlink", anchor=_name(number), history="1")
        link.append(line.add_run(words)._r)
        line._p.append(link)
    _field(lines[-1], "end")


def _field(paragraph: Any, kind: str) -> None:
    paragraph.add_run()._r.append(_element("w:fldChar", fldCharType=kind))


def _element(tag: str, **attributes: str) -> Any:
    element = _oxml.OxmlElement(tag)
    for name, value in attributes.items():
        element.set(_ns.qn(f"w:{name}"), value)
    return element


def _name(number: int) -> str:
    return f"_Toc{number:08}"
