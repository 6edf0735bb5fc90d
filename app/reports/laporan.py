"""The SKM report as PDF (Typst) and Word (docxtpl): chapters, tables and charts of `survey_facts`."""

import io
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from zipfile import BadZipFile

from app.aggregation.estimates import element_intervals
from app.aggregation.figures import category_figures, scale_ends
from app.aggregation.results import Result
from app.core.late import Late
from app.ikm.category import Band as CategoryBand
from app.instruments.model import in_language
from app.reports import report_names as names
from app.reports import typesetting
from app.reports.errors import LayoutUnusable
from app.reports.logo import Logo
from app.reports.report_rows import NOTHING, decimal
from app.reports.report_texts import texts_of
from app.reports.report_words import listed
from app.reports.survey_facts import Facts, Survey
from app.reports.word_layout import default_layout
from app.web import charts
from app.web.chart_canvas import Frame
from app.web.chart_trend import trend
from app.web.chart_words import number
from app.web.charts import Band, Bar, Scale, Spread

_docxtpl = Late("docxtpl")
_shared = Late("docx.shared")
_jinja2 = Late("jinja2")
_sandbox = Late("jinja2.sandbox")
LANGUAGE = "id"
CHART_WIDTH = 640
FONT = "Libertinus Serif"
PICTURE_MILLIMETRES = 160
PIXELS_PER_INCH = 200.0


def pdf(facts: Facts, public_url: str, logo: Logo | None) -> bytes:
    """The report as an accessible PDF. Raises `PressBusy`."""
    pictures = {name: svg.encode() for name, svg in drawn(facts).items()}
    if logo:
        pictures[logo.name] = logo.content
    data = _data(facts, public_url) | {"logo": logo.name if logo else None, "pictures": sorted(pictures)}
    return typesetting.pdf("laporan", data, facts.made_at, pictures)


def docx(facts: Facts, public_url: str, logo: Logo | None, layout: bytes | None = None) -> bytes:
    """The report as a Word document, in a government's own `layout` or in ours. Raises `PressBusy`,
    `LayoutUnusable`.

    Whatever names and texts hold is written as text: `&`, `<` and braces are no part of the layout.
    """
    try:
        template = _docxtpl.DocxTemplate(io.BytesIO(default_layout() if layout is None else layout))
        template.init_docx()
    except (BadZipFile, KeyError, ValueError) as error:
        raise LayoutUnusable(reason=type(error).__name__) from None
    width = _shared.Mm(PICTURE_MILLIMETRES)
    images = {
        name.removesuffix(".svg"): _docxtpl.InlineImage(template, io.BytesIO(png), width=width)
        for name, png in typesetting.pngs(drawn(facts), PIXELS_PER_INCH).items()
    }
    data = _data(facts, public_url)
    for place, survey in enumerate(data["surveys"]):
        survey["chart"], survey["spread"] = images.get(f"elements-{place}"), images.get(f"spread-{place}")
    data["trend_chart"] = images.get("trend")
    data["logo"] = None
    if logo and logo.name.endswith(".png"):
        data["logo"] = _docxtpl.InlineImage(template, io.BytesIO(logo.content), height=_shared.Mm(24))
    try:
        template.render(data, jinja_env=_sandbox.SandboxedEnvironment(autoescape=True))
    except _jinja2.TemplateError as error:
        raise LayoutUnusable(reason=str(error)[:200]) from None
    file = io.BytesIO()
    template.save(file)
    return file.getvalue()


def drawn(facts: Facts) -> dict[str, str]:
    """The report's charts as standing-alone SVG by file name; a trend of one point is none."""
    found: dict[str, str] = {}
    for place, survey in enumerate(facts.surveys):
        scale = _scale(survey)
        frame = Frame(f"elements-{place}", LANGUAGE, width=CHART_WIDTH, font=FONT)
        found[f"elements-{place}.svg"] = str(
            charts.bars(frame, "Nilai tiap unsur pada skala IKM, terendah lebih dulu", _bars(survey), scale)
        )
        frame = Frame(f"spread-{place}", LANGUAGE, width=CHART_WIDTH, font=FONT)
        spreads = [Spread(f"{one.code} {one.name}", one.counts) for one in survey.shown if one.n]
        title = "Sebaran jawaban tiap unsur dalam persen, dari nilai terendah"
        found[f"spread-{place}.svg"] = str(charts.distribution(frame, title, spreads))
    if len(facts.trend) > 1 and facts.surveys:
        frame = Frame("trend", LANGUAGE, width=CHART_WIDTH, font=FONT)
        points = [one.point for one in facts.trend]
        found["trend.svg"] = str(trend(frame, "Perjalanan IKM", points, _scale(facts.surveys[0])))
    return found


def _bars(survey: Survey) -> list[Bar]:
    asked = [one for one in survey.shown if one.ikm is not None and one.mutu is not None]
    intervals = element_intervals(survey.result)
    found = []
    for one in sorted(asked, key=lambda one: one.ikm or Decimal(0)):
        margin = intervals.get(one.key)
        low, high = (margin.low, margin.high) if margin else (None, None)
        found.append(Bar(f"{one.code} {one.name}", one.ikm or Decimal(0), one.mutu or "", low, high))
    return found


def _scale(survey: Survey) -> Scale:
    result = survey.result
    if result.instrument is None or result.categories is None:
        raise ValueError("a survey has a questionnaire")
    low, high = scale_ends(result.instrument)
    bands = category_figures(result.categories, LANGUAGE)
    return Scale(tuple(Band(one.mutu, one.lower) for one in bands), low, high)


def _data(facts: Facts, public_url: str) -> dict[str, Any]:
    """What both layouts are given: texts, and rows of texts."""
    unit, government = facts.unit, facts.government
    return {
        "title": "Laporan Pelaksanaan Survei Kepuasan Masyarakat (SKM)",
        "subject": facts.subject,
        "unit": unit.name,
        "signatory": f"Penanggung jawab SKM {unit.name}"
        if unit.id == government.id
        else f"Kepala {unit.name}",
        "service": facts.service.name if facts.service else None,
        "government": government.name,
        "address": unit.address,
        "phone": unit.phone,
        "period": facts.period_name,
        "before": facts.before_name,
        "year": str(facts.period.start.year),
        "made_on": names.day(facts.made_on),
        "first_day": names.day(facts.first_day),
        "last_day": names.day(facts.last_day),
        "respondents": number(facts.respondents, LANGUAGE),
        "excluded_note": facts.excluded_note,
        "sample": facts.sample,
        "aspects": [asdict(one) for one in facts.aspects],
        "surveys": [_survey(one) for one in facts.surveys],
        "trend": [asdict(one.row) for one in facts.trend],
        "topics": [{"name": name, "count": count} for name, count in facts.topics],
        "plan": [asdict(one) for one in facts.plan],
        "previous_plan": [asdict(one) for one in facts.previous_plan],
        "conclusion": facts.conclusion,
        "texts": texts_of(facts, f"{public_url}/ikm/{unit.code}"),
    }


def _survey(survey: Survey) -> dict[str, Any]:
    shown = survey.figure
    return {
        "title": survey.title,
        "basis": survey.basis,
        "ikm": decimal(shown.ikm),
        "index": survey.index,
        "mutu": shown.mutu,
        "kinerja": shown.kinerja,
        "interval": f"{decimal(shown.low)} – {decimal(shown.high)}" if shown.low is not None else NOTHING,
        "respondents": number(shown.respondents, LANGUAGE),
        "lead": survey.lead,
        "certainty": survey.certainty,
        "strengths": survey.strengths,
        "weaknesses": survey.weaknesses,
        "change": survey.change,
        "element_changes": survey.element_changes,
        "lowest": listed(list(survey.lowest)),
        "elements": [asdict(one) for one in survey.elements],
        "services": [asdict(one) for one in survey.services],
        "questions": [asdict(one) for one in survey.questions],
        "columns": list(survey.columns),
        "matrix": [asdict(one) for one in survey.matrix],
        "categories": [
            {"mutu": band.mutu, "kinerja": kinerja, "span": f"{decimal(band.lower)} – {decimal(band.upper)}"}
            for band, kinerja in _categories(survey.result)
        ],
    }


def _categories(result: Result) -> list[tuple[CategoryBand, str]]:
    """The rows of the category table, the best first."""
    categories = result.categories
    if categories is None:
        return []
    return [(band, in_language(categories.names[band.mutu], LANGUAGE)) for band in categories.table.bands]
