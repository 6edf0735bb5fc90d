"""Deeds about documents that leave the service."""

from collections.abc import Mapping

from app.audit.wording import Action
from app.core.messages import translate


def document_actions(language: str) -> Mapping[str, Action]:
    """Each by its code."""
    return {
        "report.made": Action(
            translate("Laporan SKM dibuat", language),
            translate("membuat laporan SKM {unit}, periode {period}", language),
        ),
        "letter.made": Action(
            translate("Surat bulanan dibuat", language),
            translate("membuat surat bulanan {unit}, {period}", language),
        ),
        "document.fetched": Action(
            translate("Dokumen diunduh", language),
            translate("mengunduh {file}, {unit}", language),
        ),
    }
