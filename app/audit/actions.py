"""All deeds that are recorded: a name to choose from a list, and a sentence that follows whoever did it."""

from collections.abc import Mapping
from functools import lru_cache

from app.audit.comment_actions import comment_actions
from app.audit.document_actions import document_actions
from app.audit.followup_actions import followup_actions
from app.audit.integration_actions import integration_actions
from app.audit.pekppp_actions import pekppp_actions
from app.audit.plan_actions import plan_actions
from app.audit.publication_actions import publication_actions
from app.audit.wording import Action as Action
from app.core.messages import translate


@lru_cache(maxsize=4)
def actions(language: str) -> Mapping[str, Action]:
    """Every deed by its code, grouped by what it is done to."""
    return {
        **_people(language),
        **_sessions(language),
        **_units(language),
        **_data(language),
        **comment_actions(language),
        **document_actions(language),
        **followup_actions(language),
        **integration_actions(language),
        **pekppp_actions(language),
        **plan_actions(language),
        **publication_actions(language),
    }


def _people(language: str) -> dict[str, Action]:
    """Accounts, roles and what opens them."""
    return {
        "user.added": Action(
            translate("Akun dibuat", language),
            translate("membuat akun {name} di {unit}", language),
        ),
        "user.changed": Action(
            translate("Akun diubah", language),
            translate("mengubah data akun {name}", language),
        ),
        "user.moved": Action(
            translate("Akun dipindahkan", language),
            translate("memindahkan akun {name} ke {unit}", language),
        ),
        "user.deactivated": Action(
            translate("Akun dinonaktifkan", language),
            translate("menonaktifkan akun {name}", language),
        ),
        "user.reactivated": Action(
            translate("Akun diaktifkan lagi", language),
            translate("mengaktifkan lagi akun {name}", language),
        ),
        "user.linked": Action(
            translate("Akun ditautkan ke masuk tunggal", language),
            translate("menautkan akun {name} ke {issuer}", language),
        ),
        "grant.added": Action(
            translate("Peran diberikan", language),
            translate("memberi peran {role} kepada {name} di {unit}", language),
        ),
        "grant.withdrawn": Action(
            translate("Peran dicabut", language),
            translate("mencabut peran {role} dari {name} di {unit}", language),
        ),
        "link.made": Action(
            translate("Tautan akun dibuat", language),
            translate("membuat tautan {purpose} untuk {name}", language),
        ),
        "link.used": Action(
            translate("Tautan akun dipakai", language),
            translate("memakai tautan {purpose} untuk akun {name}", language),
        ),
        "password.changed": Action(
            translate("Kata sandi diganti", language),
            translate("mengganti kata sandi akun {name}", language),
        ),
        "factor.enabled": Action(
            translate("Langkah kedua dinyalakan", language),
            translate("menyalakan langkah kedua untuk akun {name}", language),
        ),
        "factor.replaced": Action(
            translate("Langkah kedua diganti", language),
            translate("mengganti langkah kedua akun {name}", language),
        ),
        "factor.disabled": Action(
            translate("Langkah kedua dimatikan", language),
            translate("mematikan langkah kedua akun {name}", language),
        ),
        "factor.codes_renewed": Action(
            translate("Kode cadangan dibuat baru", language),
            translate("membuat kode cadangan baru untuk akun {name}", language),
        ),
    }


def _sessions(language: str) -> dict[str, Action]:
    """Arriving and leaving, tokens of programs, kiosks."""
    return {
        "session.opened": Action(
            translate("Berhasil masuk", language),
            translate("masuk", language),
        ),
        "session.refused": Action(
            translate("Percobaan masuk ditolak", language),
            translate("menolak percobaan masuk: {name}", language),
        ),
        "session.ended": Action(
            translate("Sesi sendiri diakhiri", language),
            translate("mengakhiri {ended} sesi lain miliknya", language),
        ),
        "sessions.ended": Action(
            translate("Semua sesi diakhiri", language),
            translate("mengakhiri semua sesi {name}", language),
        ),
        "token.made": Action(
            translate("Token API dibuat", language),
            translate("membuat token {name} dengan peran {role} di {unit}", language),
        ),
        "token.revoked": Action(
            translate("Token dicabut", language),
            translate("mencabut token {name} di {unit}", language),
        ),
        "kiosk.paired": Action(
            translate("Kios dipasang", language),
            translate("memasang kios {name} di titik {thing}", language),
        ),
        "setup.completed": Action(
            translate("Penyiapan pertama", language),
            translate("menyelesaikan penyiapan pertama", language),
        ),
    }


def _units(language: str) -> dict[str, Action]:
    """Units, services, survey points."""
    return {
        "unit.added": Action(
            translate("Unit ditambah", language),
            translate("menambah unit {thing}", language),
        ),
        "unit.changed": Action(
            translate("Unit diubah", language),
            translate("mengubah unit {thing}", language),
        ),
        "unit.deactivated": Action(
            translate("Unit ditutup", language),
            translate("menutup unit {thing}", language),
        ),
        "unit.activated": Action(
            translate("Unit dibuka lagi", language),
            translate("membuka lagi unit {thing}", language),
        ),
        "service.added": Action(
            translate("Layanan ditambah", language),
            translate("menambah layanan {thing}", language),
        ),
        "service.changed": Action(
            translate("Layanan diubah", language),
            translate("mengubah layanan {thing}", language),
        ),
        "service.deactivated": Action(
            translate("Layanan ditutup", language),
            translate("menutup layanan {thing}", language),
        ),
        "service.activated": Action(
            translate("Layanan dibuka lagi", language),
            translate("membuka lagi layanan {thing}", language),
        ),
        "point.added": Action(
            translate("Titik survei ditambah", language),
            translate("menambah titik survei {thing}", language),
        ),
        "point.changed": Action(
            translate("Titik survei diubah", language),
            translate("mengubah titik survei {thing}", language),
        ),
        "point.deactivated": Action(
            translate("Titik survei ditutup", language),
            translate("menutup titik survei {thing}", language),
        ),
        "point.activated": Action(
            translate("Titik survei dibuka lagi", language),
            translate("membuka lagi titik survei {thing}", language),
        ),
        "registry.applied": Action(
            translate("Berkas registri diterapkan", language),
            translate("menerapkan berkas registri di {unit}", language),
        ),
    }


def _data(language: str) -> dict[str, Action]:
    """Answers that came in or went out in bulk, and the record itself."""
    return {
        "tickets.made": Action(
            translate("Tautan sekali pakai dibuat", language),
            translate("membuat {count} tautan sekali pakai untuk titik {thing}", language),
        ),
        "import.started": Action(
            translate("Impor jawaban dimulai", language),
            translate("mulai mengimpor jawaban dari {source} ke {unit}", language),
        ),
        "import.finished": Action(
            translate("Impor jawaban selesai", language),
            translate("selesai mengimpor jawaban dari {source} ke {unit}: {stored} disimpan", language),
        ),
        "answers.exported": Action(
            translate("Jawaban diunduh", language),
            translate("mengunduh jawaban {unit}, periode {period}", language),
        ),
        "comments.exported": Action(
            translate("Jawaban dan komentar diunduh", language),
            translate("mengunduh jawaban dan komentar {unit}, periode {period}", language),
        ),
        "export.fetched": Action(
            translate("Ekspor diambil", language),
            translate("mengambil berkas ekspor jawaban {unit}, periode {period}", language),
        ),
        "export.cancelled": Action(
            translate("Ekspor dibatalkan", language),
            translate("membatalkan ekspor jawaban {unit}", language),
        ),
        "answers.read": Action(
            translate("Jawaban dilihat", language),
            translate("melihat daftar jawaban {unit}, periode {period}", language),
        ),
        "comment.erased": Action(
            translate("Masukan dihapus atas permintaan", language),
            translate("menghapus masukan seorang warga di {unit} atas permintaannya", language),
        ),
        "exclusion.proposed": Action(
            translate("Pengecualian jawaban diusulkan", language),
            translate("mengusulkan perubahan hitungan jawaban di {unit}", language),
        ),
        "exclusion.approved": Action(
            translate("Pengecualian jawaban disetujui", language),
            translate("menyetujui perubahan hitungan {answers_changed} jawaban di {unit}", language),
        ),
        "exclusion.refused": Action(
            translate("Pengecualian jawaban ditolak", language),
            translate("menolak perubahan hitungan jawaban di {unit}", language),
        ),
        "retention.applied": Action(
            translate("Masa simpan diterapkan", language),
            translate("menerapkan masa simpan {rule}: {answers} jawaban sebelum {before}", language),
        ),
        "demo.loaded": Action(
            translate("Data peragaan diisi", language),
            translate("mengisi data peragaan di {unit}", language),
        ),
        "record.exported": Action(
            translate("Catatan ini diunduh", language),
            translate("mengunduh catatan ini", language),
        ),
        "record.verified": Action(
            translate("Keutuhan catatan diperiksa", language),
            translate("memeriksa keutuhan catatan {unit}", language),
        ),
    }
