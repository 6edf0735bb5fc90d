"""The citizen's form: what was filled in, what it means, and how it is drawn, the second time with its faults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core.errors import FieldError
from app.core.ids import uuid7
from app.core.messages import translate
from app.instruments.model import Instrument, Question, in_language
from app.responses.directory import OpenService
from app.web.locale import in_words, sentence

# The field that people cannot see; a name that programs like to fill in, and browsers do not by themselves.
TRAP = "website"
PROFILE = ("sex", "age", "education", "occupation", "disability")
AGE_DIGITS_MAX = 3
QUESTIONS_A_MINUTE = 10
_TRUTH = {"true": True, "false": False}
# Where the cursor goes when the fault of a field is followed: the first choice of a radio group.
_ANCHORS = {"sex": "sex-P", "disability": "disability-true"}


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form, as text; an absent or empty text is a field that was left empty.

    `page`, `proof` and `trap` are no answers but evidence beside them: see `evidence`.
    """

    id: str
    scores: Mapping[str, str]
    profile: Mapping[str, str]
    comment: str
    page: str
    proof: str = ""
    trap: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a question."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    """One question on the page. `anchor` is the id of its first choice."""

    number: int
    key: str
    text: str
    options: tuple[Option, ...]
    wrong: bool

    @property
    def anchor(self) -> str:
        """The id of the element that takes the focus."""
        return f"q-{self.key}-{self.options[0].value}"


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands above a form that could not be sent; `links` are anchors and their texts."""

    title: str
    text: str
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A form as its page shows it. `faults` are messages by field: profile fields and `comment`."""

    filled: Filled
    questions: tuple[DrawnQuestion, ...]
    promise: str
    faults: Mapping[str, str]
    summary: Summary | None

    @property
    def profile_open(self) -> bool:
        """Whether the folded part must be seen: something in it was filled in or is wrong."""
        return any(self.filled.profile.values()) or any(field in self.faults for field in PROFILE)


def blank(page: str, ticket: UUID | None = None) -> Filled:
    """A form that nobody has filled in yet, with the id that makes sending it twice count once: a ticket's own.

    `page` is its token.
    """
    return Filled(str(ticket or uuid7()), {}, {}, "", page)


def read(fields: Mapping[str, str], service: OpenService) -> Filled:
    """What a browser sent. Fields that the form does not have are ignored. The token stays that of the first page:
    whoever mends a fault or changes the language has begun with that one.

    Without a usable id the form gets a new one: an answer that may count twice after a repeated sending
    is better than an answer that is lost.
    """
    asked = service.instrument.asked_questions(service.not_asked)
    return Filled(
        id=_usable_id(fields.get("id", "")),
        scores={question.key: fields.get(question.key, "") for question in asked},
        profile={name: fields.get(name, "").strip() for name in PROFILE},
        # A browser sends a line break of a textarea as two characters and counts it as one.
        comment=fields.get("comment", "").replace("\r\n", "\n"),
        page=fields.get("page", ""),
        proof=fields.get("proof", ""),
        trap=fields.get(TRAP, ""),
    )


def values(filled: Filled, point: str, service: OpenService) -> dict[str, Any]:
    """The same as values for `AnswerValidator.parse`; what cannot be understood is passed on to be refused."""
    scale = service.instrument.scale
    digits = {str(score): score for score in range(scale.low, scale.high + 1)}
    profile: dict[str, Any] = {name: text for name, text in filled.profile.items() if text}
    age = profile.get("age", "")
    if age.isascii() and age.isdigit() and len(age) <= AGE_DIGITS_MAX:
        profile["age"] = int(age)
    if "disability" in profile:
        profile["disability"] = _TRUTH.get(profile["disability"], profile["disability"])
    return {
        "id": filled.id,
        "point": point,
        "service": service.code,
        "scores": {key: digits.get(text, text) for key, text in filled.scores.items() if text},
        "profile": profile,
        "comment": filled.comment or None,
    }


def draw(
    service: OpenService,
    filled: Filled,
    language: str,
    errors: Sequence[FieldError] = (),
    summary: Summary | None = None,
) -> Form:
    """The form with what was filled in, every fault at its place, and a summary of the faults on top."""
    instrument = service.instrument
    faults = _by_field(errors, language)
    questions = tuple(
        _question(number, question, instrument, filled, language, faults)
        for number, question in enumerate(instrument.asked_questions(service.not_asked), start=1)
    )
    if errors:
        summary = _summary(questions, faults, language)
    return Form(filled, questions, _promise(len(questions), language), faults, summary)


def not_sent(language: str) -> Summary:
    """The notice above a form that is in order and yet could not be stored now."""
    text = translate(
        "Saat ini penilaian belum dapat disimpan. Tidak ada yang hilang: semua jawaban Anda masih ada di "
        "halaman ini. Tunggu sebentar, lalu tekan “Kirim penilaian” sekali lagi.",
        language,
    )
    return Summary(translate("Penilaian Anda belum terkirim", language), text)


def _usable_id(text: str) -> str:
    try:
        return str(UUID(text)) if len(text) == 36 else str(uuid7())
    except ValueError:
        return str(uuid7())


def _by_field(errors: Sequence[FieldError], language: str) -> dict[str, str]:
    """Messages by question key (`scores/…`) or field name; the first fault of a field is shown."""
    found: dict[str, str] = {}
    for error in errors:
        field = error.pointer.removeprefix("/").removeprefix("profile/")
        found.setdefault(field, translate(error.message, language, error.params))
    return found


def _question(
    number: int,
    question: Question,
    instrument: Instrument,
    filled: Filled,
    language: str,
    faults: Mapping[str, str],
) -> DrawnQuestion:
    chosen = filled.scores.get(question.key, "")
    labels = enumerate(question.options_in(language), start=instrument.scale.low)
    return DrawnQuestion(
        number=number,
        key=question.key,
        text=in_language(question.text, language),
        options=tuple(Option(str(score), label, str(score) == chosen) for score, label in labels),
        wrong=f"scores/{question.key}" in faults,
    )


def _summary(questions: Sequence[DrawnQuestion], faults: Mapping[str, str], language: str) -> Summary:
    missing = [question for question in questions if question.wrong]
    others = {field: text for field, text in faults.items() if not field.startswith("scores/")}
    links = [(question.anchor, f"{question.number}. {question.text}") for question in missing]
    links += [
        (_ANCHORS.get(field, field), others[field]) for field in (*PROFILE, "comment") if field in others
    ]
    count = len(missing) + len(others)
    if count == len(missing):
        title = (
            translate("Satu pertanyaan belum dijawab", language)
            if count == 1
            else translate("{count} pertanyaan belum dijawab", language, {"count": in_words(count, language)})
        )
    else:
        title = (
            translate("Satu isian perlu diperbaiki", language)
            if count == 1
            else translate("{count} isian perlu diperbaiki", language, {"count": in_words(count, language)})
        )
    text = translate("Jawaban Anda yang lain tidak hilang. Lengkapi yang ini, lalu kirim lagi.", language)
    return Summary(sentence(title), text, tuple(links))


def _promise(questions: int, language: str) -> str:
    minutes = max(1, round(questions / QUESTIONS_A_MINUTE))
    asked = (
        translate("Satu pertanyaan", language)
        if questions == 1
        else translate("{count} pertanyaan", language, {"count": in_words(questions, language)})
    )
    lasts = (
        translate("kira-kira satu menit", language)
        if minutes == 1
        else translate("kira-kira {count} menit", language, {"count": in_words(minutes, language)})
    )
    return sentence(f"{asked}, {lasts}.")
