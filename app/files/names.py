"""Names of files that people send: made harmless to show, to save and to put into a header."""

import unicodedata
from urllib.parse import quote

from app.files.kinds import ENDINGS

NAME_MOST = 120
_FORBIDDEN = frozenset('<>:"|?*')


def clean_name(sent: str, media_type: str) -> str:
    """The last part of a path without control, direction and reserved characters, ending as its type asks."""
    last = unicodedata.normalize("NFC", sent).replace("\\", "/").rpartition("/")[2]
    kept = "".join(" " if one.isspace() else one for one in last if _harmless(one))
    name = " ".join(kept.split()).strip(". ")
    endings = ENDINGS[media_type]
    stem, dot, ending = name.rpartition(".")
    if dot and ending.lower() in endings:
        ending = ending.lower()
    else:
        stem, ending = name, endings[0]
    stem = stem.strip(". ")[: NAME_MOST - len(ending) - 1].strip(". ") or "berkas"
    return f"{stem}.{ending}"


def disposition(name: str) -> str:
    """`Content-Disposition` that saves under this name (RFC 6266), never opens in the page's place."""
    plain = "".join(one if one.isascii() and one not in '"\\%' else "_" for one in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _harmless(character: str) -> bool:
    category = unicodedata.category(character)
    return character.isspace() or (category[0] != "C" and character not in _FORBIDDEN)
