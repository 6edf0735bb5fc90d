"""Names of worksheets: what Excel allows, each once, and as much of what people call a thing as fits."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

LONGEST = 31  # in units of UTF-16, as Excel counts
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]+")
_RESERVED = "history"  # Excel keeps it to itself


def sheet_names(wanted: Sequence[tuple[str, str]], taken: Iterable[str] = ()) -> list[str]:
    """A name for each (name, what must stand at its end) in order; none of them differs in case alone."""
    seen = {_RESERVED, *(name.lower() for name in taken)}
    names = []
    for name, end in wanted:
        clean, number = cleaned(name) or "Layanan", 1
        found = _fitted(clean, end)
        while found.lower() in seen:
            number += 1
            found = _fitted(clean, f"{end} ({number})")
        seen.add(found.lower())
        names.append(found)
    return names


def quoted(name: str) -> str:
    """The name as formulas and links write it."""
    doubled = name.replace("'", "''")
    return f"'{doubled}'"


def cleaned(text: str) -> str:
    """`text` without what no name may hold, and without what could begin a formula or turn its direction."""
    visible = "".join(sign if _is_visible(sign) else " " for sign in _FORBIDDEN.sub("-", text))
    return " ".join(visible.split()).lstrip("=+-@' ").rstrip("' ")


def _is_visible(sign: str) -> bool:
    """Neither a control character nor a mark, a lone surrogate or a private sign; XML takes the rest."""
    return not unicodedata.category(sign).startswith("C")


def _fitted(name: str, end: str) -> str:
    room = (LONGEST - _length(end)) * 2
    cut = name.encode("utf-16-le")[:room].decode("utf-16-le", errors="ignore")
    return cut.rstrip("' ") + end


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
