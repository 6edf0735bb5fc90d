"""Personal data in comments: found and covered before anything is stored (UU 27/2022 on personal data).

The same patterns warn on the citizen's device; what slips through there is covered here.
"""

import re
from dataclasses import dataclass

COVER = "█"
# Digits with the separators that people put between them.
_GAP = r"[\s.\-()]{0,2}"
NIK = re.compile(rf"(?<![\d])\d(?:{_GAP}\d){{15}}(?!\d)")
PHONE = re.compile(rf"(?<![\d+])(?:\+{_GAP}62|62|0){_GAP}[28]{_GAP}\d(?:{_GAP}\d){{6,10}}(?!\d)")
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}")
_KINDS = (("email", EMAIL), ("nik", NIK), ("phone", PHONE))


@dataclass(frozen=True, slots=True)
class Screened:
    """A text with what names or reaches a person covered, and what kinds of data these were."""

    text: str
    found: tuple[str, ...]


def screen(text: str) -> Screened:
    """Cover NIK, telephone numbers and e-mail addresses. Each is as long afterwards as it was."""
    found = []
    for kind, pattern in _KINDS:
        text, number = pattern.subn(lambda match: COVER * len(match.group()), text)
        if number:
            found.append(kind)
    return Screened(text, tuple(found))
