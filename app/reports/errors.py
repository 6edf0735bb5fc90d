"""What can keep a poster from being made."""

from app.core.errors import DomainError


class NothingToPrint(DomainError):
    """No survey point here is open to whoever scans its code."""

    status = 409
    code = "nothing_to_print"
    message = (
        "Tidak ada poster untuk dicetak: di sini belum ada titik survei yang terbuka bagi semua orang. "
        "Buka atau tambahkan titik survei dulu."
    )


class TooManyPosters(DomainError):
    """More than one file holds."""

    status = 409
    code = "too_many_posters"
    message = "Lebih dari {most} titik survei sekaligus. Cetak posternya per unit atau per layanan."


class PressBusy(DomainError):
    """Another large file is being made; one at a time, so that collection keeps its processor."""

    status = 503
    code = "press_busy"
    message = "Poster lain sedang disusun. Coba lagi sebentar lagi."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "10"})


class LayoutUnusable(DomainError):
    """A government's own Word layout that cannot be filled: no Word file, or a tag that nobody knows."""

    status = 500
    code = "layout_unusable"
    message = "Tata letak Word milik instalasi ini tidak dapat dipakai: {reason}. Periksa tanda isiannya."
