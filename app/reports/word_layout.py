"""The default Word layout of the SKM report, with the tags that docxtpl fills; a government's own begins here.

Its tags are those of `laporan._data`: `{{ name }}` for a text, `{%tr for ... %}` for rows of a table, `{%p ... %}`
for paragraphs.
"""

from functools import lru_cache

from app.core.late import Late
from app.reports.word_pen import Columns, Layout

_shared = Late("docx.shared")

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
    layout = Layout()
    _cover(layout)
    layout.contents()
    _chapters(layout)
    _annexes(layout)
    return layout.file()


def _cover(layout: Layout) -> None:
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


def _chapters(layout: Layout) -> None:
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


def _results(layout: Layout) -> None:
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


def _analysis(layout: Layout) -> None:
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


def _annexes(layout: Layout) -> None:
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
