"""What somebody who answers for the installation should do something about, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.admin.system_state import DatabaseState, DiskState, KeyState, QueueState, is_current
from app.core.messages import translate
from app.core.settings import Settings
from app.kiosks.queries import Kiosk

DISK_LEAST_BYTES = 2 * 1024**3
DISK_LEAST_SHARE = 20  # a twentieth
CLOCK_MOST = timedelta(seconds=5)
QUEUE_MOST_SECONDS = 5


@dataclass(frozen=True, slots=True)
class State:
    """All that warnings are drawn from."""

    settings: Settings
    database: DatabaseState
    disk: DiskState
    queue: QueueState
    key: KeyState
    kiosks: Sequence[Kiosk]
    several_processes: bool
    demonstration: bool


@dataclass(frozen=True, slots=True)
class Concern:
    """One finding: what is so, and what to do. `urgent` ones endanger answers or accounts."""

    urgent: bool
    text: str
    advice: str


def concerns_of(state: State, language: str) -> list[Concern]:
    """Urgent ones first."""
    found = [*_storage(state, language), *_access(state, language), *_upkeep(state, language)]
    return sorted(found, key=lambda one: not one.urgent)


def _storage(state: State, language: str) -> Iterator[Concern]:
    disk, queue, database = state.disk, state.queue, state.database
    if disk.free < DISK_LEAST_BYTES or disk.free * DISK_LEAST_SHARE < disk.total:
        yield Concern(
            True,
            translate("Ruang simpan hampir habis.", language),
            translate(
                "Kosongkan atau perbesar disknya. Bila penuh, jawaban baru ditolak sementara.", language
            ),
        )
    if not is_current(database):
        yield Concern(
            True,
            translate("Skema basis data bukan yang dibutuhkan versi ini.", language),
            translate("Hentikan layanan, jalankan eskm migrate, lalu jalankan lagi.", language),
        )
    if queue.length * 2 > queue.limit or queue.seconds > QUEUE_MOST_SECONDS:
        yield Concern(
            True,
            translate("Jawaban menunggu lama untuk ditulis.", language),
            translate("Periksa basis data dan disknya: yang penuh antreannya ditolak sementara.", language),
        )
    if state.settings.is_sqlite and state.several_processes:
        yield Concern(
            True,
            translate("Beberapa proses memakai satu berkas SQLite.", language),
            translate(
                "Jalankan satu proses saja, atau pindah ke PostgreSQL: mereka saling menunggu.", language
            ),
        )
    ahead = database.clock_ahead
    if ahead is not None and abs(ahead) > CLOCK_MOST:
        yield Concern(
            True,
            translate("Jam mesin ini dan jam basis data berbeda.", language),
            translate("Nyalakan penyelarasan waktu (NTP) di keduanya.", language),
        )


def _access(state: State, language: str) -> Iterator[Concern]:
    settings = state.settings
    if not state.key.private:
        yield Concern(
            True,
            translate("Berkas kunci rahasia dapat dibaca orang lain di mesin ini.", language),
            translate("Jalankan chmod 600 pada berkas itu.", language),
        )
    if state.demonstration:
        yield Concern(
            True,
            translate("Akun peragaan masih aktif.", language),
            translate("Nonaktifkan sebelum survei sungguhan dimulai.", language),
        )
    if not settings.is_production:
        yield Concern(
            True,
            translate("Layanan ini belum memakai https.", language),
            translate("Pasang TLS di depannya dan setel ESKM_PUBLIC_URL ke alamat https.", language),
        )
    if not settings.admin_second_factor:
        yield Concern(
            True,
            translate("Administrator boleh masuk tanpa langkah kedua.", language),
            translate("Setel ESKM_ADMIN_SECOND_FACTOR=true.", language),
        )
    if settings.is_production and not settings.trusted_proxies:
        yield Concern(
            False,
            translate("Tidak ada proksi yang dipercaya.", language),
            translate(
                "Bila ada proksi di depan, setel ESKM_TRUSTED_PROXIES: tanpa itu semua pengunjung tampak "
                "datang dari satu alamat.",
                language,
            ),
        )


def _upkeep(state: State, language: str) -> Iterator[Concern]:
    silent = sum(one.silent for one in state.kiosks)
    if silent:
        yield Concern(
            False,
            translate("{count} kios tidak terdengar lebih dari sehari.", language, {"count": silent}),
            translate("Periksa listrik dan jaringannya. Jawaban di kios tetap tersimpan di sana.", language),
        )
    if state.settings.smtp_url is None:
        yield Concern(
            False,
            translate("Surel belum disetel.", language),
            translate("Tautan kata sandi diserahkan langsung oleh administrator.", language),
        )
    if state.settings.log_level.upper() == "DEBUG":
        yield Concern(
            False,
            translate("Log ditulis sangat rinci (DEBUG).", language),
            translate("Setel ESKM_LOG_LEVEL=INFO setelah selesai mencari gangguan.", language),
        )
    yield Concern(
        False,
        translate("Layanan ini tidak tahu kapan cadangan terakhir dibuat.", language),
        translate(
            "Pastikan basis data dan berkas kunci dicadangkan setiap hari, dan coba pulihkan.", language
        ),
    )
