"""Comments, their history and their clock as staff read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.comments import handover
from app.comments.clock import Step
from app.comments.inbox import Lowest
from app.comments.tables import CommentEvent, CommentHandover
from app.core.messages import translate
from app.web.locale import local_time

NAMED_MOST = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One comment as the list shows it; `lowest` says what the same answer scored lowest."""

    address: str
    text: str
    state: str
    state_name: str
    about: str
    lowest: str | None
    reply: str | None
    published: bool
    lapor: str | None
    late: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of a comment's history."""

    who: str
    when: str
    said: str
    note: str | None


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step of the clock: its name, the last day, what came of it; the day for its field."""

    field: str
    name: str
    due: str
    done: str | None
    value: str
    late: bool


def state_names(language: str) -> dict[str, str]:
    """Where a comment may stand, in order."""
    return {
        "new": translate("Baru", language),
        "reviewed": translate("Ditinjau", language),
        "acted_on": translate("Ditindaklanjuti", language),
        "done": translate("Selesai", language),
    }


def channel_name(channel: str, language: str) -> str:
    """How an answer came in, in the middle of a line."""
    return {
        "qr": translate("kode QR", language),
        "kiosk": translate("kios", language),
        "counter": translate("loket", language),
        "link": translate("tautan", language),
        "import": translate("kertas", language),
    }.get(channel, channel)


def day(at: date, language: str) -> str:
    """`30 September 2026`."""
    return format_date(at, "d MMMM y", locale=language)


def lowest_words(lowest: Lowest | None, language: str) -> str | None:
    """What an answer scored lowest, in a sentence; None where that is in the upper half of the scale."""
    if lowest is None or 2 * lowest.score > lowest.of:
        return None
    params: dict[str, object] = {"score": lowest.score, "of": lowest.of}
    if lowest.all_alike:
        return translate("Semua unsur dinilai {score} dari {of}", language, params)
    names = ", ".join(element.name for element in lowest.elements[:NAMED_MOST])
    more = len(lowest.elements) - NAMED_MOST
    params["names"] = names
    if more > 0:
        return translate(
            "Nilai terendah {score} dari {of}: {names}, dan {more} lagi", language, params | {"more": more}
        )
    return translate("Nilai terendah {score} dari {of}: {names}", language, params)


def kinds(language: str) -> list[tuple[str, str]]:
    """Kinds of reports at LAPOR! with the working days that each may take."""
    return [
        ("complaint", translate("Pengaduan, selesai dalam 14 hari kerja", language)),
        ("information", translate("Permintaan informasi, selesai dalam 5 hari kerja", language)),
        ("supervision", translate("Pengaduan berkadar pengawasan, selesai dalam 60 hari kerja", language)),
    ]


def reasons(language: str) -> list[tuple[str, str]]:
    """Why something in a text may be covered."""
    return [
        ("name", translate("Nama orang", language)),
        ("contact", translate("Alamat atau kontak", language)),
        ("health", translate("Kesehatan atau hal pribadi lain", language)),
        ("other", translate("Hal lain yang mengenali seseorang", language)),
    ]


def status_name(status: str, language: str) -> str:
    """How far a hand-over has come."""
    return {
        "handed_over": translate("Diteruskan", language),
        "verified": translate("Diverifikasi", language),
        "answered": translate("Dijawab", language),
        "finished": translate("Tuntas", language),
    }[status]


def shown_steps(handed: CommentHandover, today: date, language: str) -> list[ShownStep]:
    """The clock of a hand-over for a page."""
    return [_step(step, language) for step in handover.steps_of(handed, today)]


def _step(step: Step, language: str) -> ShownStep:
    names = {
        "verified": translate("Diverifikasi atau diteruskan", language),
        "answered": translate("Dijawab pertama kali", language),
        "finished": translate("Diselesaikan", language),
    }
    due = translate(
        "paling lambat {day} ({number} hari kerja)",
        language,
        {"day": day(step.due, language), "number": step.days},
    )
    done = day(step.done_on, language) if step.done_on else None
    value = step.done_on.isoformat() if step.done_on else ""
    return ShownStep(f"{step.name}_on", names[step.name], due, done, value, step.late)


def deed(event: CommentEvent, zone: ZoneInfo, topics: Mapping[str, str], language: str) -> Deed:
    """A change of a comment in words."""
    note = event.note if event.deed in ("state", "handover") else None
    when = local_time(event.at, zone, language)
    return Deed(event.actor_name, when, _said(event, topics, language), note)


def _said(event: CommentEvent, topics: Mapping[str, str], language: str) -> str:
    after = event.after or ""
    match event.deed:
        case "state":
            return _of_state(event, language)
        case "topic":
            name = topics.get(after, after)
            chosen = translate("memilih topik {name}", language, {"name": name})
            return chosen if name else translate("menghapus topiknya", language)
        case "reply":
            return _of_reply(event, language)
        case "covered":
            name = dict(reasons(language)).get(after, after).lower()
            return translate("menutupi sebagian teks: {name}", language, {"name": name})
    name = status_name(after, language).lower()
    return translate("mencatat penerusan ke LAPOR!: {name}", language, {"name": name})


def _of_state(event: CommentEvent, language: str) -> str:
    if event.before == event.after:
        return translate("memberi catatan", language)
    names = state_names(language)
    params = {"before": names[event.before or "new"], "after": names[event.after or "new"]}
    return translate("mengubah keadaan dari {before} menjadi {after}", language, params)


def _of_reply(event: CommentEvent, language: str) -> str:
    if event.after == "none":
        return translate("menghapus balasan", language)
    if event.after == "public":
        changed = event.before == "public"
        return (
            translate("mengubah balasan yang terbit", language)
            if changed
            else translate("menerbitkan balasan", language)
        )
    if event.before == "public":
        return translate("menarik balasan dari halaman umum", language)
    return translate("menyimpan balasan, belum terbit", language)
