"""The badge that units put on their own pages: a small SVG that says the figure in words, too."""

from decimal import Decimal

from app.core.messages import translate
from app.publication.queries import Listed
from app.web import templating
from app.web.chart_words import isolated, number, width

# Colours of the light page; the picture stands on pages that are not ours.
FILLS = {"A": "#0b6e57", "B": "#1f6bd0", "C": "#bf8a10", "D": "#861f1a"}
INKS = {"C": "#15202b"}
PLAIN, TYPE, LEFT_LEAST = "#505e6b", 16, 44


def badge(name: str, latest: Listed | None, period: str | None, language: str) -> str:
    """The SVG for a unit called `name`; without a publication it says so."""
    if latest is None or period is None:
        value, fill, ink = translate("belum terbit", language), PLAIN, "#fff"
        said = translate("IKM {unit}: belum ada hasil yang terbit", language, {"unit": isolated(name)})
    else:
        row = latest.publication
        ikm = number(Decimal(row.ikm), language)
        value = f"{ikm} {row.mutu}"
        fill, ink = FILLS.get(row.mutu, PLAIN), INKS.get(row.mutu, "#fff")
        said = translate(
            "IKM {unit}: {ikm}, mutu {letter}, {period}",
            language,
            {"unit": isolated(name), "ikm": ikm, "letter": row.mutu, "period": period},
        )
    right = width(value, TYPE) + 24
    return templating.ENVIRONMENT.get_template("publication/badge.svg").render(
        language=language,
        said="".join(sign for sign in said if sign >= " " and sign not in "\ufffe\uffff"),
        value=value,
        fill=fill,
        ink=ink,
        left=LEFT_LEAST,
        right=right,
    )
