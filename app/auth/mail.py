"""Mail to staff: plain text, through the server of the settings. Citizens never get any."""

import smtplib
import ssl
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

import structlog

from app.auth.tables import User
from app.core.clock import utc_now
from app.core.messages import translate
from app.core.settings import Settings

log = structlog.get_logger(__name__)
TIMEOUT_SECONDS = 10
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is addressed; `pdf` is a file to go with it, by its name."""

    subject: str
    text: str
    pdf: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in. `tls` from the first byte; `starttls` before anything is said."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str | None
    password: str | None


def is_on(settings: Settings) -> bool:
    """Whether this installation sends mail."""
    return settings.smtp_url is not None and settings.mail_from is not None


def server_of(url: str) -> Server:
    """The server in `smtp://user:password@host:587` or `smtps://…:465`. Raises ValueError.

    Plain SMTP is encrypted by STARTTLS or not used, except on this machine itself.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("smtp://user:password@host:587 or smtps://user:password@host:465")
    tls = parts.scheme == "smtps"
    return Server(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        tls=tls,
        starttls=not tls and not is_loopback(parts.hostname),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def deliver(settings: Settings, user: User, link_url: str, purpose: str, language: str) -> bool:
    """Mail the link to its owner; False when mail is off, the person has no address, or the server refused.

    `purpose` as in `links.make_link`. To be called when what the link needs is committed.
    """
    if user.email is None:
        return False
    letter = letter_of(user.full_name, user.name, link_url, purpose, language)
    return send(settings, user.email, letter)


def letter_of(full_name: str, name: str, link_url: str, purpose: str, language: str) -> Letter:
    """What is written to somebody who is invited (`invite`) or forgot a password (`reset`)."""
    said = {"full_name": full_name, "name": name, "link": link_url}
    if purpose == "invite":
        subject = translate("Akun e-SKM untuk Anda", language)
        text = translate(
            "Yth. {full_name},\n\n"
            "Anda diberi akun e-SKM, tempat hasil Survei Kepuasan Masyarakat dikelola. "
            "Buka tautan ini untuk membuat kata sandi:\n\n{link}\n\n"
            "Tautan berlaku 7 hari dan hanya dapat dipakai sekali. Nama pengguna Anda: {name}\n\n"
            "Bila Anda tidak mengenal layanan ini, abaikan surel ini. Jangan teruskan tautannya.\n",
            language,
            said,
        )
    else:
        subject = translate("Kata sandi baru untuk e-SKM", language)
        text = translate(
            "Yth. {full_name},\n\n"
            "Seseorang meminta kata sandi baru untuk akun e-SKM Anda. "
            "Bila itu Anda, buka tautan ini:\n\n{link}\n\n"
            "Tautan berlaku 24 jam dan hanya dapat dipakai sekali. Nama pengguna Anda: {name}\n\n"
            "Bila bukan Anda, abaikan surel ini: kata sandi Anda tetap seperti semula.\n",
            language,
            said,
        )
    return Letter(subject, text)


def send(settings: Settings, to: str, letter: Letter) -> bool:
    """Hand one mail in, within some ten seconds; False when that failed, which is logged without the address."""
    if settings.smtp_url is None or settings.mail_from is None:
        return False
    try:
        server = server_of(settings.smtp_url.get_secret_value())
        message = _message(settings.mail_from, to, letter)
        with _connected(server, urlsplit(settings.public_url).hostname or "localhost") as connection:
            connection.send_message(message)
    except (OSError, smtplib.SMTPException, ValueError, MessageError, LookupError) as error:
        # The text of a refusal may quote the address.
        log.warning("mail.failed", error=type(error).__name__, code=getattr(error, "smtp_code", None))
        return False
    return True


def sender_of(text: str) -> Address:
    """The sender in `eskm@kota.example` or `Survei Kota <eskm@kota.example>`. Raises ValueError."""
    display, address = parseaddr(text)
    try:
        return Address(display or "e-SKM", addr_spec=address)
    except (ValueError, MessageError, LookupError):
        raise ValueError("not an e-mail address") from None


def _message(sender: str, to: str, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender_of(sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(utc_now())
    message["Message-ID"] = make_msgid(domain=sender_of(sender).domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    if letter.pdf is not None:
        name, content = letter.pdf
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return message


def _connected(server: Server, ourselves: str) -> smtplib.SMTP:
    """A connection that may be used: encrypted where it leaves the machine, and signed in."""
    context = ssl.create_default_context()
    connection: smtplib.SMTP
    if server.tls:
        connection = smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=ourselves, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, local_hostname=ourselves, timeout=TIMEOUT_SECONDS)
    try:
        if server.starttls:
            connection.starttls(context=context)
        if server.user is not None:
            connection.login(server.user, server.password or "")
    except BaseException:
        connection.close()
        raise
    return connection
