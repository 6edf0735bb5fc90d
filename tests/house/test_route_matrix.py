"""Every route for staff, tried as everybody: nobody, each role there and next door, a session that ended or waits.

A route that is new fails here until somebody has written down who may use it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from sqlmodel import Session, func, select, update
from starlette.testclient import TestClient

from app.audit.service import SYSTEM
from app.audit.tables import AuditEntry
from app.auth.keys import Keys
from app.auth.passwords import hash_password
from app.auth.roles import Role
from app.auth.tables import ApiToken, Grant, LoginSession, User
from app.core.db import Database
from app.core.guards import MARK
from app.core.settings import Settings
from app.factory import create_app
from app.units.queries import unit_by_code
from app.webhooks import service as webhooks
from app.webhooks.events import EVENTS
from app.webhooks.tables import WebhookDelivery
from tests.conftest import NOW
from tests.house import comment_rows, follow_up_rows, media_rows, plan_rows
from tests.house.test_routes import calls

BACKENDS = ("sqlite",)  # who may ask what is decided before any database is asked

ALL = frozenset(Role)
ADMIN = frozenset({Role.ADMIN})
READS = frozenset({Role.ADMIN, Role.UNIT_HEAD, Role.EVALUATOR, Role.VIEWER})
EXPORTS = frozenset({Role.ADMIN, Role.UNIT_HEAD, Role.EVALUATOR})
RUNS = frozenset({Role.ADMIN, Role.OPERATOR})
PROPOSES = frozenset({Role.ADMIN, Role.UNIT_HEAD})
WATCHES = frozenset({Role.ADMIN, Role.EVALUATOR})

# Who may use what. Said here once more, by hand: a guard that lets in too many differs from this.
ROUTES: dict[frozenset[Role], str] = {
    ALL: """
        GET /petugas
        GET /api/v1/units
        GET /api/v1/units/{code}
        GET /kelola/unit
        GET /kelola/titik/{code}
        GET /kelola/titik/{code}/qr.svg
        GET /kelola/titik/{code}/qr.png
        GET /kelola/titik/{code}/poster.pdf
        GET /kelola/unit/{code}/poster.pdf
        GET /api/v1/units/{code}/posters.pdf
        GET /kelola/instrumen
        GET /kelola/instrumen/{instrument}/{version}
    """,
    READS: """
        GET /api/v1/ikm
        GET /api/v1/units/{code}/ikm
        GET /petugas/unit/{code}/surat
        GET /petugas/unit/{code}/surat.pdf
        GET /api/v1/units/{code}/ikm/trend
        GET /api/v1/units/{code}/ikm/breakdown
        GET /petugas/unit/{code}
        GET /petugas/unit/{code}/layanan/{service}
        GET /petugas/pemerintah/{code}
        GET /api/v1/units/{code}/ikm/compare
        GET /api/v1/units/{code}/ikm/channels
        GET /api/v1/units/{code}/ikm/priorities
        GET /petugas/unit/{code}/berkas/{file_id}
        GET /petugas/tindak-lanjut
        GET /petugas/unit/{code}/tindak-lanjut
        GET /petugas/unit/{code}/tindak-lanjut/forum
        GET /petugas/unit/{code}/tindak-lanjut/{follow_up}
        GET /api/v1/units/{code}/follow-ups
        GET /api/v1/units/{code}/follow-ups/{follow_up}
        GET /petugas/publikasi
        GET /petugas/unit/{code}/publikasi
        GET /petugas/unit/{code}/media
        GET /petugas/pekppp
        GET /petugas/unit/{code}/pekppp
        GET /api/v1/units/{code}/pekppp/f01.json
        GET /api/v1/units/{code}/pekppp/f01.pdf
        GET /api/v1/units/{code}/media
        GET /petugas/unit/{code}/rencana
        GET /petugas/unit/{code}/rencana/{plan_id}
        GET /petugas/unit/{code}/riwayat
        GET /api/v1/units/{code}/plans
        GET /api/v1/units/{code}/plans/{period}
        GET /api/v1/units/{code}/history
        GET /api/v1/units/{code}/files/{file_id}
    """,
    EXPORTS: """
        GET /api/v1/units/{code}/reports/laporan.pdf
        GET /api/v1/units/{code}/reports/laporan.docx
        GET /api/v1/units/{code}/pekppp/evidence.zip
        GET /api/v1/units/{code}/exports/responses.csv
        GET /api/v1/units/{code}/exports/responses.xlsx
        GET /api/v1/units/{code}/exports/responses.parquet
        GET /api/v1/units/{code}/exports/responses.sav
        GET /api/v1/units/{code}/exports/codebook.csv
        GET /api/v1/units/{code}/exports/codebook.xlsx
        GET /api/v1/units/{code}/exports/recap.csv
        GET /api/v1/units/{code}/exports/recap.xlsx
        GET /api/v1/units/{code}/exports/processing.xlsx
        GET /api/v1/units/{code}/exports
        POST /api/v1/units/{code}/exports
        GET /api/v1/units/{code}/exports/{job}
        DELETE /api/v1/units/{code}/exports/{job}
        GET /api/v1/units/{code}/exports/{job}/file
        GET /kelola/ekspor
        POST /kelola/ekspor
        GET /kelola/ekspor/{code}/{job}/berkas
        POST /kelola/ekspor/{code}/{job}/batal
        GET /kelola/jawaban
        POST /kelola/jawaban/putus
        GET /api/v1/units/{code}/comments
        GET /petugas/komentar
        GET /petugas/unit/{code}/komentar
        GET /petugas/unit/{code}/komentar/topik
        GET /petugas/unit/{code}/komentar/{comment_id}
    """,
    PROPOSES: """
        POST /kelola/jawaban/usul
        POST /petugas/unit/{code}/publikasi
        POST /petugas/unit/{code}/media
        POST /petugas/unit/{code}/media/{medium_id}/periksa
        POST /petugas/unit/{code}/media/{medium_id}/hapus
        POST /api/v1/units/{code}/media
        POST /api/v1/units/{code}/media/{medium_id}/check
        POST /api/v1/units/{code}/publications
        PATCH /api/v1/units/{code}/comments/{comment_id}
        POST /petugas/unit/{code}/komentar/topik
        POST /petugas/unit/{code}/komentar/topik/contoh
        POST /petugas/unit/{code}/komentar/topik/hapus
        POST /petugas/unit/{code}/komentar/{comment_id}/keadaan
        POST /petugas/unit/{code}/komentar/{comment_id}/topik
        POST /petugas/unit/{code}/komentar/{comment_id}/balasan
        POST /petugas/unit/{code}/komentar/{comment_id}/lapor
        POST /petugas/unit/{code}/komentar/{comment_id}/langkah
        POST /petugas/unit/{code}/komentar/{comment_id}/tutupi
        GET /petugas/unit/{code}/tindak-lanjut/baru
        POST /petugas/unit/{code}/tindak-lanjut/baru
        POST /petugas/unit/{code}/tindak-lanjut/laporan
        POST /petugas/unit/{code}/tindak-lanjut/forum
        GET /petugas/unit/{code}/tindak-lanjut/{follow_up}/ubah
        POST /petugas/unit/{code}/tindak-lanjut/{follow_up}/ubah
        POST /petugas/unit/{code}/tindak-lanjut/{follow_up}/kemajuan
        POST /petugas/unit/{code}/tindak-lanjut/{follow_up}/selesai
        POST /petugas/unit/{code}/tindak-lanjut/{follow_up}/batal
        POST /petugas/unit/{code}/tindak-lanjut/{follow_up}/buka
        POST /petugas/unit/{code}/tindak-lanjut/{follow_up}/terbit
        POST /petugas/unit/{code}/tindak-lanjut/{follow_up}/bukti
        POST /petugas/unit/{code}/tindak-lanjut/{follow_up}/bukti/{evidence}/hapus
        POST /api/v1/units/{code}/follow-ups
        PATCH /api/v1/units/{code}/follow-ups/{follow_up}
        POST /api/v1/units/{code}/follow-ups/{follow_up}/evidence
        PUT /api/v1/units/{code}/survey-reports/{period}
        PUT /api/v1/units/{code}/plans/{period}
        GET /petugas/unit/{code}/rencana/baru
        POST /petugas/unit/{code}/rencana/baru
        GET /petugas/unit/{code}/rencana/{plan_id}/ubah
        POST /petugas/unit/{code}/rencana/{plan_id}/ubah
        POST /petugas/unit/{code}/rencana/{plan_id}/hapus
        GET /petugas/unit/{code}/riwayat/catat
        POST /petugas/unit/{code}/riwayat/catat
        POST /petugas/unit/{code}/riwayat/hapus
        GET /petugas/unit/{code}/riwayat/berkas
        POST /petugas/unit/{code}/riwayat/berkas
        POST /petugas/unit/{code}/riwayat/terapkan
        GET /petugas/unit/{code}/riwayat/contoh.csv
    """,
    RUNS: """
        POST /api/v1/units/{code}/tickets
    """,
    WATCHES: """
        GET /kelola/catatan
        GET /kelola/catatan.csv
        POST /kelola/catatan/periksa
    """,
    ADMIN: """
        GET /api/v1/units/{code}/webhooks
        POST /api/v1/units/{code}/webhooks
        PUT /api/v1/units/{code}/webhooks/{webhook_id}
        DELETE /api/v1/units/{code}/webhooks/{webhook_id}
        POST /api/v1/units/{code}/webhooks/{webhook_id}/ping
        GET /api/v1/units/{code}/webhooks/{webhook_id}/deliveries
        POST /api/v1/units/{code}/webhooks/{webhook_id}/deliveries/{delivery_id}/retry
        GET /kelola/penerima
        GET /kelola/penerima/baru
        POST /kelola/penerima/baru
        GET /kelola/penerima/{webhook_id}
        POST /kelola/penerima/{webhook_id}
        POST /kelola/penerima/{webhook_id}/coba
        POST /kelola/penerima/{webhook_id}/hapus
        POST /kelola/penerima/{webhook_id}/kirim-ulang/{delivery_id}
        GET /kelola/unit/tambah
        POST /kelola/unit/tambah
        GET /kelola/unit/{code}/ubah
        POST /kelola/unit/{code}/ubah
        POST /kelola/unit/{code}/keadaan
        GET /kelola/unit/{code}/layanan/tambah
        POST /kelola/unit/{code}/layanan/tambah
        GET /kelola/unit/{code}/layanan/{service}/ubah
        POST /kelola/unit/{code}/layanan/{service}/ubah
        POST /kelola/unit/{code}/layanan/{service}/keadaan
        GET /kelola/unit/{code}/titik/tambah
        POST /kelola/unit/{code}/titik/tambah
        GET /kelola/titik/{code}/ubah
        POST /kelola/titik/{code}/ubah
        POST /kelola/titik/{code}/keadaan
        GET /kelola/impor
        POST /kelola/impor
        POST /kelola/impor/terapkan
        GET /kelola/impor/contoh.xlsx
        GET /kelola/impor/contoh.toml
        GET /kelola/sistem
    """,
}
# For administrators in a browser; no token of whatever role opens these.
IN_PERSON = """
        GET /kelola/pengguna
        GET /kelola/pengguna/baru
        POST /kelola/pengguna/baru
        GET /kelola/pengguna/{user_id}
        GET /kelola/pengguna/{user_id}/ubah
        POST /kelola/pengguna/{user_id}/ubah
        POST /kelola/pengguna/{user_id}/peran
        POST /kelola/pengguna/{user_id}/peran/{grant_id}/cabut
        POST /kelola/pengguna/{user_id}/tautan
        POST /kelola/pengguna/{user_id}/langkah-kedua
        POST /kelola/pengguna/{user_id}/sesi
        POST /kelola/pengguna/{user_id}/nonaktif
        POST /kelola/pengguna/{user_id}/aktif
        GET /kelola/token
        GET /kelola/token/baru
        POST /kelola/token/baru
        POST /kelola/token/{token_id}/cabut
"""
# About one's own account, whatever one holds; by the stages of signing in that open them.
OWN: dict[tuple[str, ...], str] = {
    ("full",): """
        GET /akun
        POST /akun/sesi/akhiri-lainnya
        POST /akun/sesi/{session_id}/akhiri
        GET /akun/kata-sandi
        POST /akun/kata-sandi
        POST /akun/kode/cadangan
        POST /akun/kode/matikan
    """,
    ("full", "enrol"): """
        GET /akun/kode
        POST /akun/kode
    """,
    ("factor",): """
        GET /masuk/kode
        POST /masuk/kode
    """,
}
# Without a unit in the address: next door the page is another one, and tells nothing of this unit.
SHARED = {"/kelola/instrumen/{instrument}/{version}"}
# For whoever holds the role over a whole government; on a part of it the role is worth nothing here.
WHOLE = {"/kelola/sistem", "/kelola/catatan/periksa"}
QUERIES = {
    "/api/v1/units/{code}/comments": "period=2026-Q3",
    "/api/v1/ikm": "under=ptsp&period=2026-Q3",
    "/api/v1/units/{code}/ikm": "period=2026-Q3",
    "/api/v1/units/{code}/ikm/breakdown": "period=2026-Q3&by=sex",
    "/api/v1/units/{code}/ikm/compare": "period=2026-Q3&with=2026-Q2",
    "/api/v1/units/{code}/ikm/channels": "period=2026-Q3",
    "/api/v1/units/{code}/ikm/priorities": "period=2026-Q3",
    "/api/v1/units/{code}/exports/responses.csv": "period=2026-Q3",
    "/api/v1/units/{code}/exports/processing.xlsx": "period=2026-Q3",
    "/api/v1/units/{code}/reports/laporan.pdf": "period=2026-Q3",
    "/api/v1/units/{code}/reports/laporan.docx": "period=2026-Q3",
    "/api/v1/units/{code}/pekppp/f01.json": "year=2026",
    "/api/v1/units/{code}/pekppp/f01.pdf": "year=2026",
    "/api/v1/units/{code}/pekppp/evidence.zip": "year=2026",
    "/api/v1/units/{code}/exports/responses.xlsx": "period=2026-Q3",
    "/api/v1/units/{code}/exports/responses.parquet": "period=2026-Q3",
    "/api/v1/units/{code}/exports/responses.sav": "period=2026-Q3",
    "/api/v1/units/{code}/exports/codebook.csv": "period=2026-Q3",
    "/api/v1/units/{code}/exports/codebook.xlsx": "period=2026-Q3",
    "/api/v1/units/{code}/exports/recap.csv": "period=2026-Q3",
    "/api/v1/units/{code}/exports/recap.xlsx": "period=2026-Q3",
    "/kelola/ekspor": "unit=ptsp&period=2026-Q3",
}
RECEIVER = {"name": "Situs", "url": "https://situs.example/", "events": ["ikm.fell"]}
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/units/{code}/comments/{comment_id}": {"json": {"version": 0}},
    "/api/v1/units/{code}/exports": {"json": {"format": "csv", "period": "2026-Q3"}},
    "/kelola/ekspor": {"data": {"unit": "ptsp", "period": "2026-Q3", "format": "csv"}},
    "/api/v1/units/{code}/follow-ups": {"json": follow_up_rows.PLAN},
    "/api/v1/units/{code}/follow-ups/{follow_up}": {"json": {"version": 1, "progress": 10}},
    "/api/v1/units/{code}/survey-reports/{period}": {"json": {"issued_on": "2026-07-12"}},
    "/api/v1/units/{code}/tickets": {"json": {"point": "ptsp-nib-qr", "count": 1}},
    "/api/v1/units/{code}/plans/{period}": {
        "json": {"method": "own_number", "population": 900, "target": 90, "version": 1}
    },
    "/petugas/unit/{code}/publikasi": {"data": {"period": "2026-Q2"}},
    "/api/v1/units/{code}/publications": {"json": {"period": "2026-Q2"}},
    "/petugas/unit/{code}/riwayat/hapus": {"data": {"hasil": str(plan_rows.RESULT), "versi": "0"}},
    "/api/v1/units/{code}/webhooks": {"json": RECEIVER},
    "/api/v1/units/{code}/webhooks/{webhook_id}": {"json": RECEIVER},
}
# What somebody next door must never read: codes and names of the unit, of what is above it, and of its people.
SECRETS = ("ptsp", "Pelayanan Terpadu", "Penerbitan NIB", "Layanan Daring", "Kota Uji", "sasaran")
STAGES_ONWARD = {"factor": "/masuk/kode", "enrol": "/akun/kode"}


@dataclass(frozen=True)
class Trial:
    """A route, and how it is tried."""

    method: str
    path: str
    roles: frozenset[Role]
    in_person: bool = False
    stages: tuple[str, ...] = ()

    @property
    def is_page(self) -> bool:
        return not self.path.startswith("/api/")

    @property
    def is_beyond(self) -> bool:
        """Whether its address names something of `ptsp`."""
        return ("{" in self.path or self.path in QUERIES) and self.path not in SHARED

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def expected() -> dict[str, Trial]:
    """Every route that is written down above."""
    found = [
        *(Trial(*line.split(), roles) for roles, lines in ROUTES.items() for line in _lines(lines)),
        *(Trial(*line.split(), ADMIN, in_person=True) for line in _lines(IN_PERSON)),
        *(Trial(*line.split(), ALL, stages=stages) for stages, text in OWN.items() for line in _lines(text)),
    ]
    assert len({str(one) for one in found}) == len(found), "a route stands in the table twice"
    return {str(one): one for one in found}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


def guarded(app: FastAPI) -> Iterator[tuple[str, Any]]:
    """`METHOD path` and the guard of every route for staff."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue
        for guard in calls(route.dependant):
            if getattr(guard, MARK, None) in ("staff", "person"):
                for method in sorted(route.methods or ()):
                    yield f"{method} {context.path}", guard


def test_who_may_use_each_route_is_written_down() -> None:
    found = dict(guarded(create_app(Settings(database_url="sqlite:///:memory:"))))
    table = expected()
    assert sorted(found.keys() - table.keys()) == [], "new routes: say in this file who may use them"
    assert sorted(table.keys() - found.keys()) == [], "routes that are gone"
    differing = {
        name: sorted(guard.roles)
        for name, guard in found.items()
        if getattr(guard, MARK) == "staff" and guard.roles != table[name].roles
    }
    assert differing == {}, "guards that let in others than this file says"
    assert all(
        (getattr(guard, MARK) == "person") == bool(table[name].stages) for name, guard in found.items()
    )


@dataclass
class Cast:
    """Who tries: the headers of each, and the ids that the paths are filled with."""

    tokens: dict[tuple[str, Role], dict[str, str]]
    browsers: dict[tuple[str, Role], dict[str, str]]
    expired: dict[str, str]
    halfway: dict[str, dict[str, str]]
    ids: dict[str, str]

    def address(self, trial: Trial) -> str:
        """The path of a trial at the unit `ptsp`, its query included."""
        code = "ptsp-nib-qr" if trial.path.startswith("/kelola/titik/") else "ptsp"
        path = trial.path.format_map(self.ids | {"code": code})
        query = QUERIES.get(trial.path)
        return f"{path}?{query}" if query else path


@pytest.fixture
def cast(
    city: Database,
    settings: Settings,
    person: Callable[..., User],
    signed_in: Callable[..., dict[str, str]],
    token: Callable[..., dict[str, str]],
) -> Cast:
    """A person and a program for each role on `ptsp`, `timur` and `kota`, and somebody at `ptsp` to deal with."""
    places = [(unit, role) for unit in ("ptsp", "timur", "kota") for role in Role]
    people = {(unit, role): person(f"{unit}-{role.value}", (unit, role), home=unit) for unit, role in places}
    target = person("sasaran", ("ptsp", Role.VIEWER), home="ptsp", email="sasaran@uji.example")
    signed_in(target)
    token("ptsp", Role.VIEWER)
    with city.write() as session:
        session.execute(update(User).values(password_hash=hash_password("payung kerbau lampion")))
        grant = session.exec(select(Grant.id).where(Grant.user_id == target.id)).one()
        key = session.exec(select(ApiToken.id)).one()
        login = session.exec(select(LoginSession.id)).one()
        webhook, delivery = told(session)
        plan_rows.store(session)
        media_rows.store(session)
        follow_up = follow_up_rows.store(session, settings)
        comment_rows.store(session)
    somebody = people["ptsp", Role.ADMIN]
    return Cast(
        tokens={place: token(*place) for place in places},
        browsers={place: signed_in(user) for place, user in people.items()},
        expired=signed_in(somebody, at=NOW - timedelta(days=2)),
        halfway={stage: signed_in(somebody, stage=stage) for stage in STAGES_ONWARD},
        ids={
            "service": "nib",
            "user_id": str(target.id),
            "grant_id": str(grant),
            "token_id": str(key),
            "session_id": str(login),
            "job": str(UUID(int=7)),
            "instrument": "skm-2017",
            "comment_id": str(comment_rows.COMMENT),
            "version": "1",
            "plan_id": str(plan_rows.PLAN),
            "medium_id": str(media_rows.MEDIUM),
            "period": plan_rows.PERIOD,
            **follow_up,
            "webhook_id": str(webhook),
            "delivery_id": str(delivery),
        },
    )


def told(session: Session) -> tuple[int, UUID]:
    """A receiver of `ptsp`, and a message to it."""
    unit = unit_by_code(session, "ptsp")
    assert unit is not None
    assert unit.id is not None
    keys, url = Keys(bytes(32)), "https://situs.example/"
    webhook, _ = webhooks.create(session, SYSTEM, keys, unit.id, "sasaran", url, EVENTS, NOW)
    assert webhook.id is not None
    webhooks.enqueue(session, webhook, EVENTS[0], "a", {}, NOW)
    return webhook.id, session.exec(select(WebhookDelivery.id)).one()


@pytest.fixture
def attempt(app: FastAPI, cast: Cast) -> Iterator[Callable[..., Any]]:
    """Tries a route with some headers, as a page of ours or a program would."""
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:

        def send(trial: Trial, headers: dict[str, str]) -> Any:
            sent = {"Accept": "text/html"} if trial.is_page else {}
            if "Authorization" not in headers:
                sent["Sec-Fetch-Site"] = "same-origin"
            body = BODIES.get(trial.path, {}) if trial.method in ("POST", "PUT", "PATCH") else {}
            return client.request(trial.method, cast.address(trial), headers=sent | headers, **body)

        yield send


def leads(answer: Any, onward: str) -> bool:
    """Whether somebody with a browser is led to `onward`, and a program is refused."""
    if answer.request.url.path.startswith("/api/"):
        return answer.status_code == 401
    place = answer.headers.get("location", "").partition("?")[0]
    return answer.status_code == 303 and place == onward


def recorded(city: Database) -> tuple[int, int]:
    """How much was done: entries of the record, and sessions that ended."""
    with city.read() as session:
        entries = session.exec(select(func.count()).select_from(AuditEntry)).one()
        ended = select(func.count()).select_from(LoginSession).where(LoginSession.ended_at.is_not(None))  # type: ignore[union-attr]
        return entries, session.exec(ended).one()


def test_nobody_a_session_that_ended_and_one_that_waits(
    attempt: Callable[..., Any], cast: Cast, city: Database
) -> None:
    before, wrong = recorded(city), []
    for trial in expected().values():
        tried = {"nobody": ({}, "/masuk"), "expired": (cast.expired, "/masuk")}
        tried |= {
            stage: (cast.halfway[stage], onward)
            for stage, onward in STAGES_ONWARD.items()
            if stage not in trial.stages
        }
        for who, (headers, onward) in tried.items():
            answer = attempt(trial, headers)
            if not leads(answer, onward):
                wrong.append(f"{trial} as {who}: {answer.status_code} {answer.headers.get('location')}")
    assert wrong == []
    assert recorded(city) == before


def test_roles_that_a_route_is_not_for(attempt: Callable[..., Any], cast: Cast, city: Database) -> None:
    before, wrong = recorded(city), []
    for trial in expected().values():
        if trial.stages:
            answers = {"token": attempt(trial, cast.tokens["ptsp", Role.ADMIN])}
            wrong += [f"{trial} as {who}" for who, answer in answers.items() if not leads(answer, "/masuk")]
            continue
        for role in Role:
            kinds = {"token": cast.tokens["ptsp", role], "browser": cast.browsers["ptsp", role]}
            refused = {
                who: attempt(trial, headers).status_code
                for who, headers in kinds.items()
                if role not in trial.roles or (trial.in_person and who == "token")
            }
            wrong += [
                f"{trial} as {who} {role}: {status}" for who, status in refused.items() if status != 403
            ]
    assert wrong == []
    assert recorded(city) == before


def test_the_same_roles_next_door(attempt: Callable[..., Any], cast: Cast, city: Database) -> None:
    wrong = []
    for trial in expected().values():
        if trial.stages:
            continue
        for role in sorted(trial.roles):
            kinds = {"browser": cast.browsers["timur", role]}
            kinds |= {} if trial.in_person else {"token": cast.tokens["timur", role]}
            for who, headers in kinds.items():
                answer = attempt(trial, headers)
                # A page's link to the other language repeats what was asked, which the caller knows already.
                asked = escape(QUERIES.get(trial.path, "")).encode()
                content = answer.content.replace(asked, b"") if asked else answer.content
                told = [secret for secret in SECRETS if secret.encode() in content]
                if told or (trial.is_beyond and answer.status_code != 404) or answer.status_code >= 500:
                    wrong.append(f"{trial} as {who} {role} of timur: {answer.status_code} {told}")
    assert wrong == []
    with city.read() as session:
        assert session.get_one(User, int(cast.ids["user_id"])).active
        assert session.get_one(ApiToken, int(cast.ids["token_id"])).revoked_at is None


def test_the_roles_that_a_route_is_for(attempt: Callable[..., Any], cast: Cast) -> None:
    wrong = []
    for trial in expected().values():
        for role in [Role.VIEWER] if trial.stages else sorted(trial.roles):
            place = ("kota" if trial.path in WHOLE else "ptsp", role)
            browser = cast.browsers[place]
            kinds = {
                "browser": browser if "full" in trial.stages or not trial.stages else cast.halfway["factor"]
            }
            kinds |= {} if trial.in_person or trial.stages else {"token": cast.tokens[place]}
            for who, headers in kinds.items():
                answer = attempt(trial, headers)
                good = answer.status_code not in (401, 403, 404, 405) and answer.status_code < 500
                # A session of somebody else is nobody's business, whatever one holds.
                own = any(mark in trial.path for mark in ("{session_id}", "{job}", "{evidence}"))
                if not (answer.status_code == 404 if own else good):
                    wrong.append(f"{trial} as {who} {role}: {answer.status_code}")
    assert wrong == []
