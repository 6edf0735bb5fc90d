"""What verifying a chain found, in words."""

from app.audit.verify import Fault, Finding
from app.core.messages import translate


def told(finding: Finding, language: str) -> str:
    """What is wrong, and at which line."""
    text = {
        Fault.ALTERED: translate(
            "Baris {number} tidak cocok dengan baris sebelumnya: salah satunya diubah, disisipkan, atau "
            "dipindahkan.",
            language,
        ),
        Fault.MISSING: translate("Baris {number} hilang.", language),
        Fault.BEYOND: translate("Baris {number} berdiri di belakang ujung catatan: ditambahkan.", language),
        Fault.END: translate(
            "Baris {number}, yang terakhir, bukan yang disebut oleh ujung catatan.", language
        ),
        Fault.NO_END: translate("Ujung catatan hilang; baris terakhirnya {number}.", language),
    }[finding.fault]
    return text.format(number=finding.sequence)
