"""A Word document that grows: headings, paragraphs, tables, and the tags that docxtpl fills later."""

import io
from collections.abc import Sequence
from typing import Any

from app.core.late import Late
from app.reports import word_contents

_docx = Late("docx")
_shared = Late("docx.shared")
_text = Late("docx.enum.text")
_table = Late("docx.enum.table")
_oxml = Late("docx.oxml")
_ns = Late("docx.oxml.ns")

FONT = "Liberation Serif"
BLUE = (0x14, 0x3A, 0x66)
GREY = (0x50, 0x5E, 0x6B)

NARROW = 24
"""Columns up to so many millimetres hold figures: centred."""

Columns = Sequence[tuple[str, str, int]]
"""Head, content of the cell, width in millimetres."""


class Layout:
    """A document that grows by headings, paragraphs, tables and tags."""

    def __init__(self) -> None:
        self._document: Any = _docx.Document()
        self._headings: list[tuple[int, str]] = []
        section = self._document.sections[0]
        section.page_width, section.page_height = _shared.Mm(210), _shared.Mm(297)
        section.left_margin, section.right_margin = _shared.Mm(25), _shared.Mm(20)
        section.top_margin = section.bottom_margin = _shared.Mm(25)
        section.different_first_page_header_footer = True
        self._fonts()
        self._footer(section.footer.paragraphs[0])

    def file(self) -> bytes:
        """The finished file."""
        word_contents.fill(self._contents, self._headings)
        stream = io.BytesIO()
        self._document.save(stream)
        return stream.getvalue()

    def text(self, words: str, *, style: str | None = None) -> Any:
        """A paragraph."""
        return self._document.add_paragraph(words, style=style)

    def centred(
        self, words: str, size: float, *, bold: bool = False, grey: bool = False, above: int = 0
    ) -> None:
        """A line of the cover."""
        paragraph = self.text("")
        paragraph.alignment = _text.WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = _shared.Pt(above)
        run = paragraph.add_run(words)
        run.font.size, run.bold = _shared.Pt(size), bold
        run.font.color.rgb = _shared.RGBColor(*(GREY if grey else BLUE))

    def contents(self) -> None:
        """The table of contents, on a page of its own: chapters and sections as they are when the file is made."""
        self.text("").paragraph_format.page_break_before = True
        self.centred("DAFTAR ISI", 15, bold=True)
        word_contents.add_styles(self._document, FONT)
        self._contents = self.text("")

    def chapter(self, words: str) -> None:
        """A heading on a new page."""
        heading = self._heading(words, 1)
        heading.paragraph_format.page_break_before = True
        heading.alignment = _text.WD_ALIGN_PARAGRAPH.CENTER

    def section(self, words: str, level: int = 2) -> None:
        """A heading within a chapter."""
        self._heading(words, level)

    def _heading(self, words: str, level: int) -> Any:
        heading = self._document.add_heading(words, level)
        if level <= word_contents.LEVELS:
            self._headings.append((level, words))
            word_contents.mark(heading, len(self._headings))
        return heading

    def tag(self, words: str) -> None:
        """A paragraph that is no more than a tag, and vanishes."""
        self.text(f"{{%p {words} %}}")

    def table(self, columns: Columns, rows: str, last: Sequence[str] = ()) -> None:
        """A table with a row for each of `rows`, a tag such as `row in survey.elements`."""
        table = self._document.add_table(rows=0, cols=len(columns))
        table.style, table.alignment = "Table Grid", _table.WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for (_, _, width), column in zip(columns, table.columns, strict=True):
            column.width = _shared.Mm(width)
        self._row(table, columns, [head for head, _, _ in columns], bold=True)
        self._repeat(table.rows[0])
        self._row(table, columns, [f"{{%tr for {rows} %}}"])
        self._row(table, columns, [content for _, content, _ in columns])
        self._row(table, columns, ["{%tr endfor %}"])
        if last:
            self._row(table, columns, last, bold=True)
        self.text("").paragraph_format.space_after = _shared.Pt(2)

    def matrix(self) -> None:
        """The processing table: as many columns as there are questions."""
        table = self._document.add_table(rows=0, cols=4)
        table.style = "Table Grid"
        columns = [("", "", 12)] * 4
        self._row(
            table,
            columns,
            ("No.", "{%tc for one in survey.columns %}", "{{ one }}", "{%tc endfor %}"),
            bold=True,
        )
        self._repeat(table.rows[0])
        self._row(table, columns, ("{%tr for row in survey.matrix %}",))
        scores = ("{{ row.number }}", "{%tc for one in row.scores %}", "{{ one }}", "{%tc endfor %}")
        self._row(table, columns, scores)
        self._row(table, columns, ("{%tr endfor %}",))
        self.text("")

    def _row(self, table: Any, columns: Columns, words: Sequence[str], *, bold: bool = False) -> None:
        cells = table.add_row().cells
        for (_, _, width), cell in zip(columns, cells, strict=True):
            cell.width = _shared.Mm(width)
        align = _text.WD_ALIGN_PARAGRAPH
        for (_, _, width), cell, content in zip(columns, cells, words, strict=False):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = _shared.Pt(1)
            paragraph.alignment = align.CENTER if width <= NARROW else align.LEFT
            run = paragraph.add_run(content)
            run.font.size, run.bold = _shared.Pt(9.5), bold

    def _repeat(self, row: Any) -> None:
        """The head stands on every page that the table reaches."""
        mark = _oxml.OxmlElement("w:tblHeader")
        mark.set(_ns.qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(mark)

    def _fonts(self) -> None:
        styles = self._document.styles
        normal = styles["Normal"]
        normal.font.name, normal.font.size = FONT, _shared.Pt(11.5)
        normal.paragraph_format.space_after = _shared.Pt(6)
        normal.paragraph_format.line_spacing = 1.2
        for level, size in ((1, 15), (2, 12.5), (3, 11.5)):
            style = styles[f"Heading {level}"]
            style.font.name, style.font.size, style.font.bold = FONT, _shared.Pt(size), True
            style.font.color.rgb = _shared.RGBColor(*BLUE)
            style.element.rPr.rFonts.set(_ns.qn("w:asciiTheme"), FONT)
            for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
                style.element.rPr.rFonts.attrib.pop(_ns.qn(theme), None)

    def _footer(self, paragraph: Any) -> None:
        run = paragraph.add_run("Laporan SKM {{ subject }}, {{ period }}   |   ")
        run.font.size = _shared.Pt(9)
        field = paragraph.add_run()
        field.font.size = _shared.Pt(9)
        for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
            if kind:
                element = _oxml.OxmlElement("w:fldChar")
                element.set(_ns.qn("w:fldCharType"), kind)
            else:
                element = _oxml.OxmlElement("w:instrText")
                element.text = words
            field._r.append(element)
