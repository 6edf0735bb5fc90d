"""Follow-ups in the words of pages: states, sources, deeds, quarters, days."""

from datetime import date

from babel.dates import format_date

from app.core.messages import translate
from app.followups.tables import CANCELLED, COMMENT, DONE, FORUM, IN_PROGRESS, PLANNED, SURVEY

_ROMAN = ("I", "II", "III", "IV")


def day(value: date | None, language: str) -> str | None:
    """`12 Desember 2026`."""
    return None if value is None else format_date(value, "d MMMM y", locale=language)


def quarter(year: int, number: int, language: str) -> str:
    """`TW IV 2026`, as plans write it."""
    return translate("TW {quarter} {year}", language, {"quarter": _ROMAN[number - 1], "year": year})


def state_name(state: str, language: str) -> str:
    """What a state is called."""
    return states(language)[state]


def states(language: str) -> dict[str, str]:
    """All states in the order of work."""
    return {
        PLANNED: translate("Belum mulai", language),
        IN_PROGRESS: translate("Berjalan", language),
        DONE: translate("Selesai", language),
        CANCELLED: translate("Dibatalkan", language),
    }


def sources(language: str) -> dict[str, str]:
    """Where a recommendation can come from."""
    return {
        SURVEY: translate("Hasil survei", language),
        COMMENT: translate("Masukan warga", language),
        FORUM: translate("Forum Konsultasi Publik", language),
    }


def deeds(language: str) -> dict[str, str]:
    """What a step of the history says."""
    return {
        "added": translate("Rencana dibuat", language),
        "changed": translate("Rencana diubah", language),
        "advanced": translate("Kemajuan dicatat", language),
        "finished": translate("Dinyatakan selesai", language),
        "cancelled": translate("Rencana dibatalkan", language),
        "reopened": translate("Dibuka lagi", language),
        "published": translate("Diterbitkan kepada warga", language),
        "withdrawn": translate("Ditarik dari halaman warga", language),
        "evidence_added": translate("Bukti ditambah", language),
        "evidence_removed": translate("Bukti dihapus", language),
        "evidence_shown": translate("Bukti untuk warga dipilih", language),
    }


def fields(language: str) -> dict[str, str]:
    """What the fields in the history are called."""
    return {
        "service_id": translate("Layanan", language),
        "period": translate("Periode survei", language),
        "element": translate("Unsur", language),
        "source": translate("Asal rekomendasi", language),
        "forum_id": translate("Forum Konsultasi Publik", language),
        "comment_id": translate("Masukan warga", language),
        "recommendation": translate("Rekomendasi", language),
        "action": translate("Program atau kegiatan", language),
        "due_year": translate("Tahun target", language),
        "due_quarter": translate("Triwulan target", language),
        "owner": translate("Penanggung jawab", language),
        "progress": translate("Kemajuan (%)", language),
        "state": translate("Keadaan", language),
        "reason": translate("Alasan pembatalan", language),
        "done_on": translate("Tanggal selesai", language),
        "outcome": translate("Yang sudah dilakukan", language),
        "obstacles": translate("Kendala", language),
        "published": translate("Terbit", language),
        "public_text": translate("Teks untuk warga", language),
        "evidence": translate("Bukti", language),
    }


def size(count: int, language: str) -> str:
    """`1,4 MB`, `312 kB`."""
    if count >= 1_000_000:
        tenths = (count + 50_000) // 100_000
        mark = "," if language == "id" else "."
        return f"{tenths // 10}{mark}{tenths % 10} MB"
    return f"{max(1, (count + 500) // 1000)} kB"


def yes(language: str) -> str:
    """A box that is ticked."""
    return translate("ya", language)


def no(language: str) -> str:
    """A box that is not."""
    return translate("tidak", language)
