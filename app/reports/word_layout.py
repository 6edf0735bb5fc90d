"""The default Word layout of the SKM report, with the tags that docxtpl fills; a government's own begins here.

Its tags are those of `laporan._data`: `{{ name }}` for a text, `{%tr for ... %}` for rows of a table, `{%p ... %}`
for paragraphs.
"""

import io
from collections.abc import Sequence
from functools import lru_cache
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

ELEMENTS: Columns = (
    ("Kode", "{{ row.code }}", 13),
    ("Unsur", "{{ row.name }}", 56),
    ("NRR", "{{ row.nrr }}", 16),
    ("NRR tertimbang", "{{ row.weighted }}", 24),
    ("IKM", "{{ row.ikm }}", 17),
    ("Mutu", "{{ row.mutu }}", 14),
    ("Kinerja", "{{ row.kinerja }}", 26),
)
SERVICES: Columns = (
    ("Layanan", "{{ row.name }}", 60),
    ("Responden", "{{ row.respondents }}", 24),
    ("Target", "{{ row.target }}", 20),
    ("IKM", "{{ row.ikm }}", 18),
    ("Mutu", "{{ row.mutu }}", 14),
    ("Kinerja", "{{ row.kinerja }}", 28),
)
CATEGORIES: Columns = (
    ("Nilai IKM", "{{ row.span }}", 45),
    ("Mutu", "{{ row.mutu }}", 20),
    ("Kinerja unit pelayanan", "{{ row.kinerja }}", 60),
)
PLAN: Columns = (
    ("No.", "{{ row.number }}", 10),
    ("Prioritas unsur", "{{ row.element }}", 32),
    ("Program/kegiatan", "{{ row.action }}", 60),
    ("Waktu", "{{ row.due }}", 24),
    ("Penanggung jawab", "{{ row.owner }}", 40),
)
PREVIOUS: Columns = (
    ("No.", "{{ row.number }}", 10),
    ("Unsur", "{{ row.element }}", 28),
    ("Kegiatan", "{{ row.action }}", 42),
    ("Keadaan", "{{ row.state }}", 24),
    ("Yang dilakukan", "{{ row.outcome }}", 38),
    ("Bukti", "{{ row.evidence }}", 26),
)
TREND: Columns = (
    ("Periode", "{{ row.period }}", 40),
    ("Responden", "{{ row.respondents }}", 24),
    ("IKM", "{{ row.ikm }}", 18),
    ("Mutu", "{{ row.mutu }}", 14),
    ("Catatan", "{{ row.note }}", 66),
)
PROCESSING: Columns = (
    ("Kode", "{{ row.code }}", 13),
    ("Unsur", "{{ row.name }}", 55),
    ("Jawaban", "{{ row.n }}", 20),
    ("Jumlah nilai", "{{ row.sum }}", 22),
    ("NRR", "{{ row.nrr }}", 17),
    ("NRR tertimbang", "{{ row.weighted }}", 24),
    ("IKM", "{{ row.ikm }}", 17),
)
ASPECT: Columns = (
    ("{{ aspect.title }}", "{{ row.name }}", 90),
    ("Jumlah", "{{ row.count }}", 30),
    ("Persen", "{{ row.percent }}", 30),
)


@lru_cache(maxsize=1)
def default_layout() -> bytes:
    """The layout as a .docx file."""
    layout = _Layout()
    _cover(layout)
    layout.contents()
    _chapters(layout)
    _annexes(layout)
    return layout.file()


class _Layout:
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


def _cover(layout: _Layout) -> None:
    layout.tag("if logo")
    layout.centred("{{ logo }}", 12)
    layout.tag("endif")
    layout.centred("{{ government }}", 14, grey=True)
    layout.centred("Laporan Pelaksanaan", 24, bold=True, above=150)
    layout.centred("Survei Kepuasan Masyarakat (SKM)", 24, bold=True)
    layout.centred("{{ unit }}", 17, bold=True, above=40)
    layout.tag("if service")
    layout.centred("{{ service }}", 14)
    layout.tag("endif")
    layout.centred("{{ period }}", 14)
    layout.tag("if address")
    layout.centred("{{ address }}", 11, grey=True, above=150)
    layout.tag("endif")
    layout.tag("if phone")
    layout.centred("Telepon {{ phone }}", 11, grey=True)
    layout.tag("endif")
    layout.centred("Disusun {{ made_on }}", 11, grey=True)


def _chapters(layout: _Layout) -> None:
    layout.chapter("BAB I PENDAHULUAN")
    layout.section("1.1 Latar belakang")
    layout.text("{{ texts.background }}")
    layout.text("{{ texts.about }}")
    layout.section("1.2 Dasar")
    layout.tag("for basis in texts.bases")
    layout.text("{{ basis }}", style="List Number")
    layout.tag("endfor")
    layout.section("1.3 Maksud dan tujuan")
    layout.text("{{ texts.purpose }}")
    layout.tag("for aim in texts.aims")
    layout.text("{{ aim }}", style="List Bullet")
    layout.tag("endfor")
    layout.chapter("BAB II PENGUMPULAN DATA")
    for title, content in (
        ("2.1 Pelaksana", "{{ texts.organiser }}"),
        ("2.2 Metode", "{{ texts.method }}"),
    ):
        layout.section(title)
        layout.text(content)
    layout.text("{{ excluded_note }}")
    for title, content in (
        ("2.3 Lokasi", "{{ texts.place }}"),
        ("2.4 Waktu", "{{ texts.time }}"),
        ("2.5 Penentuan jumlah responden", "{{ sample }}"),
    ):
        layout.section(title)
        layout.text(content)
    _results(layout)
    _analysis(layout)


def _results(layout: _Layout) -> None:
    layout.chapter("BAB III HASIL PENGOLAHAN DATA")
    layout.section("3.1 Jumlah responden")
    layout.text("{{ texts.respondents }}")
    layout.tag("for aspect in aspects")
    layout.table(ASPECT, "row in aspect.rows")
    layout.tag("endfor")
    layout.section("3.2 Indeks Kepuasan Masyarakat")
    layout.tag("if not surveys")
    layout.text("Pada periode ini belum ada jawaban yang dihitung.")
    layout.tag("endif")
    layout.tag("for survey in surveys")
    layout.section("{{ survey.title }}", 3)
    layout.centred("IKM {{ survey.ikm }}", 26, bold=True)
    layout.centred("Mutu {{ survey.mutu }}: {{ survey.kinerja }}", 15, bold=True)
    layout.centred(
        "{{ survey.respondents }} responden, selang kepercayaan 95%: {{ survey.interval }}", 11, grey=True
    )
    layout.text("{{ survey.lead }} {{ survey.certainty }}")
    layout.table(
        ELEMENTS,
        "row in survey.elements",
        (
            "",
            "Indeks dan IKM",
            "",
            "{{ survey.index }}",
            "{{ survey.ikm }}",
            "{{ survey.mutu }}",
            "{{ survey.kinerja }}",
        ),
    )
    layout.text("{{ survey.chart }}")
    layout.text("{{ survey.spread }}")
    layout.tag("if survey.services")
    layout.table(SERVICES, "row in survey.services")
    layout.tag("endif")
    layout.table(CATEGORIES, "row in survey.categories")
    layout.tag("endfor")


def _analysis(layout: _Layout) -> None:
    layout.chapter("BAB IV ANALISIS HASIL SURVEI")
    layout.section("4.1 Kekuatan dan kelemahan per unsur")
    layout.tag("for survey in surveys")
    for name in ("strengths", "weaknesses", "change"):
        layout.text(f"{{{{ survey.{name} }}}}")
    layout.tag("if before")
    layout.text("{{ survey.element_changes }}")
    layout.tag("endif")
    layout.tag("endfor")
    layout.tag("if topics")
    layout.text("Hal yang paling sering disebut responden dalam saran dan masukan:")
    layout.tag("for topic in topics")
    layout.text("{{ topic.name }} ({{ topic.count }} masukan)", style="List Bullet")
    layout.tag("endfor")
    layout.tag("endif")
    layout.section("4.2 Rencana tindak lanjut")
    layout.tag("if plan")
    layout.table(PLAN, "row in plan")
    layout.tag("else")
    layout.text("Rencana tindak lanjut untuk periode ini belum disusun.")
    layout.tag("endif")
    layout.section("4.3 Tren nilai SKM")
    layout.tag("if trend_chart")
    layout.text("{{ trend_chart }}")
    layout.tag("else")
    layout.text("Tren baru dapat dibaca setelah ada hasil dua periode atau lebih.")
    layout.tag("endif")
    layout.tag("if trend")
    layout.table(TREND, "row in trend")
    layout.tag("endif")
    layout.chapter("BAB V KESIMPULAN")
    layout.text("{{ conclusion }}")
    layout.text("{{ texts.published }}")
    for line in ("{{ made_on }}", "{{ signatory }}", "", "", "", "NIP"):
        layout.text(line).paragraph_format.left_indent = _shared.Mm(90)


def _annexes(layout: _Layout) -> None:
    layout.chapter("LAMPIRAN 1 KUESIONER")
    layout.tag("for survey in surveys")
    layout.section("{{ survey.title }}", 3)
    layout.tag("for question in survey.questions")
    layout.text("{{ question.number }}. {{ question.text }}").paragraph_format.keep_with_next = True
    layout.text("{{ question.options|join('; ') }}")
    layout.tag("endfor")
    layout.tag("endfor")
    layout.chapter("LAMPIRAN 2 HASIL PENGOLAHAN DATA")
    layout.tag("for survey in surveys")
    layout.section("{{ survey.title }}", 3)
    layout.tag("if survey.matrix")
    layout.matrix()
    layout.tag("else")
    layout.text("{{ texts.processing }}")
    layout.tag("endif")
    layout.table(
        PROCESSING,
        "row in survey.elements",
        ("", "Indeks dan IKM unit pelayanan", "", "", "", "{{ survey.index }}", "{{ survey.ikm }}"),
    )
    layout.tag("endfor")
    layout.chapter("LAMPIRAN 3 TINDAK LANJUT PERIODE SEBELUMNYA")
    layout.tag("if previous_plan")
    layout.table(PREVIOUS, "row in previous_plan")
    layout.tag("else")
    layout.text("Tidak ada rencana tindak lanjut yang tercatat untuk periode sebelumnya.")
    layout.tag("endif")
