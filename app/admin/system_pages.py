"""`/kelola/sistem`: how the installation is, for whoever administers a government."""

import platform
from collections.abc import Iterator
from datetime import datetime, timedelta

from babel.dates import format_timedelta
from babel.numbers import format_decimal
from babel.units import format_unit
from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app import __version__
from app.admin import system_state
from app.admin.audit_filter import Scope, scope_of
from app.admin.system_concerns import State, concerns_of
from app.admin.system_settings import settings_in_force
from app.auth import staff_pages
from app.auth.guards import Administrator, now
from app.core.errors import Forbidden
from app.core.messages import translate
from app.core.session import ReadSession
from app.core.settings import Settings
from app.kiosks import queries as fleet
from app.web.locale import local_time, page_language

router = APIRouter(prefix="/kelola/sistem", include_in_schema=False)

Fact = tuple[str, str]
_SIZES = (("gigabyte", 1000**3), ("megabyte", 1000**2), ("kilobyte", 1000))


@router.get("")
def get_system(request: Request, principal: Administrator, session: ReadSession) -> Response:
    """State, kiosks, settings and what to do. Only for whoever administers a government as a whole."""
    scope = scope_of(session, principal)
    if not scope.governments:
        raise Forbidden
    settings: Settings = request.app.state.settings
    at = now(request)
    state = State(
        settings=settings,
        database=system_state.database_state(session, at),
        disk=system_state.disk_state(settings),
        queue=system_state.queue_state(request.app.state.reception.intake),
        key=system_state.key_state(settings.secret_key_file),
        kiosks=fleet.kiosks(session, scope.territory.ids, at),
        several_processes=system_state.has_siblings(),
        demonstration=bool(getattr(request.app.state, "demonstration", False)),
    )
    words = _Words(page_language(request), scope, at)
    return staff_pages.page(
        request,
        "staff/system.html",
        section="system",
        concerns=concerns_of(state, words.language),
        answers=list(words.answers(state)),
        storage=list(words.storage(state)),
        program=list(words.program(session, state)),
        kiosks=[words.kiosk(one) for one in state.kiosks],
        kiosks_most=fleet.KIOSKS_SHOWN,
        settings=list(settings_in_force(settings)),
    )


class _Words:
    """Facts as somebody in one language and territory reads them."""

    def __init__(self, language: str, scope: Scope, at: datetime) -> None:
        self.language = language
        self._scope = scope
        self._at = at

    def answers(self, state: State) -> Iterator[Fact]:
        """What was collected, and what waits."""
        language, database, queue = self.language, state.database, state.queue
        yield translate("Jawaban yang dihitung", language), self._number(database.answers)
        yield translate("Jawaban yang dikecualikan", language), self._number(database.excluded)
        yield translate("Jawaban terakhir diterima", language), self._ago(database.last_received)
        waiting = translate(
            "{length} dari paling banyak {limit}",
            language,
            {"length": self._number(queue.length), "limit": self._number(queue.limit)},
        )
        yield translate("Antrean di proses ini", language), waiting
        seconds = translate("{seconds} detik", language, {"seconds": self._number(round(queue.seconds, 1))})
        yield translate("Menunggu paling lama", language), seconds

    def storage(self, state: State) -> Iterator[Fact]:
        """Where it is kept."""
        language, database, disk, key = self.language, state.database, state.disk, state.key
        yield translate("Basis data", language), f"{database.kind}, {self._size(database.size)}"
        current = database.revision == database.newest_revision
        good = translate("{revision}, terbaru", language, {"revision": database.revision})
        yield (
            translate("Skema", language),
            good if current else f"{database.revision} ≠ {database.newest_revision}",
        )
        left = translate(
            "{free} dari {total}, di {place}",
            language,
            {"free": self._size(disk.free), "total": self._size(disk.total), "place": disk.place},
        )
        yield translate("Ruang simpan yang tersisa", language), left
        private = translate("hanya dapat dibaca pemiliknya", language)
        open_ = translate("dapat dibaca orang lain", language)
        absent = translate("tidak dapat dilihat", language)
        rights = absent if key.mode is None else f"{key.mode}, {private if key.private else open_}"
        yield translate("Berkas kunci rahasia", language), f"{key.place} ({rights})"

    def program(self, session: Session, state: State) -> Iterator[Fact]:
        """What runs, and what it is connected to."""
        language, settings = self.language, state.settings
        python = platform.python_version()
        yield translate("Versi program", language), f"e-SKM {__version__}, Python {python}"
        zone = self._scope.territory.zone_of()
        yield translate("Jam", language), local_time(self._at, zone, language)
        several, one = translate("beberapa", language), translate("satu", language)
        yield translate("Proses", language), several if state.several_processes else one
        on, off = translate("Disetel", language), translate("Belum disetel", language)
        yield translate("Surel", language), on if settings.smtp_url else off
        yield translate("Masuk tunggal (OIDC)", language), on if settings.oidc_issuer else off

    def kiosk(self, kiosk: fleet.Kiosk) -> dict[str, object]:
        """A device, in a row."""
        oldest = self._ago(kiosk.oldest) if kiosk.waiting and kiosk.oldest else None
        return {
            "name": kiosk.name,
            "unit": kiosk.unit,
            "point": kiosk.point,
            "silent": kiosk.silent,
            "seen": self._ago(kiosk.last_seen, kiosk.unit_id),
            "waiting": self._number(kiosk.waiting) if kiosk.waiting else None,
            "oldest": oldest,
            "version": kiosk.version,
        }

    def _ago(self, instant: datetime | None, unit_id: int | None = None) -> str:
        """A time and how long ago that was; a time of another clock may lie ahead."""
        if instant is None:
            return translate("belum pernah", self.language)
        zone = self._scope.territory.zone_of(unit_id)
        past = format_timedelta(max(self._at - instant, timedelta()), locale=self.language, threshold=1.5)
        return translate(
            "{time} ({past} lalu)",
            self.language,
            {"time": local_time(instant, zone, self.language), "past": past},
        )

    def _number(self, number: float) -> str:
        return format_decimal(number, locale=self.language)

    def _size(self, size: int) -> str:
        for unit, step in _SIZES:
            if size >= step:
                digits = round(size / step, 1)
                return format_unit(digits, f"digital-{unit}", length="short", locale=self.language)
        return format_unit(size, "digital-byte", length="short", locale=self.language)
