"""Personal data in comments: found and covered before anything is stored (UU 27/2022 on personal data).

The same patterns warn on the citizen's device, from the page that it was given; what slips through is covered here.
"""

import re
from dataclasses import dataclass

COVER = "█"
# Said so that Python and the JavaScript of 2017 read it alike: no look behind, no digits or letters but ASCII's.
# Between digits stands what people put there: blanks, points, brackets, hyphens and dashes.
_GAP = r"[\s.()\-\u2010-\u2013]{0,2}"
_NIK = rf"(?:^|[^0-9])([0-9](?:{_GAP}[0-9]){{15}})(?![0-9])"
_PHONE = rf"(?:^|[^0-9+])((?:\+{_GAP}62|62|0){_GAP}[28]{_GAP}[0-9](?:{_GAP}[0-9]){{6,10}})(?![0-9])"
_EMAIL = r"([^\s@,;:<>()]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,63}){1,4})"
_KINDS = tuple(
    (kind, re.compile(source)) for kind, source in (("email", _EMAIL), ("nik", _NIK), ("phone", _PHONE))
)
ANY = "|".join(pattern.pattern for _, pattern in _KINDS)
"""Finds any of them, for a device that only warns."""


@dataclass(frozen=True, slots=True)
class Screened:
    """A text with what names or reaches a person covered, and what kinds of data these were."""

    text: str
    found: tuple[str, ...]


def screen(text: str) -> Screened:
    """Cover NIK, telephone numbers and e-mail addresses. Each is as long afterwards as it was."""
    found = []
    for kind, pattern in _KINDS:
        text, number = pattern.subn(_covered, text)
        if number:
            found.append(kind)
    return Screened(text, tuple(found))


def _covered(match: re.Match[str]) -> str:
    """The match with its group covered: what stands before it decides, and stays."""
    whole, secret = match.group(), match.group(1)
    return whole[: len(whole) - len(secret)] + COVER * len(secret)
