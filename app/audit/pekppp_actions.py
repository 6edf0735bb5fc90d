"""Deeds about the register of media and the yearly evaluation."""

from collections.abc import Mapping

from app.audit.wording import Action
from app.core.messages import translate


def pekppp_actions(language: str) -> Mapping[str, Action]:
    """Each by its code."""
    return {
        "medium.added": Action(
            translate("Media publikasi dicatat", language),
            translate("mencatat media {place} untuk terbitan {number}, {unit}", language),
        ),
        "medium.removed": Action(
            translate("Media publikasi dihapus", language),
            translate("menghapus media {place} dari daftar {unit}", language),
        ),
        "medium.checked": Action(
            translate("Alamat media diperiksa", language),
            translate("memeriksa alamat media {place}, {unit}", language),
        ),
        "pekppp.exported": Action(
            translate("Bukti PEKPPP diunduh", language),
            translate("mengunduh {what} PEKPPP {unit}, tahun {year}", language),
        ),
    }
