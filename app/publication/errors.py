"""Why a result is not published."""

from app.core.errors import DomainError


class NoAnswers(DomainError):
    """Nobody answered in the period: there is nothing to publish."""

    status = 409
    code = "no_answers"
    message = "Belum ada jawaban pada periode ini, jadi belum ada hasil yang dapat diterbitkan."


class PeriodNotOver(DomainError):
    """Answers of the period still come in."""

    status = 409
    code = "period_not_over"
    message = "Periode ini belum berakhir. Hasilnya dapat diterbitkan setelah hari terakhirnya lewat."


class SeveralInstruments(DomainError):
    """Two questionnaires were answered in the period; each has a result of its own."""

    status = 409
    code = "instrument_needed"
    message = "Pada periode ini dipakai lebih dari satu kuesioner. Pilih salah satu: {instruments}."


class AlreadyPublished(DomainError):
    """The period has a publication, and the figures have changed since."""

    status = 409
    code = "already_published"
    message = "Periode ini sudah terbit dengan nomor {number}. Hasil yang berubah diterbitkan sebagai ralat."


class FiguresUnchanged(DomainError):
    """The same figures were published already."""

    status = 409
    code = "figures_unchanged"
    message = "Angka yang sama sudah terbit dengan nomor {number}."


class NotCurrent(DomainError):
    """What is to be corrected is not the publication that counts for this unit, service and period."""

    status = 409
    code = "not_current"
    message = "Yang diralat harus terbitan yang berlaku untuk unit, layanan, periode, dan kuesioner ini."
