"""`eskm users`: accounts from the command line, for the first start, for emergencies, for scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.table import Table
from sqlmodel import Session, col, select

from app.admin import setup
from app.audit.service import Actor
from app.auth import accounts, administration, demonstration, links
from app.auth.accounts import Person
from app.auth.administration import Account, Authority
from app.auth.keys import Keys
from app.auth.role_names import role_name
from app.auth.roles import ROLES, Role, parse_role
from app.auth.tables import User
from app.cli.opening import err, fail, opened, out, read_settings
from app.core import secrets
from app.core.clock import utc_now
from app.core.errors import DomainError, FieldError
from app.core.messages import DEFAULT, translate
from app.core.secrets import SecretKeyError
from app.units.queries import unit_by_code
from app.units.tables import Unit

app = typer.Typer(help="Akun pengguna.", no_args_is_help=True)

ACTOR = Actor("command", None, "eskm users")
SHOWN_ONCE = "Tautan ini ditampilkan sekali dan dapat dipakai sekali. Berikan langsung kepada orangnya."
Name = Annotated[str, typer.Argument(metavar="NAMA", help="Nama pengguna atau alamat surel.")]


@app.command()
def create(
    name: Annotated[str, typer.Option(help="Nama pengguna untuk masuk.")],
    full_name: Annotated[str, typer.Option(help="Nama lengkap.")],
    role: Annotated[str, typer.Option(help=f"Peran: {', '.join(ROLES)}.")],
    unit: Annotated[str, typer.Option(help="Kode unit; peran berlaku juga untuk semua unit di bawahnya.")],
    email: Annotated[str | None, typer.Option(help="Alamat surel.")] = None,
) -> None:
    """Buat akun dengan satu peran, dan tampilkan tautan undangannya sekali (berlaku 7 hari)."""
    try:
        parsed = parse_role(role)
    except ValueError as error:
        raise fail(str(error)) from None
    now = utc_now()
    with _changing() as session:
        unit_id = _unit_id(session, unit)
        user = accounts.create_user(session, ACTOR, Person(name, full_name, email), unit_id, now)
        accounts.add_grant(session, ACTOR, user, parsed, unit_id, now)
        secret = links.make_link(session, ACTOR, user, "invite", now)
    _print_link(secret)


@app.command()
def link(name: Name) -> None:
    """Tampilkan tautan untuk membuat kata sandi baru, sekali (berlaku 24 jam)."""
    now = utc_now()
    with _changing() as session:
        user = _user(session, name)
        if not user.active:
            raise fail(f"Akun {user.name} tidak aktif.")
        secret = links.make_link(session, ACTOR, user, "reset", now)
    _print_link(secret)


@app.command("list")
def show() -> None:
    """Daftar semua akun dan perannya."""
    table = Table("Nama", "Nama lengkap", "Surel", "Peran", "Keadaan")
    with opened() as database, database.read() as session:
        codes = {unit.id: unit.code for unit in session.exec(select(Unit))}
        for user in session.exec(select(User).order_by(User.name)):
            grants = accounts.grants_of(session, user.id or 0)
            roles = [f"{role_name(Role(one.role), DEFAULT)} di {codes.get(one.unit_id)}" for one in grants]
            table.add_row(user.name, user.full_name, user.email or "–", "\n".join(roles) or "–", _state(user))
    out.print(table)


@app.command()
def deactivate(name: Name) -> None:
    """Tutup akun: sesinya berakhir, tokennya tidak berlaku lagi. Catatannya tetap ada."""
    with _changing() as session:
        authority, account = _account(session, name)
        administration.close(session, authority, account, utc_now())
        closed = account.user.name
    out.print(f"Akun {closed} dinonaktifkan.", highlight=False)


@app.command("reset-second-factor")
def reset_second_factor(name: Name) -> None:
    """Lupakan langkah kedua seseorang yang kehilangan ponselnya; semua sesinya berakhir."""
    with _changing() as session:
        authority, account = _account(session, name)
        administration.reset_factor(session, authority, account, utc_now())
        changed = account.user.name
    out.print(f"Langkah kedua akun {changed} dihapus.", highlight=False)


@app.command("remove-demo")
def remove_demo() -> None:
    """Nonaktifkan semua akun peragaan."""
    with _changing() as session:
        removed = demonstration.remove(session, ACTOR, utc_now())
        is_deserted = session.exec(select(User.id).where(col(User.active).is_(True))).first() is None
    if not removed:
        out.print("Tidak ada akun peragaan yang aktif.")
        return
    out.print(f"Akun peragaan dinonaktifkan: {', '.join(removed)}.", highlight=False)
    if is_deserted:
        out.print(
            "Sekarang tidak ada akun yang aktif. Buat administrator: "
            "eskm users create --role admin --unit KODE --name NAMA --full-name NAMA-LENGKAP",
            highlight=False,
            soft_wrap=True,
        )


@app.command("setup-code")
def setup_code() -> None:
    """Tampilkan kode pemasangan, selama belum ada pengguna."""
    settings = read_settings()
    with opened() as database, database.read() as session:
        if accounts.anybody(session):
            raise fail("Layanan ini sudah dipasang. Buat tautan masuk dengan: eskm users link NAMA")
    try:
        keys = Keys(secrets.load_or_create(settings.secret_key_file))
    except (SecretKeyError, OSError) as error:
        raise fail(f"Kunci rahasia tidak dapat dipakai: {error}") from None
    err.print(f"Buka {settings.public_url}{setup.PATH} dan isi kode ini:", highlight=False, soft_wrap=True)
    typer.echo(setup.setup_code(keys))


@contextmanager
def _changing() -> Iterator[Session]:
    """A transaction; refusals in words."""
    with opened() as database:
        try:
            with database.write() as session:
                yield session
        except DomainError as refusal:
            faults: tuple[FieldError | DomainError, ...] = refusal.errors or (refusal,)
            said = [translate(error.message, DEFAULT, error.params) for error in faults]
            raise fail("\n".join(said)) from None


def _user(session: Session, name: str) -> User:
    user = accounts.user_by_login(session, name)
    if user is None:
        raise fail(f"Akun {name} tidak ada. Lihat: eskm users list")
    return user


def _account(session: Session, name: str) -> tuple[Authority, Account]:
    """Whoever runs commands on the machine administers everything."""
    units = frozenset(unit_id for unit_id in session.exec(select(Unit.id)) if unit_id is not None)
    authority = Authority(ACTOR, units)
    return authority, administration.account_of(session, authority, _user(session, name).id or 0, change=True)


def _unit_id(session: Session, code: str) -> int:
    unit = unit_by_code(session, code)
    if unit is None or unit.id is None:
        raise fail(f"Unit {code} tidak ada. Muat dulu berkas registri: eskm units load BERKAS")
    return unit.id


def _state(user: User) -> str:
    if not user.active:
        return "tidak aktif"
    words = ["aktif" if administration.can_sign_in(user) else "belum punya kata sandi"]
    return ", ".join([*words, *(["peragaan"] if user.demo else [])])


def _print_link(secret: str) -> None:
    err.print(SHOWN_ONCE, style="yellow", soft_wrap=True)
    typer.echo(links.address_of(read_settings(), secret))
