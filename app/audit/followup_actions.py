"""Deeds about follow-ups of a survey: what was planned, done, shown, and when its report was issued."""

from app.audit.wording import Action
from app.core.messages import translate


def followup_actions(language: str) -> dict[str, Action]:
    """Their names and sentences by code."""
    return {
        "followup.added": Action(
            translate("Tindak lanjut direncanakan", language),
            translate("merencanakan tindak lanjut di {unit}, survei {period}", language),
        ),
        "followup.changed": Action(
            translate("Rencana tindak lanjut diubah", language),
            translate("mengubah rencana tindak lanjut di {unit}, survei {period}", language),
        ),
        "followup.advanced": Action(
            translate("Kemajuan tindak lanjut dicatat", language),
            translate("mencatat kemajuan tindak lanjut di {unit}, survei {period}", language),
        ),
        "followup.finished": Action(
            translate("Tindak lanjut selesai", language),
            translate("menyatakan selesai sebuah tindak lanjut di {unit}, survei {period}", language),
        ),
        "followup.cancelled": Action(
            translate("Tindak lanjut dibatalkan", language),
            translate("membatalkan sebuah tindak lanjut di {unit}, survei {period}", language),
        ),
        "followup.reopened": Action(
            translate("Tindak lanjut dibuka lagi", language),
            translate("membuka lagi sebuah tindak lanjut di {unit}, survei {period}", language),
        ),
        "followup.published": Action(
            translate("Tindak lanjut diterbitkan", language),
            translate("menerbitkan sebuah tindak lanjut {unit} kepada warga, survei {period}", language),
        ),
        "followup.withdrawn": Action(
            translate("Tindak lanjut ditarik", language),
            translate("menarik sebuah tindak lanjut {unit} dari halaman warga, survei {period}", language),
        ),
        "followup.evidence_added": Action(
            translate("Bukti tindak lanjut ditambah", language),
            translate("menambah bukti tindak lanjut di {unit}, survei {period}", language),
        ),
        "followup.evidence_removed": Action(
            translate("Bukti tindak lanjut dihapus", language),
            translate("menghapus bukti tindak lanjut di {unit}, survei {period}", language),
        ),
        "followup.evidence_shown": Action(
            translate("Bukti untuk warga diubah", language),
            translate(
                "memilih bukti tindak lanjut {unit} yang dapat dibuka warga, survei {period}", language
            ),
        ),
        "report.issued": Action(
            translate("Terbitnya laporan SKM dicatat", language),
            translate("mencatat laporan SKM {unit} periode {period} terbit {issued_on}", language),
        ),
        "forum.added": Action(
            translate("Forum konsultasi publik dicatat", language),
            translate("mencatat forum konsultasi publik {unit}, berita acara {number}", language),
        ),
        "files.cleaned": Action(
            translate("Berkas yatim dihapus", language),
            translate("menghapus {files} berkas tanpa pemilik dari tempat penyimpanan", language),
        ),
    }
