"""What a plan is refused for."""

from app.core.errors import DomainError


class PlanExists(DomainError):
    """Another plan of the unit or service stands for the same period."""

    status = 409
    code = "plan_exists"
    message = "Untuk periode ini sudah ada rencana. Buka rencana itu dan ubah."


class PlanChanged(DomainError):
    """Somebody else changed or removed the plan in the meantime."""

    status = 409
    code = "plan_changed"
    message = "Rencana ini sudah diubah orang lain. Periksa isinya yang sekarang, lalu simpan sekali lagi."
