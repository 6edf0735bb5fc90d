"""What must be right before the service starts: secrets that are secret, real people, settings that fit."""

import stat
from pathlib import Path

import structlog
from sqlmodel import Session

from app.auth import demonstration, mail, oidc
from app.core.settings import Settings

log = structlog.get_logger(__name__)


class StartRefused(Exception):
    """The service must not start like this; the message says, in Indonesian, what to do."""


def check_settings(settings: Settings) -> None:
    """Raises StartRefused for settings that contradict each other or name what is not there."""
    faults = [*_mail_faults(settings), *_sso_faults(settings)]
    if faults:
        raise StartRefused("\n".join(faults))


def check_secrets(settings: Settings) -> None:
    """Raises StartRefused in production when others on the machine can read a secret; warns elsewhere."""
    for path in filter(None, (settings.secret_key_file, settings.oidc_client_secret_file)):
        if not is_exposed(path):
            continue
        if settings.is_production:
            raise StartRefused(
                f"{path}: berkas rahasia ini dapat dibaca pengguna lain di mesin ini. Jalankan: chmod 600 {path}"
            )
        log.warning("secret.exposed", file=str(path))


def check_people(session: Session, settings: Settings) -> None:
    """Raises StartRefused in production when accounts of a demonstration work."""
    invented = demonstration.active_people(session) if settings.is_production else []
    if invented:
        names = ", ".join(user.name for user in invented)
        raise StartRefused(
            f"Ada akun peragaan yang aktif ({names}), dan kata sandinya diketahui siapa saja. "
            "ESKM_PUBLIC_URL memakai https, jadi layanan ini untuk dipakai sungguhan. "
            "Nonaktifkan dulu akun-akun itu: eskm users remove-demo"
        )


def is_exposed(path: Path) -> bool:
    """Whether others than the owner may read or change a file."""
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    except FileNotFoundError:
        return False


def _mail_faults(settings: Settings) -> list[str]:
    if settings.smtp_url is None:
        return []
    if settings.mail_from is None:
        return ["ESKM_MAIL_FROM: isi alamat pengirim surel, karena ESKM_SMTP_URL terisi."]
    faults = []
    try:
        mail.server_of(settings.smtp_url.get_secret_value())
    except ValueError:
        faults.append("ESKM_SMTP_URL: berbentuk smtp://nama:sandi@host:587 atau smtps://nama:sandi@host:465.")
    try:
        mail.sender_of(settings.mail_from)
    except ValueError:
        faults.append("ESKM_MAIL_FROM: bukan alamat surel.")
    return faults


def _sso_faults(settings: Settings) -> list[str]:
    if settings.oidc_issuer is None and settings.oidc_client_id is None:
        return []
    faults = []
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        faults.append("ESKM_OIDC_ISSUER dan ESKM_OIDC_CLIENT_ID diisi keduanya, atau tidak satu pun.")
    elif not oidc.is_safe(settings.oidc_issuer):
        faults.append("ESKM_OIDC_ISSUER: alamat penerbit harus https.")
    if not oidc.installed():
        faults.append(
            'ESKM_OIDC_ISSUER: masuk lewat penyedia identitas perlu paket tambahan: pip install "eskm[oidc]"'
        )
    try:
        oidc.secret_of(settings)
    except (OSError, ValueError):
        faults.append("ESKM_OIDC_CLIENT_SECRET_FILE: berkas ini tidak dapat dibaca.")
    return faults
