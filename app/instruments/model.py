"""What a questionnaire is: elements, their questions, their answer labels, and the orders they come in.

Pure data: an instrument knows neither where it was read from nor how its answers are stored.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

from app.ikm import index
from app.ikm.category import CategoryTable
from app.ikm.scale import Scale

LANGUAGES = ("id", "en")
MAX_OPTIONS = 6  # tallies count the answers of a question in this many columns

# A question's key is also a field of the form, of the API, of imports and exports: there these names are taken.
RESERVED_KEYS = frozenset(
    {
        "age",
        "answered_at",
        "channel",
        "comment",
        "date",
        "disability",
        "education",
        "flags",
        "id",
        "instrument",
        "lang",
        "local_date",
        "occupation",
        "point",
        "profile",
        "received_at",
        "scores",
        "seconds",
        "service",
        "service_name",
        "sex",
        "state",
        "unit",
        "unit_name",
    }
)

Text: TypeAlias = Mapping[str, str]
"""One text in every language of LANGUAGES, keyed by language code."""


def in_language(text: Text, language: str) -> str:
    """The text in `language`, in Indonesian when there is no such translation."""
    return text.get(language) or text["id"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `options` holds, per language, the answer labels from the lowest score to the highest."""

    key: str
    text: Text = field(hash=False)
    options: Mapping[str, tuple[str, ...]] = field(hash=False)

    def options_in(self, language: str) -> tuple[str, ...]:
        """The answer labels in `language` (Indonesian when untranslated), lowest score first."""
        return self.options.get(language) or self.options["id"]


@dataclass(frozen=True, slots=True)
class Element:
    """One unsur: its value is the mean of its questions' means. `code` is the article's (U1, U2, ...).

    `importance` asks how important the element is. It is answered like any other question and never enters a value.
    """

    key: str
    code: str
    name: Text = field(hash=False)
    questions: tuple[Question, ...]
    importance: Question | None = None

    @property
    def answerable(self) -> tuple[Question, ...]:
        """All that is asked about the element: its questions, then its importance."""
        return self.questions if self.importance is None else (*self.questions, self.importance)


@dataclass(frozen=True, slots=True)
class Instrument:
    """A version of a questionnaire. `elements` are in article order, `ask_order` lists question keys.

    `categories` is the id of the table that turns an IKM into a mutu. Built by the loader, which checks what
    this class takes for granted: unique keys, complete texts, an `ask_order` that names every question once.
    """

    id: str
    version: int
    title: Text = field(hash=False)
    basis: str
    scale: Scale
    categories: str
    ask_order: tuple[str, ...]
    elements: tuple[Element, ...]

    @property
    def ref(self) -> str:
        """What a response stores, for example `skm-2017@1`."""
        return f"{self.id}@{self.version}"

    @property
    def questions(self) -> dict[str, Question]:
        """The questions that make the index, by key, in article order."""
        return {question.key: question for element in self.elements for question in element.questions}

    @property
    def importance_questions(self) -> dict[str, Question]:
        """The questions about importance by their own keys, in article order; empty where none is asked."""
        asked = (element.importance for element in self.elements)
        return {question.key: question for question in asked if question is not None}

    def element_of(self, question_key: str) -> Element:
        """The element that a question belongs to, or asks the importance of; KeyError for an unknown key."""
        for element in self.elements:
            if any(question.key == question_key for question in element.answerable):
                return element
        raise KeyError(question_key)

    def asked_elements(self, not_asked: Collection[str] = ()) -> tuple[Element, ...]:
        """The elements in article order without those whose key is in `not_asked`."""
        return tuple(element for element in self.elements if element.key not in not_asked)

    def asked_questions(self, not_asked: Collection[str] = ()) -> tuple[Question, ...]:
        """All questions, those about importance too, in the order they are asked, without those of the elements
        in `not_asked`.
        """
        asked = {q.key: q for element in self.asked_elements(not_asked) for q in element.answerable}
        return tuple(asked[key] for key in self.ask_order if key in asked)

    def ikm_elements(self, not_asked: Collection[str] = ()) -> tuple[index.Element, ...]:
        """The asked elements, in article order, as the arithmetic of the index wants them."""
        return tuple(
            index.Element(
                element.key,
                tuple(question.key for question in element.questions),
                (element.importance.key,) if element.importance else (),
            )
            for element in self.asked_elements(not_asked)
        )

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the canonical JSON of the document: changes with any word, not with a comment."""
        canonical = json.dumps(self.to_document(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def to_document(self) -> dict[str, Any]:
        """The instrument as JSON values, in the shape of its TOML file."""
        return {
            "id": self.id,
            "version": self.version,
            "title": dict(self.title),
            "basis": self.basis,
            "scale": [self.scale.low, self.scale.high],
            "conversion": self.scale.conversion,
            "categories": self.categories,
            "ask_order": list(self.ask_order),
            "elements": [_element_document(element) for element in self.elements],
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """The instrument that `to_document` wrote, or that a checked TOML file holds."""
        low, high = document["scale"]
        return cls(
            id=document["id"],
            version=document["version"],
            title=dict(document["title"]),
            basis=document["basis"],
            scale=Scale(low=low, high=high, conversion=document["conversion"]),
            categories=document["categories"],
            ask_order=tuple(document["ask_order"]),
            elements=tuple(_element(element) for element in document["elements"]),
        )


@dataclass(frozen=True, slots=True)
class Categories:
    """A category table with its words: `names` is the kinerja by mutu; the years bound the rule."""

    table: CategoryTable
    names: Mapping[str, Text] = field(hash=False)
    basis: str
    title: Text = field(hash=False)
    from_year: int | None = None
    until_year: int | None = None


def _element_document(element: Element) -> dict[str, Any]:
    document = {
        "key": element.key,
        "code": element.code,
        "name": dict(element.name),
        "questions": [_question_document(question) for question in element.questions],
    }
    # Absent, not null: what was stored before there was such a question stays the same.
    if element.importance is not None:
        document["importance"] = _question_document(element.importance)
    return document


def _question_document(question: Question) -> dict[str, Any]:
    return {
        "key": question.key,
        "text": dict(question.text),
        "options": {language: list(labels) for language, labels in question.options.items()},
    }


def _element(document: Mapping[str, Any]) -> Element:
    importance = document.get("importance")
    return Element(
        key=document["key"],
        code=document["code"],
        name=dict(document["name"]),
        questions=tuple(_question(question) for question in document["questions"]),
        importance=None if importance is None else _question(importance),
    )


def _question(document: Mapping[str, Any]) -> Question:
    return Question(
        key=document["key"],
        text=dict(document["text"]),
        options={language: tuple(labels) for language, labels in document["options"].items()},
    )
