"""`eskm demo`: an invented city, and what one can open now."""

import asyncio
from datetime import date
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Column, Table
from sqlmodel import Session, select

from app.aggregation.ranking import ranking_of
from app.aggregation.results import Question, Result
from app.auth.demonstration import Demonstration
from app.auth.keys import Keys
from app.auth.role_names import role_name
from app.cli.ikm import decimal
from app.cli.opening import err, fail, opened, out, questionnaires, read_settings
from app.core import secrets
from app.core.clock import utc_now
from app.core.db import Database
from app.core.messages import DEFAULT
from app.demo.followups import follow_up_story
from app.demo.inbox import deal_with_comments
from app.demo.keys import demonstration_keys
from app.demo.load import GOVERNMENT, UNITS_MAX, Plan, answers_stored, is_empty, load
from app.demo.people import demonstration_people
from app.demo.plans import plan_surveys
from app.demo.publishing import publish
from app.files.storage import open_storage
from app.ikm.periods import sequence
from app.ikm.rounding import printed_ikm
from app.instruments.catalog import Catalog
from app.instruments.model import in_language
from app.units.queries import unit_by_code
from app.units.tables import Point, Unit


def command(
    responses: Annotated[int, typer.Option(help="Jumlah jawaban.", min=0)] = 6000,
    units: Annotated[int, typer.Option(help="Jumlah unit.", min=1, max=UNITS_MAX)] = 6,
    years: Annotated[int, typer.Option(help="Rentang tahun.", min=1, max=20)] = 2,
    seed: Annotated[int, typer.Option(help="Benih: angka yang sama memberi data yang sama.")] = 14,
    until: Annotated[
        str | None, typer.Option(help="Hari terakhir, YYYY-MM-DD; kemarin bila dikosongkan.")
    ] = None,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Hanya bila basis data masih kosong.")] = False,
) -> None:
    """Isi basis data dengan kota rekaan, lewat jalur penerimaan yang sama dengan jawaban warga."""
    if read_settings().is_production:
        raise fail(
            "ESKM_PUBLIC_URL memakai https, jadi layanan ini dipakai sungguhan: data demonstrasi tidak dimuat."
        )
    plan = Plan(responses=responses, units=units, years=years, until=_day(until), seed=seed)
    with opened() as database:
        catalog = questionnaires(database)
        with database.read() as session:
            empty = is_empty(session)
        if empty or not if_empty:
            _load(database, catalog, plan)
            settings = read_settings()
            sealing = Keys(secrets.load_or_create(settings.secret_key_file))
            publish(database, catalog, sealing, plan.until, settings.public_url)
        with database.read() as session:
            if unit_by_code(session, GOVERNMENT) is None:
                return
            _show(session, catalog, plan)
        _addresses(database)


def _day(text: str | None) -> date:
    # A day ago everywhere: no demonstration answer lies in the future of any time zone.
    yesterday = date.fromordinal(utc_now().date().toordinal() - 1)
    if text is None:
        return yesterday
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise fail("--until: tanggal berbentuk YYYY-MM-DD") from None
    if day > yesterday:
        raise fail("--until: paling akhir kemarin")
    return day


def _load(database: Database, catalog: Catalog, plan: Plan) -> None:
    columns = (TextColumn("Mengisi data demonstrasi"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=plan.responses)
        asyncio.run(load(database, catalog, plan, lambda done: bar.advance(task, done)))
    follow_up_story(database, catalog, open_storage(read_settings().files_url), plan.until)
    deal_with_comments(database, GOVERNMENT, utc_now())
    plan_surveys(database, GOVERNMENT, plan.until)


def _show(session: Session, catalog: Catalog, plan: Plan) -> None:
    under = unit_by_code(session, GOVERNMENT)
    if under is None:
        return
    period = sequence("year", plan.until, plan.until)[0]
    ranking = ranking_of(session, catalog, under, Question(period))
    table = Table(
        *("Peringkat", "Unit"),
        *(Column(head, justify="right") for head in ("Responden", "IKM")),
        Column("Selang 95 %", no_wrap=True),
        *("Mutu", "Unsur terendah"),
        title=f"{under.name}, {period.code}: data demonstrasi, semuanya rekaan",
    )
    for one in ranking.ranked:
        table.add_row(str(one.rank), one.result.unit.name, *_cells(one.result))
    table.add_section()
    for result in ranking.under:
        rule = "gabungan semua jawaban" if result.rollup == "pooled" else "rata-rata unit"
        table.add_row("", f"{under.name} ({rule})", *_cells(result))
    out.print(table)
    out.print(f"Jawaban tersimpan seluruhnya: {answers_stored(session)}", highlight=False)


def _cells(result: Result) -> tuple[str, ...]:
    if result.index is None or result.categories is None or result.instrument is None:
        return ("0", "–", "–", "–", "–")
    band = result.categories.table.classify(result.index.ikm)
    kinerja = in_language(result.categories.names[band.mutu], "id")
    margin = result.interval
    rates = {value.key: value.nrr for value in result.index.elements if value.nrr is not None}
    weakest = min(rates, key=lambda key: rates[key])
    name = next(element.name for element in result.instrument.elements if element.key == weakest)
    return (
        str(result.respondents),
        decimal(printed_ikm(result.index.ikm)),
        f"{decimal(margin.low)}–{decimal(margin.high)}" if margin else "–",
        f"{band.mutu} {kinerja}",
        in_language(name, "id"),
    )


def _addresses(database: Database) -> None:
    settings = read_settings()
    keys = demonstration_keys(database, settings.secret_key_file.parent)
    people = demonstration_people(database)
    with database.read() as session:
        form = _first_point(session, "qr")
        unit = session.exec(select(Unit.code).where(Unit.parent_id.is_not(None)).order_by(Unit.code)).first()  # type: ignore[union-attr]
    url = settings.public_url
    ranking = f"{url}/api/v1/ikm?under={GOVERNMENT}&period={utc_now().year}"
    lines = {
        "Halaman depan": f"{url}/",
        "Formulir warga": f"{url}/s/{form}",
        **(_sign_in(f"{url}/masuk", people) if people is not None else {}),
        "Dasbor": f"{url}/petugas",
        "Kios (API)": f"{url}/api/v1/kiosk/batches",
        "IKM unit (API)": f"{url}/api/v1/units/{unit}/ikm?period={utc_now().year}",
        "Semua unit (API)": ranking,
        "Dokumen API": f"{url}/openapi.json",
        "Token API": keys.api,
        "Token kios": keys.kiosk,
        "Coba": f'curl -H "Authorization: Bearer {keys.api}" "{ranking}"',
    }
    for name, value in lines.items():
        out.print(f"{name:>17}  {value}", highlight=False, markup=False, soft_wrap=True)


def _sign_in(address: str, people: Demonstration) -> dict[str, str]:
    """Where to sign in, as whom, and with what."""
    names = [f"{one.name} ({role_name(one.role, DEFAULT)})" for one in people.accounts]
    return {"Masuk (petugas)": address, "Nama pengguna": ", ".join(names), "Kata sandi": people.password}


def _first_point(session: Session, channel: str) -> str:
    code = select(Point.code).where(Point.channel == channel, Point.active).order_by(Point.code)
    return session.exec(code).first() or ""
