"""Deeds about published results: numbers given out, corrections, keys that sign."""

from app.audit.wording import Action
from app.core.messages import translate


def publication_actions(language: str) -> dict[str, Action]:
    """Each by its code."""
    return {
        "publication.issued": Action(
            translate("Hasil diterbitkan", language),
            translate("menerbitkan hasil {unit}, periode {period}, dengan nomor {number}", language),
        ),
        "publication.corrected": Action(
            translate("Hasil diralat", language),
            translate("menerbitkan ralat {number} untuk {unit}, pengganti {replaces}", language),
        ),
        "key.made": Action(
            translate("Kunci penanda tangan dibuat", language),
            translate("membuat kunci penanda tangan {key_id} untuk {unit}", language),
        ),
    }
