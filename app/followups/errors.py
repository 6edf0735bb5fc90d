"""What can stand in the way of changing a follow-up."""

from app.core.errors import DomainError


class Stale(DomainError):
    """Somebody else changed it since the caller looked; nothing was stored."""

    status = 409
    code = "follow_up_changed"
    message = "Tindak lanjut ini sudah diubah orang lain. Periksa keadaannya sekarang, lalu simpan lagi."
