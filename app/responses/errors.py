"""What can be wrong with an answer that arrives."""

from app.core.errors import DomainError, FieldError, InvalidInput


class PointUnknown(DomainError):
    """No point has this code."""

    status = 404
    code = "point_unknown"
    message = "Kode titik survei ini tidak dikenal. Periksa alamat atau pindai lagi kode QR-nya."


class PointClosed(DomainError):
    """The point, its unit, or all its services are no longer surveyed."""

    status = 410
    code = "point_closed"
    message = "Survei di titik ini sudah ditutup."


class IdConflict(DomainError):
    """The id is taken by an answer with other content; nothing changed."""

    status = 409
    code = "id_conflict"
    message = "Nomor jawaban ini sudah dipakai untuk jawaban dengan isi lain."


class ResponseRejected(DomainError):
    """The database refused this one row, although it passed validation."""

    status = 422
    code = "response_rejected"
    message = "Jawaban ini tidak dapat disimpan."


class TicketUnknown(InvalidInput):
    """The point takes answers to its one-time links only, and this id is none."""

    code = "ticket_unknown"
    message = "Survei ini hanya untuk yang menerima tautan dari petugas."


class TicketExpired(InvalidInput):
    """The one-time link was not answered in time."""

    code = "ticket_expired"
    message = "Tautan ini sudah lewat masa berlakunya."


class TooMany(DomainError):
    """More answers from one network to one point than people give; nothing was stored."""

    status = 429
    code = "too_many"
    message = "Terlalu banyak jawaban dari jaringan ini dalam waktu singkat. Coba lagi dalam {seconds} detik."

    def __init__(self, seconds: int) -> None:
        super().__init__(headers={"Retry-After": str(seconds)}, seconds=seconds)


def service_missing() -> InvalidInput:
    """The point leaves the service open and the answer does not name one."""
    fault = FieldError("/service", "service_missing", "Sebutkan layanan yang dinilai.")
    return InvalidInput(errors=(fault,))


def service_unknown() -> InvalidInput:
    """The service is not surveyed at this point."""
    fault = FieldError("/service", "service_unknown", "Layanan ini tidak dinilai di titik ini.")
    return InvalidInput(errors=(fault,))
