"""Why figures may not be compared, in words."""

from app.core.messages import translate
from app.ikm.comparability import Reason


def reason_text(reason: Reason, language: str) -> str:
    """A sentence for people who read a comparison, a trend or a report."""
    texts = {
        Reason.NO_ANSWERS: translate("Salah satu periode belum punya jawaban.", language),
        Reason.PERIODS_OVERLAP: translate(
            "Kedua periode bertumpang tindih: sebagian jawaban ada di keduanya.", language
        ),
        Reason.INSTRUMENT: translate("Kuesionernya berganti.", language),
        Reason.ELEMENTS: translate("Unsur yang ditanyakan tidak sama.", language),
        Reason.ROLLUP: translate("Cara menggabungkan unit tidak sama.", language),
        Reason.WEIGHT: translate("Kebiasaan bobotnya tidak sama.", language),
        Reason.SOURCE: translate("Salah satu angka berasal dari laporan lama, bukan dari jawaban.", language),
        Reason.CATEGORIES: translate("Tabel mutu pelayanannya tidak sama.", language),
        Reason.CHANNELS: translate("Cara responden menjawab (saluran) bergeser.", language),
        Reason.SERVICES: translate("Porsi layanan yang dinilai bergeser.", language),
    }
    return texts[reason]
