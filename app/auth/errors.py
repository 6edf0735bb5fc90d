"""Refusals about people and their accounts."""

from app.core.errors import DomainError, Forbidden

_NEXT = {"factor": "/masuk/kode", "enrol": "/akun/kode", "full": "/petugas"}


class SecondFactorMissing(DomainError):
    """Signed in half-way: the second factor must be given (`factor`) or set up (`enrol`) first.

    Whoever is signed in fully (`full`) has nothing more to give.
    """

    status = 401
    code = "second_factor_missing"
    message = "Selesaikan dulu langkah kedua untuk masuk."

    def __init__(self, stage: str) -> None:
        super().__init__()
        self.onward = _NEXT[stage]


class NoRole(Forbidden):
    """Signed in, and without any role left: in a browser their own account is all that there is, and says so."""

    onward = "/akun"


class WrongPassword(DomainError):
    """No such account, not this password, or an account that is closed: nobody learns which."""

    status = 422
    code = "wrong_password"
    message = "Nama pengguna atau kata sandi tidak cocok."


class WrongCode(DomainError):
    """Neither a code of the app at this time, nor an unused one from paper."""

    status = 422
    code = "wrong_code"
    message = "Kode ini tidak cocok atau sudah dipakai. Tunggu kode berikutnya, lalu coba lagi."


class WrongRecoveryCode(WrongCode):
    """The same, said of a code from paper: there is nothing to wait for."""

    message = "Kode cadangan ini tidak cocok atau sudah dipakai. Coba kode yang lain."


class CodesSpent(DomainError):
    """Five wrong codes: the attempt is over, and begins with the password again."""

    status = 422
    code = "codes_spent"
    message = "Kodenya lima kali tidak cocok. Masuk lagi dari awal dengan kata sandi."
