"""Mail through real servers: encrypted where it leaves the machine, and signed in where that is wanted."""

import ipaddress
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from app.auth import mail
from app.auth.mail import Letter
from app.auth.tables import User
from app.core.settings import Settings
from tests.auth_links.conftest import Mailbox

LETTER = Letter("Percobaan é", "Isi dengan huruf é\n")
Server = Callable[..., Mailbox]


def settings_for(url: str, **more: object) -> Settings:
    return Settings(smtp_url=SecretStr(url), mail_from="eskm@kota.example", **more)  # type: ignore[arg-type]


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate for this machine, and the file by which clients may trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "surel")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = tmp_path / "cert.pem", tmp_path / "key.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    return context, public


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine counts as another one."""
    monkeypatch.setattr(mail, "is_loopback", lambda _host: False)


def test_a_letter_arrives_as_written(mailbox: Mailbox) -> None:
    assert mail.send(settings_for(mailbox.url), "ani@kota.example", LETTER)
    (envelope,) = mailbox.letters
    assert (envelope.mail_from, envelope.rcpt_tos) == ("eskm@kota.example", ["ani@kota.example"])
    assert isinstance(envelope.content, bytes)
    letter = message_from_bytes(envelope.content, policy=policy.default)
    assert (letter["Subject"], letter.get_content()) == (LETTER.subject, LETTER.text.replace("\n", "\r\n"))
    assert letter.get_content_type() == "text/plain"
    assert letter["Message-ID"].endswith("@kota.example>")


def test_encrypted_from_the_first_byte(
    mail_server: Server, tls: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = tls
    box = mail_server(ssl_context=context)
    settings = settings_for(f"smtps://localhost:{box.port}")
    assert not mail.send(settings, "ani@kota.example", LETTER)  # nobody vouches for the certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert mail.send(settings, "ani@kota.example", LETTER)
    assert len(box.letters) == 1


@pytest.mark.usefixtures("elsewhere")
def test_another_machine_is_spoken_to_encrypted_or_not_at_all(
    mail_server: Server, tls: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = tls
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    asked: list[LoginPassword] = []

    def authenticate(_server: object, session: object, *rest: object) -> AuthResult:
        password = rest[-1]
        assert isinstance(password, LoginPassword)
        asked.append(password)
        return AuthResult(success=password.password == b"s:andi")

    box = mail_server(
        tls_context=context, require_starttls=True, authenticator=authenticate, auth_required=True
    )
    assert mail.send(settings_for(f"smtp://eskm:s%3Aandi@127.0.0.1:{box.port}"), "ani@kota.example", LETTER)
    assert [one.login for one in asked] == [b"eskm"]
    assert not mail.send(settings_for(f"smtp://eskm:salah@127.0.0.1:{box.port}"), "ani@kota.example", LETTER)
    plain = mail_server()
    assert not mail.send(settings_for(plain.url), "ani@kota.example", LETTER)
    assert (len(box.letters), plain.letters) == (1, [])


def test_a_server_that_is_away_or_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        assert not mail.send(settings_for(f"smtp://127.0.0.1:{port}"), "ani@kota.example", LETTER)
        silent.listen()
        monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.2)
        assert not mail.send(settings_for(f"smtp://127.0.0.1:{port}"), "ani@kota.example", LETTER)


def test_whoever_has_no_address_gets_none(mailbox: Mailbox) -> None:
    settings, now = settings_for(mailbox.url), datetime.now(UTC)
    ani = User(name="ani", full_name="Ani", unit_id=1, created_at=now)
    assert not mail.deliver(settings, ani, "http://x/y", "invite", "id")
    ani.email = "ani@kota.example"
    assert mail.deliver(settings, ani, "http://x/y", "invite", "id")
    assert not mail.deliver(Settings(), ani, "http://x/y", "invite", "id")
    assert len(mailbox.letters) == 1


@pytest.mark.parametrize("address", ["a b@kota.example", "a@b\r\nBcc: c@d.example", "@", ""])
def test_an_address_that_is_none_is_no_way_in(mailbox: Mailbox, address: str) -> None:
    assert not mail.send(settings_for(mailbox.url), address, LETTER)
    assert mailbox.letters == []


@pytest.mark.parametrize(
    ("url", "host", "port", "tls_first", "starttls"),
    [
        ("smtp://mail.example", "mail.example", 587, False, True),
        ("smtp://mail.example:25", "mail.example", 25, False, True),
        ("smtps://mail.example", "mail.example", 465, True, False),
        ("smtp://localhost:25", "localhost", 25, False, False),
        ("smtp://[::1]:25", "::1", 25, False, False),
        ("smtp://127.0.0.1.example", "127.0.0.1.example", 587, False, True),
    ],
)
def test_what_an_address_of_a_server_means(
    url: str, host: str, port: int, tls_first: bool, starttls: bool
) -> None:
    server = mail.server_of(url)
    assert (server.host, server.port, server.tls, server.starttls) == (host, port, tls_first, starttls)


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:x"])
def test_what_is_no_address_of_a_server(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the standard library's words
        mail.server_of(url)
