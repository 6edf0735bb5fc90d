"""Bulk data of a unit and all below it: answers in four formats, their codebook, and the processing table."""

import io
import tempfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

from fastapi import APIRouter, Query, Request, Response

from app.aggregation.parameters import PeriodParameter
from app.auth.guards import RawExporter
from app.core.problems import declared
from app.core.session import database
from app.core.streams import Stream, file_stream
from app.exports import (
    codebook,
    making,
    planning,
    processes,
    processing_xlsx,
    recap_xlsx,
    responses_csv,
    score_matrix,
)
from app.exports.asking import MEDIA, Asked, ServiceParameter, asked, file_headers, note_document, note_now
from app.exports.cells import BOM, DIALECTS, Locale
from app.exports.reading import Reading, through
from app.exports.recap import recap_of
from app.exports.recap_columns import csv_rows
from app.exports.recipe import FORMATS, Format, Recipe
from app.units.scope import unit_in_scope
from app.web.locale import page_language

router = APIRouter(prefix="/api/v1/units/{code}/exports", tags=["exports"])

CSV, XLSX = MEDIA["csv"], MEDIA["xlsx"]
# So few rows are quicker made here than a process starts; none of the libraries they need is heavy.
DIRECT_ROWS = 5_000
DIRECT_FORMATS = frozenset({"csv", "xlsx", "sav"})

CommentsParameter = Annotated[bool, Query(description="Sertakan komentar responden")]
LocaleParameter = Annotated[Locale, Query(description="CSV. id: titik koma dan koma desimal")]
LanguageParameter = Annotated[
    str | None, Query(description="Bahasa label: id atau en; tanpa ini menurut Accept-Language")
]


def _file_of(media_type: str) -> dict[int | str, dict[str, Any]]:
    schema = {"type": "string", "format": "binary"}
    kind = media_type.partition(";")[0]
    return {
        200: {"description": "File", "content": {kind: {"schema": schema}}},
        **declared(401, 403, 404, 422, 503),
    }


def _answers_in(form: Format) -> Callable[..., Stream]:
    """The route of one format: each has a path of its own."""

    def responses_file(
        request: Request,
        principal: RawExporter,
        code: str,
        period: PeriodParameter,
        service: ServiceParameter = None,
        comments: CommentsParameter = False,
        locale: LocaleParameter = "en",
        lang: LanguageParameter = None,
    ) -> Stream:
        """A row a response, by unit code, local date and id; comments only when asked for."""
        found = asked(request, principal, code, service, period)
        recipe = recipe_for(request, found, form, comments=comments, locale=locale)
        note_now(request, principal, found, f"responses.{form}", comments=comments)
        headers = file_headers("responses", found.covered, form)
        if form == "csv":
            content, close = _csv(request, recipe, found.rows)
            return Stream(content, close, media_type=MEDIA[form], headers=headers)
        return file_stream(_made(request, recipe, found.rows), media_type=MEDIA[form], headers=headers)

    return responses_file


def _codebook_in(form: Literal["csv", "xlsx"]) -> Callable[..., Response]:
    def codebook_file(
        request: Request,
        principal: RawExporter,
        code: str,
        period: PeriodParameter,
        service: ServiceParameter = None,
        comments: CommentsParameter = False,
        locale: LocaleParameter = "en",
        lang: LanguageParameter = None,
    ) -> Response:
        """What the columns mean: the questions of all questionnaires of the period, the labels of values."""
        found = asked(request, principal, code, service, period)
        recipe = recipe_for(request, found, "csv", comments=comments, locale=locale)
        note_document(request, principal, found, f"codebook.{form}")
        content = codebook.as_csv(recipe) if form == "csv" else codebook.as_xlsx(recipe)
        headers = file_headers("codebook", found.covered, form)
        return Response(content, media_type=MEDIA[form], headers=headers)

    return codebook_file


def _recap_in(form: Literal["csv", "xlsx"]) -> Callable[..., Response]:
    def recap_file(
        request: Request,
        principal: RawExporter,
        code: str,
        period: PeriodParameter,
        locale: LocaleParameter = "en",
    ) -> Response:
        """A row a unit: NRR, who answered, population and sample, IKM; last the total by either roll-up."""
        found, state = asked(request, principal, code, None, period), request.app.state
        note_document(request, principal, found, f"recap.{form}")
        with database(request).read() as session:
            unit = unit_in_scope(session, principal, code)
            recap = recap_of(session, state.catalog, unit, period)
            rows = list(csv_rows(recap)) if form == "csv" else []
        buffer = io.BytesIO()
        if form == "csv":
            buffer.write(BOM.encode() + DIALECTS[locale].lines(rows))
        else:
            recap_xlsx.write(buffer, recap, state.clock())
        headers = file_headers("recap", found.covered, form)
        return Response(buffer.getvalue(), media_type=MEDIA[form], headers=headers)

    return recap_file


for _form in FORMATS:
    router.add_api_route(
        f"/responses.{_form}",
        _answers_in(_form),
        response_class=Stream,
        responses=_file_of(MEDIA[_form]),
        summary=f"Responses File ({_form})",
    )
for _table in ("csv", "xlsx"):
    router.add_api_route(
        f"/codebook.{_table}",
        _codebook_in(_table),
        response_class=Response,
        responses=_file_of(MEDIA[_table]),
        summary=f"Codebook File ({_table})",
    )
    router.add_api_route(
        f"/recap.{_table}",
        _recap_in(_table),
        response_class=Response,
        responses=_file_of(MEDIA[_table]),
        summary=f"Recap File ({_table})",
    )


@router.get("/processing.xlsx", response_class=Stream, responses=_file_of(XLSX))
def processing_xlsx_file(
    request: Request,
    principal: RawExporter,
    code: str,
    period: PeriodParameter,
    service: ServiceParameter = None,
) -> Stream:
    """The regulation's processing table with living formulas, a sheet a service behind a summary."""
    found, state = asked(request, principal, code, service, period), request.app.state
    covered = found.covered
    note_now(request, principal, found, "processing.xlsx")
    scores = score_matrix.collect(database(request), covered, state.catalog)
    file = tempfile.TemporaryFile(prefix="eskm-export-")  # noqa: SIM115 - closed when it was sent
    try:
        processing_xlsx.write(file, covered, scores, state.catalog, state.clock())
    except BaseException:
        file.close()
        raise
    return file_stream(file, media_type=XLSX, headers=file_headers("processing", covered, "xlsx"))


def recipe_for(request: Request, found: Asked, form: Format, *, comments: bool, locale: Locale) -> Recipe:
    """The recipe of an export in the language that is asked for."""
    with database(request).read() as session:
        return planning.recipe_of(
            session,
            request.app.state.catalog,
            request.app.state.settings.database_url,
            found.covered,
            form,
            comments=comments,
            locale=locale,
            language=page_language(request),
        )


def _csv(request: Request, recipe: Recipe, rows: int) -> tuple[Iterator[bytes], Callable[[], None]]:
    """The file in pieces, and what ends them; what can fail before the first of them fails here."""
    if rows <= DIRECT_ROWS:
        content = responses_csv.pieces(Reading(recipe, through(database(request))))
    else:
        content = processes.streamed(recipe)
    return chain([next(content, b"")], content), content.close


def _made(request: Request, recipe: Recipe, rows: int) -> BinaryIO:
    """The whole file, open and without a name: gone when it is closed."""
    with tempfile.TemporaryDirectory(prefix="eskm-export-") as folder:
        path = Path(folder) / f"responses.{recipe.format}"
        if rows <= DIRECT_ROWS and recipe.format in DIRECT_FORMATS:
            making.make(path, Reading(recipe, through(database(request))), rows)
        else:
            processes.made(recipe, rows, path)
        return path.open("rb")
