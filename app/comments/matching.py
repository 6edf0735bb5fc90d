"""Which topic a text is about, by keywords: whole words, capitals and accents aside, `*` for any ending. Pure."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

FINGERPRINT_BITS = 31  # an INTEGER column of every database holds it
ENDING = "*"
STEM_MIN = 3
_WORD = re.compile(r"[^\W_]+\*?")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it is valid for a unit. `unit_id` is where it was written: the unit itself or one above it."""

    unit_id: int
    key: str
    name: str
    keywords: tuple[str, ...]
    element: str | None = None


def folded(text: str) -> str:
    """`text` without capitals and accents: `KÉTAT` and `ketat` are the same word."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def words_of(keyword: str) -> tuple[str, ...]:
    """The words of a keyword, folded, each with its `*` if it has one."""
    return tuple(_WORD.findall(folded(keyword)))


def keyword_fault(keyword: str) -> str | None:
    """Why this cannot be a keyword: `empty` without a word, `short` where a `*` follows fewer than 3 letters."""
    words = words_of(keyword)
    if not words:
        return "empty"
    if any(word.endswith(ENDING) and len(word) <= STEM_MIN for word in words):
        return "short"
    return None


class Matcher:
    """A topic's keywords, ready to be looked for in many texts."""

    def __init__(self, keywords: Sequence[str]) -> None:
        self._patterns = [_pattern(words) for words in dict.fromkeys(map(words_of, keywords)) if words]

    def weight(self, text: str) -> tuple[int, int]:
        """How many keywords stand in a folded text, and the length of the longest place: the more, the likelier."""
        found = [match for pattern in self._patterns if (match := pattern.search(text))]
        return len(found), max((len(match.group()) for match in found), default=0)


@lru_cache(maxsize=2000)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    parts = [
        re.escape(word.removesuffix(ENDING)) + (r"[^\W_]*" if word.endswith(ENDING) else "") for word in words
    ]
    return re.compile(r"(?<![^\W_])" + r"[\W_]+".join(parts) + r"(?![^\W_])")


class Sorter:
    """All topics of a unit, ready to sort its comments."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        ordered = sorted(topics, key=lambda topic: topic.key)
        self._matchers = [(topic.key, Matcher(topic.keywords)) for topic in ordered]
        self.fingerprint = _fingerprint(ordered)

    @property
    def has_topics(self) -> bool:
        """Whether there is anything to sort by."""
        return bool(self._matchers)

    def topic_of(self, text: str) -> str | None:
        """The key of the topic most of whose keywords stand in the text; None when none does.

        Of equals the one with the longest found keyword is taken, then the first by key.
        """
        plain = folded(text)
        best, topic = (0, 0), None
        for key, matcher in self._matchers:
            weight = matcher.weight(plain)
            if weight > best:
                best, topic = weight, key
        return topic


def _fingerprint(topics: Sequence[Topic]) -> int:
    """A number that changes with any key or keyword; never 0, which is a comment that was never sorted."""
    said = json.dumps([[topic.key, sorted(map(words_of, topic.keywords))] for topic in topics])
    digest = hashlib.sha256(said.encode()).digest()
    return (int.from_bytes(digest[:4], "big") >> (32 - FINGERPRINT_BITS)) or 1
