"""The language of a page, and times and numbers as its readers write them."""

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date
from starlette.requests import Request

from app.core.messages import LANGUAGES, language_of, translate

# The zones of Indonesia by their distance from UTC, under the names that people use.
_ZONE_NAMES = {7: "WIB", 8: "WITA", 9: "WIT"}
_WORDS = {
    "id": "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas dua-belas",
    "en": "zero one two three four five six seven eight nine ten eleven twelve",
}
_NUMBER_WORDS = {
    language: [word.replace("-", " ") for word in words.split()] for language, words in _WORDS.items()
}


# Staff keep the language that they chose; citizens get no cookie, their links carry it.
STAFF_LANGUAGE = "eskm_lang"


def page_language(request: Request) -> str:
    """What the address asks for (`?lang=`), else what staff chose, else what the browser prefers."""
    for asked in (request.query_params.get("lang"), request.cookies.get(STAFF_LANGUAGE)):
        if asked in LANGUAGES:
            return asked
    return language_of(request.headers.get("accept-language"))


def asked_language(request: Request) -> str | None:
    """The language in the address, which links keep; None when the browser's preference decided."""
    asked = request.query_params.get("lang")
    return asked if asked in LANGUAGES else None


def switch(request: Request) -> str | None:
    """The link to the same page in the other language; None where following it would lose what was sent."""
    if request.method not in ("GET", "HEAD"):
        return None
    other = next(language for language in LANGUAGES if language != page_language(request))
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    return "?" + urlencode([*kept, ("lang", other)])


def in_words(number: int, language: str) -> str:
    """A count as a word up to twelve, in digits above."""
    words = _NUMBER_WORDS[language]
    return words[number] if 0 <= number < len(words) else str(number)


def sentence(text: str) -> str:
    """`text` with a capital first letter."""
    return text[:1].upper() + text[1:]


def local_time(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """An aware instant where it happened: `2 Oktober 2026 pukul 09.41 WIB`."""
    local = instant.astimezone(zone)
    clock = f"{local:%H.%M}" if language == "id" else f"{local:%H:%M}"
    offset = local.utcoffset()
    hours = int(offset.total_seconds() // 3600) if offset else 0
    return translate(
        "{date} pukul {clock} {zone}",
        language,
        {
            "date": format_date(local.date(), "d MMMM y", locale=language),
            "clock": clock,
            "zone": _ZONE_NAMES.get(hours, f"UTC{hours:+d}"),
        },
    )
