"""Refusals about people and their accounts."""

from app.core.errors import DomainError


class SecondFactorMissing(DomainError):
    """Signed in half-way: the second factor must be given (`factor`) or set up (`enrol`) first."""

    status = 401
    code = "second_factor_missing"
    message = "Selesaikan dulu langkah kedua untuk masuk."

    def __init__(self, stage: str) -> None:
        super().__init__()
        self.onward = "/masuk/kode" if stage == "factor" else "/akun/kode"
