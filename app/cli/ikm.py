"""`eskm ikm`, `eskm verify`."""

from typing import Annotated

import typer
from rich.table import Column, Table
from sqlmodel import Session, col, select

from app.aggregation.results import Question, Result, results_of, stored_id
from app.aggregation.schemas import Printer
from app.cli.opening import fail, opened, out, questionnaires
from app.core.clock import utc_now
from app.ikm.index import lowest
from app.ikm.periods import Period, PeriodError, parse
from app.ikm.rounding import printed_ikm, printed_nrr
from app.ikm.weights import Weight, WeightNotApplicable
from app.instruments.model import in_language
from app.responses.verify import verify_unit
from app.units import queries
from app.units.tables import Service, Unit

PERIOD_HELP = "Misalnya 2026, 2026-S1, 2026-Q3, 2026-09, 2026-07-17..2026-09-15."


def ikm(
    unit: Annotated[str, typer.Argument(help="Kode unit.")],
    period: Annotated[str, typer.Option(help=PERIOD_HELP)],
    service: Annotated[str | None, typer.Option(help="Kode layanan; semua bila dikosongkan.")] = None,
    weight: Annotated[Weight, typer.Option(help="Kebiasaan bobot.")] = Weight.EXACT,
    rollup: Annotated[str | None, typer.Option(help="pooled atau mean_of_units.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False,
) -> None:
    """Hitung IKM sebuah unit atau layanan pada suatu periode."""
    if rollup not in (None, "pooled", "mean_of_units"):
        raise fail("--rollup: pooled atau mean_of_units")
    question = Question(_period(period), weight, rollup)
    with opened() as database:
        catalog = questionnaires(database)
        with database.read() as session:
            found = _unit(session, unit)
            judged = _service(session, found, service)
            try:
                results = results_of(session, catalog, found, question, judged)
            except WeightNotApplicable:
                raise fail("Bobot 0,111 dan 0,11 hanya berlaku bila kesembilan unsur ditanyakan.") from None
            if as_json:
                typer.echo(Printer("id", utc_now()).answer(results).model_dump_json(indent=2))
                return
            for result in results:
                show(result)


def verify(
    unit: Annotated[str | None, typer.Argument(help="Kode unit; semua bila dikosongkan.")] = None,
    period: Annotated[str | None, typer.Option(help=PERIOD_HELP)] = None,
) -> None:
    """Hitung ulang semua rekapitulasi dari jawaban mentah; keluar dengan 1 bila ada beda."""
    asked = _period(period) if period else None
    responses, differences = 0, 0
    with opened() as database:
        catalog = questionnaires(database)
        with database.read() as session:
            if unit is None:
                units = session.exec(select(Unit).order_by(Unit.code)).all()
            else:
                ids = queries.below(session, stored_id(_unit(session, unit)))
                units = session.exec(select(Unit).where(col(Unit.id).in_(ids)).order_by(Unit.code)).all()
            numbered = [(one.code, stored_id(one)) for one in units]
        for code, unit_id in numbered:
            recount = verify_unit(database, catalog, unit_id, asked)
            responses += recount.responses
            differences += len(recount.differences)
            for one in recount.differences:
                typer.echo(f"{code} {one.table} {one.place}: tersimpan {one.stored}, terhitung {one.counted}")
    if differences:
        raise fail(f"{differences} beda pada {responses} jawaban dari {len(numbered)} unit.")
    typer.echo(f"Tidak ada beda: {responses} jawaban dari {len(numbered)} unit.")


def show(result: Result) -> None:
    """Print one result as a table."""
    place = f"{result.unit.name} – {result.service.name}" if result.service else result.unit.name
    period = result.question.period
    out.print(f"[bold]{place}[/bold], periode {period.code}", highlight=False)
    if result.index is None or result.instrument is None or result.categories is None:
        out.print("Belum ada jawaban pada periode ini.")
        return
    band = result.categories.table.classify(result.index.ikm, result.index.weight)
    name = in_language(result.categories.names[band.mutu], "id")
    out.print(
        f"IKM [bold]{decimal(printed_ikm(result.index.ikm))}[/bold]  mutu [bold]{band.mutu}[/bold] ({name})  "
        f"responden {result.respondents}  dikecualikan {result.excluded}",
        highlight=False,
    )
    if result.interval:
        certain = "kategori pasti" if result.interval.category_certain else "kategori belum pasti"
        low, high = decimal(result.interval.low), decimal(result.interval.high)
        out.print(f"Selang kepercayaan 95 %: {low} sampai {high} ({certain})", highlight=False)
    out.print(
        f"{result.instrument.ref}, bobot {result.index.weight.value}, gabungan {result.rollup}", style="dim"
    )
    out.print(elements(result))
    weakest = ", ".join(lowest(result.index))
    out.print(f"Unsur terendah: {weakest}\n", highlight=False)


def elements(result: Result) -> Table:
    """The elements of a result in article order."""
    table = Table("Kode", "Unsur", *(_right(head) for head in ("Jawaban", "Jumlah", "NRR", "IKM")), "Mutu")
    if result.index is None or result.instrument is None or result.categories is None:
        return table
    for element, value in zip(result.instrument.elements, result.index.elements, strict=True):
        figure = value.ikm(result.index.scale)
        if value.nrr is None or figure is None:
            table.add_row(element.code, in_language(element.name, "id"), "tidak ditanyakan")
            continue
        table.add_row(
            element.code,
            in_language(element.name, "id"),
            str(value.n),
            str(value.total),
            decimal(printed_nrr(value.nrr)),
            decimal(printed_ikm(figure)),
            result.categories.table.classify(figure).mutu,
        )
    return table


def _right(head: str) -> Column:
    return Column(head, justify="right")


def decimal(number: object) -> str:
    """A printed number with the decimal comma of Indonesian."""
    return str(number).replace(".", ",")


def _period(code: str) -> Period:
    try:
        return parse(code)
    except PeriodError:
        raise fail(f"Periode {code} tidak dikenal. {PERIOD_HELP}") from None


def _unit(session: Session, code: str) -> Unit:
    unit = queries.unit_by_code(session, code)
    if unit is None:
        raise fail(f"Unit {code} tidak ada.")
    return unit


def _service(session: Session, unit: Unit, code: str | None) -> Service | None:
    if code is None:
        return None
    service = queries.service_by_code(session, stored_id(unit), code)
    if service is None:
        raise fail(f"Layanan {code} tidak ada di unit {unit.code}.")
    return service
