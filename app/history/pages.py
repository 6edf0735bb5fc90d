"""`/petugas/unit/{code}/riwayat`: results and follow-up plans of earlier years, and the form of one."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app.auth.forms import faults, refusal
from app.auth.guards import ResultReader, now
from app.auth.principal import Principal
from app.auth.staff_pages import page, see_other
from app.core.errors import DomainError, NotFound
from app.core.session import ReadSession, WriteSession
from app.core.tables import storable
from app.files.delivery import BODY_BYTES_MOST, SentForm, keep_all
from app.files.service import enter
from app.files.tables import StoredFile
from app.history import queries, service
from app.history.desk import IMPORTS, Importer, Sent, id_of, rules, service_names, version_of, words
from app.history.entries import Entry, Faulty, entry_of
from app.history.errors import HistoryChanged, HistoryExists
from app.history.tables import HistoricalFollowUp
from app.instruments.model import in_language
from app.instruments.rules import Rule
from app.units.scope import covers, unit_in_scope
from app.units.tables import Unit
from app.web.locale import page_language

router = APIRouter(prefix="/petugas/unit/{code}/riwayat", include_in_schema=False)

ELEMENTS_MOST = 14
CODES = tuple(f"U{number}" for number in range(1, ELEMENTS_MOST + 1))
FIELDS = (
    *("period", "service", "rule", "ikm", "mutu", "respondents", "source"),
    *CODES,
    *("planned", "finished", "report_issued_on", "all_finished_on"),
)
NEWS = ("disimpan", "dihapus", "berubah", "diterapkan")


@router.get("")
def get_history(
    code: str, request: Request, principal: ResultReader, session: ReadSession, kabar: str = ""
) -> Response:
    """What was imported, each line marked as such."""
    unit, said = unit_in_scope(session, principal, code), words(request)
    names = service_names(session, unit)
    return page(
        request,
        "staff/history/list.html",
        section="home",
        unit=unit,
        results=[said.result(one, names) for one in queries.results_of(session, id_of(unit))],
        follow_ups=[said.follow_up(one) for one in queries.follow_ups_of(session, id_of(unit))],
        edits=covers(session, principal.limited(IMPORTS), id_of(unit)),
        news=kabar if kabar in NEWS else "",
    )


@router.get("/catat")
def get_form(
    code: str,
    request: Request,
    principal: Importer,
    session: ReadSession,
    periode: Annotated[str, Query(max_length=40)] = "",
    layanan: Annotated[str, Query(max_length=63)] = "",
) -> Response:
    """The form: empty, or what is stored of a period."""
    unit = unit_in_scope(session, principal, code)
    values, versions = _stored(session, unit, periode, layanan)
    return _form(request, session, unit, values, versions)


@router.post("/catat", max_body_size=BODY_BYTES_MOST)
def post_form(
    code: str, request: Request, principal: Importer, session: WriteSession, sent: Sent
) -> Response:
    """Store what the form says of one period, and the document that it comes from."""
    unit = unit_in_scope(session, principal, code)
    values = {name: sent.text(name) for name in FIELDS}
    versions = {name: sent.text(name) for name in ("versi_hasil", "versi_rtl")}
    try:
        entry = _entry(request, session, unit, values)
        _check_seen(session, unit, entry, versions)
        document = _document(request, session, principal, unit, sent)
        service.apply(session, principal.actor, id_of(unit), [entry], now(request), document)
    except Faulty as error:
        return _form(request, session, unit, values, versions, faults(request, error.errors))
    except DomainError as error:
        shown = refusal(request, error, "period")
        return _form(request, session, unit, values, versions, shown, error.status)
    return see_other(f"/petugas/unit/{code}/riwayat?kabar=disimpan")


@router.post("/hapus")
def post_removal(
    code: str, request: Request, principal: Importer, session: WriteSession, sent: Sent
) -> Response:
    """Take a result or a follow-up plan out of the history."""
    unit = unit_in_scope(session, principal, code)
    version = version_of(sent.text("versi"))
    try:
        if sent.text("hasil"):
            found = _uuid(sent.text("hasil"))
            service.remove_result(session, principal.actor, id_of(unit), found, version, now(request))
        else:
            service.remove_follow_up(
                session, principal.actor, id_of(unit), sent.text("rtl"), version, now(request)
            )
    except HistoryChanged:
        return see_other(f"/petugas/unit/{code}/riwayat?kabar=berubah")
    return see_other(f"/petugas/unit/{code}/riwayat?kabar=dihapus")


def _entry(request: Request, session: Session, unit: Unit, values: Mapping[str, str]) -> Entry:
    cells = {name: value or None for name, value in values.items()}
    services = frozenset(code for code, _ in service_names(session, unit).values())
    return entry_of(cells, rules(request), services, "")


def _check_seen(session: Session, unit: Unit, entry: Entry, versions: Mapping[str, str]) -> None:
    """Nobody overwrites what they have not seen. Raises HistoryExists, HistoryChanged."""
    (change,) = service.plan(session, id_of(unit), [entry])
    for action, stored, name in (
        (change.result, _result_version(session, unit, entry), "versi_hasil"),
        (change.follow_up, _follow_up_version(session, unit, entry.period), "versi_rtl"),
    ):
        if action == "changed" and version_of(versions[name]) != stored:
            raise HistoryChanged if versions[name] else HistoryExists


def _result_version(session: Session, unit: Unit, entry: Entry) -> int | None:
    ids = {code: id_ for id_, (code, _) in service_names(session, unit).items()}
    service_id = ids[entry.service] if entry.service is not None else None
    found = queries.result_of(session, id_of(unit), service_id, entry.period)
    return None if found is None else found.version


def _follow_up_version(session: Session, unit: Unit, period: str) -> int | None:
    found = session.get(HistoricalFollowUp, (id_of(unit), period))
    return None if found is None else found.version


def _document(
    request: Request, session: Session, principal: Principal, unit: Unit, sent: SentForm
) -> StoredFile | None:
    kept = keep_all(request, id_of(unit), sent.files[:1])
    return enter(session, kept[0], principal.actor, now(request)) if kept else None


def _stored(
    session: Session, unit: Unit, period: str, service_code: str
) -> tuple[dict[str, str], dict[str, str]]:
    """The fields of what is stored of a period, and its versions; empty for nothing."""
    values = dict.fromkeys(FIELDS, "") | {"period": period, "service": service_code}
    versions = {"versi_hasil": "", "versi_rtl": ""}
    ids = {code: id_ for id_, (code, _) in service_names(session, unit).items()}
    if service_code and service_code not in ids:
        raise NotFound
    result = (
        queries.result_of(session, id_of(unit), ids.get(service_code), period) if storable(period) else None
    )
    if result is not None:
        values |= {
            "rule": result.rule,
            "ikm": _typed(queries.printed(result.ikm)),
            "mutu": result.mutu or "",
            "respondents": "" if result.respondents is None else str(result.respondents),
            "source": result.source,
        }
        values |= {code: _typed(queries.thousandths(nrr)) for code, nrr in (result.nrr or {}).items()}
        versions["versi_hasil"] = str(result.version)
    follow_up = (
        session.get(HistoricalFollowUp, (id_of(unit), period))
        if not service_code and storable(period)
        else None
    )
    if follow_up is not None:
        days = {
            "report_issued_on": follow_up.report_issued_on,
            "all_finished_on": follow_up.all_finished_on,
        }
        values |= {"planned": str(follow_up.planned), "finished": str(follow_up.finished)}
        values |= {name: day.isoformat() for name, day in days.items() if day is not None}
        values["source"] = values["source"] or follow_up.source
        versions["versi_rtl"] = str(follow_up.version)
    return values, versions


def _form(
    request: Request,
    session: Session,
    unit: Unit,
    values: Mapping[str, str],
    versions: Mapping[str, str],
    errors: list[dict[str, str]] | None = None,
    status: int = 422,
) -> Response:
    language = page_language(request)
    every = rules(request)
    return page(
        request,
        "staff/history/form.html",
        section="home",
        status=status if errors else 200,
        unit=unit,
        values=values,
        versions=versions,
        fixed=any(versions.values()),
        result_id=_result_id(session, unit, values),
        errors=errors or [],
        services=sorted(service_names(session, unit).values()),
        rules=[(one.id, f"{one.id} ({one.basis})") for one in every.values()],
        codes=CODES,
        meanings=[(code, [_meaning(one, code, language) for one in every.values()]) for code in CODES],
        most=request.app.state.settings.upload_megabytes,
    )


def _result_id(session: Session, unit: Unit, values: Mapping[str, str]) -> UUID | None:
    ids = {code: id_ for id_, (code, _) in service_names(session, unit).items()}
    if not storable(values["period"]):
        return None
    found = queries.result_of(session, id_of(unit), ids.get(values["service"]), values["period"])
    return None if found is None else found.id


def _meaning(rule: Rule, code: str, language: str) -> str:
    name = rule.elements.get(code)
    return in_language(dict(name), language) if name else "–"


def _typed(value: object) -> str:
    return str(value).replace(".", ",")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
