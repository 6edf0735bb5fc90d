"""What history is refused for."""

from app.core.errors import DomainError


class HistoryExists(DomainError):
    """The period has a result or follow-up plan that the form was not opened on."""

    status = 409
    code = "history_exists"
    message = (
        "Periode ini sudah ada di riwayat. Buka lewat Ubah, supaya isinya yang lama tidak hilang begitu saja."
    )


class HistoryChanged(DomainError):
    """Somebody else changed or removed it since the form was opened."""

    status = 409
    code = "history_changed"
    message = "Riwayat ini sudah diubah orang lain. Belum ada yang disimpan."
