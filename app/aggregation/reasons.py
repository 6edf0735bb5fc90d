"""Why figures may not be compared, in words."""

from collections.abc import Sequence

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


def reason_mark(reasons: Sequence[Reason], language: str) -> str | None:
    """Why a line is cut, in a few words for a picture: the first reason. None without any."""
    if not reasons:
        return None
    return {
        Reason.NO_ANSWERS: translate("Tanpa jawaban", language),
        Reason.PERIODS_OVERLAP: translate("Periode bertumpuk", language),
        Reason.INSTRUMENT: translate("Kuesioner berganti", language),
        Reason.ELEMENTS: translate("Unsur berganti", language),
        Reason.ROLLUP: translate("Cara gabung berganti", language),
        Reason.WEIGHT: translate("Bobot berganti", language),
        Reason.SOURCE: translate("Sumber berganti", language),
        Reason.CATEGORIES: translate("Tabel mutu berganti", language),
        Reason.CHANNELS: translate("Saluran bergeser", language),
        Reason.SERVICES: translate("Layanan bergeser", language),
    }[reasons[0]]
