"""The paragraphs that every SKM report has, with the names of this one. Both layouts print them."""

from typing import Any

from app.reports import report_names as names
from app.reports.report_words import count, listed
from app.reports.survey_facts import Facts

BASES = (
    "Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik.",
    "Peraturan Pemerintah Nomor 96 Tahun 2012 tentang Pelaksanaan Undang-Undang Nomor 25 Tahun 2009 tentang "
    "Pelayanan Publik.",
    "Peraturan Menteri PANRB Nomor 14 Tahun 2017 tentang Pedoman Penyusunan Survei Kepuasan Masyarakat Unit "
    "Penyelenggara Pelayanan Publik.",
)
AIMS = (
    "mengetahui kekuatan dan kelemahan tiap unsur pelayanan;",
    "menjadi dasar perbaikan yang terencana, terukur, dan dapat diperiksa pelaksanaannya;",
    "menyampaikan kepada masyarakat bagaimana pelayanan dinilai dan apa yang diperbaiki.",
)
BACKGROUND = (
    "Pelayanan publik yang baik lahir dari kebiasaan mendengarkan orang yang dilayani. Undang-Undang Nomor 25 "
    "Tahun 2009 mewajibkan penyelenggara mengikutsertakan masyarakat dalam menilai pelayanan, dan Peraturan "
    "Menteri PANRB Nomor 14 Tahun 2017 menetapkan caranya: survei kepuasan masyarakat atas sembilan unsur, "
    "sekurang-kurangnya sekali setahun, yang hasilnya diumumkan dan ditindaklanjuti."
)
PURPOSE = (
    "Survei ini dimaksudkan untuk mengetahui tingkat kepuasan masyarakat atas pelayanan yang diterima. "
    "Tujuannya:"
)


def texts_of(facts: Facts, public_page: str) -> dict[str, Any]:
    """Texts by name; `bases` and `aims` are lists."""
    unit, government = facts.unit, facts.government
    above = f", {government.name}," if government.id != unit.id else ""
    where = f", {unit.address}" if unit.address else ""
    return {
        "background": BACKGROUND,
        "about": (
            f"Laporan ini memuat pelaksanaan dan hasil survei tersebut di {facts.subject} pada {facts.period_name}."
        ),
        "bases": list(BASES),
        "purpose": PURPOSE,
        "aims": list(AIMS),
        "organiser": (
            f"Survei dilaksanakan oleh {unit.name}{above} secara mandiri dengan aplikasi survei kepuasan "
            "masyarakat elektronik (e-SKM)."
        ),
        "method": _method(facts),
        "place": (
            f"Pengumpulan data dilakukan di {unit.name}{where}, dan pada layanan yang diberikan secara daring."
        ),
        "time": f"Survei dilaksanakan {names.day(facts.first_day)} sampai {names.day(facts.last_day)}.",
        "respondents": (
            f"Responden yang menjawab dan dihitung berjumlah {count(facts.respondents)} orang. Karakteristik "
            "responden diisi secara sukarela."
        ),
        "processing": (
            "Nilai tiap responden tersedia sebagai berkas pengolahan data (lembar kerja) yang menyertai "
            "laporan ini. Jumlah, rata-rata, dan IKM per unsur:"
        ),
        "published": (
            "Hasil yang diumumkan, cara menghitungnya, dan tindak lanjutnya dapat dilihat siapa saja di "
            f"{public_page}."
        ),
    }


def _method(facts: Facts) -> str:
    asked = " ".join(
        f"Kuesioner {one.title} ({one.basis}) menanyakan {len(one.questions)} hal kepada tiap responden, dengan "
        f"pilihan jawaban bernilai {_scale(one.questions[0].options)}."
        for one in facts.surveys
        if one.questions
    )
    how = (
        f"Responden menjawab tanpa menyebutkan nama melalui {listed(list(facts.channels))}. "
        if facts.channels
        else ""
    )
    return (
        f"{asked} {how}Tiap jawaban disimpan tepat satu kali; jawaban yang sama dan dikirim ulang tidak "
        "dihitung dua kali. Nilai rata-rata (NRR) tiap unsur adalah jumlah nilai dibagi banyaknya jawaban, bobot "
        "tiap unsur sama, dan IKM adalah indeks dikali 25. Pembulatan dilakukan sekali, pada angka yang dicetak."
    ).strip()


def _scale(options: tuple[str, ...]) -> str:
    return f"1 sampai {len(options)}"
