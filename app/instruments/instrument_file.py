"""The rules of an instrument file, `surveys/<id>/<version>.toml`."""

from collections.abc import Mapping
from decimal import Decimal

from app.core.toml_source import Fault, TomlDocument
from app.ikm.scale import Scale
from app.instruments.checks import Form, Once, TableCheck
from app.instruments.model import LANGUAGES, MAX_OPTIONS, RESERVED_KEYS, Categories, Instrument

INSTRUMENT_KEYS = (
    "id",
    "version",
    "title",
    "basis",
    "scale",
    "conversion",
    "categories",
    "ask_order",
    "elements",
)
ELEMENT_KEYS = ("key", "code", "name", "questions")
ELEMENT_KEYS_OPTIONAL = ("importance",)
QUESTION_KEYS = ("key", "text", "options")

ID_FORM = Form.of(r"[a-z][a-z0-9-]{0,39}", "skm-2017")
KEY_FORM = Form.of(r"[a-z][a-z0-9_]{0,39}", "persyaratan")
CODE_FORM = Form.of(r"[A-Z][A-Za-z0-9]{0,7}", "U1")
MAX_VERSION = 9999


def instrument_of(
    document: TomlDocument,
    instrument_id: str,
    version: int,
    categories: Mapping[str, Categories],
    broken_categories: frozenset[str] = frozenset(),
) -> tuple[Instrument | None, list[Fault]]:
    """The instrument of a parsed file that lies at `<instrument_id>/<version>.toml`, or all its faults.

    `broken_categories` are tables that exist but have faults of their own: naming one is no second fault.
    """
    faults: list[Fault] = []
    check = TableCheck(document, faults, (), document.data).expect(INSTRUMENT_KEYS)
    _check_identity(check, instrument_id, version)
    check.text("title")
    check.string("basis")
    conversion = check.integer("conversion", 1, 100)
    scale = _scale(check, conversion)
    _check_categories(check, scale if conversion else None, categories, broken_categories)
    _check_ask_order(check, _check_elements(check, scale))
    return (None, faults) if faults else (Instrument.from_document(document.data), faults)


def _check_identity(check: TableCheck, instrument_id: str, version: int) -> None:
    found_id = check.string("id", ID_FORM)
    if found_id is not None and found_id != instrument_id:
        check.fault(f'"id" {found_id!r} tidak sama dengan nama direktori {instrument_id!r}', "id")
    found_version = check.integer("version", 1, MAX_VERSION)
    if found_version is not None and found_version != version:
        check.fault(f'"version" {found_version} tidak sama dengan nama berkas {version}.toml', "version")


def _scale(check: TableCheck, conversion: int | None) -> Scale | None:
    value = check.values.get("scale")
    if value is None:
        return None
    is_pair = isinstance(value, list) and [type(end) for end in value] == [int, int]
    if not is_pair or not 1 <= value[0] < value[1] or value[1] - value[0] >= MAX_OPTIONS:
        check.fault(
            '"scale" harus dua bilangan bulat [terendah, tertinggi] mulai dari 1, '
            f"paling banyak {MAX_OPTIONS} pilihan; contoh: [1, 4]",
            "scale",
        )
        return None
    # Without a conversion the number of options is still known, and faults in them are worth naming.
    return Scale(low=value[0], high=value[1], conversion=conversion or 1)


def _check_categories(
    check: TableCheck, scale: Scale | None, categories: Mapping[str, Categories], broken: frozenset[str]
) -> None:
    name = check.string("categories")
    if name is None or name in broken:
        return
    if name not in categories:
        check.fault(f'tabel kategori "{name}" tidak ada (categories/{name}.toml)', "categories")
        return
    if scale is None:
        return
    bands = categories[name].table.bands
    lowest, highest = min(band.lower for band in bands), max(band.upper for band in bands)
    if Decimal(scale.low * scale.conversion) < lowest or Decimal(scale.high * scale.conversion) > highest:
        check.fault(
            f'tabel kategori "{name}" ({lowest} sampai {highest}) tidak mencakup nilai '
            f"{scale.low * scale.conversion} sampai {scale.high * scale.conversion} dari skala ini",
            "categories",
        )


def _check_elements(check: TableCheck, scale: Scale | None) -> list[str] | None:
    """Check all elements; all keys that `ask_order` must name, None when a key is missing or wrong."""
    element_keys, codes, question_keys = Once("kunci unsur"), Once("kode unsur"), Once("kunci pertanyaan")
    keys: list[str | None] = []
    for element in check.items("elements"):
        element.expect(ELEMENT_KEYS, ELEMENT_KEYS_OPTIONAL)
        element_keys.see(element, element.string("key", KEY_FORM), "key")
        codes.see(element, element.string("code", CODE_FORM), "code")
        element.text("name")
        importance = element.inner("importance")
        for question in [*element.items("questions"), *([importance] if importance else [])]:
            key = _check_question(question, scale)
            question_keys.see(question, key, "key")
            keys.append(key)
    complete = [key for key in keys if key is not None]
    return complete if complete and len(complete) == len(keys) else None


def _check_question(question: TableCheck, scale: Scale | None) -> str | None:
    question.expect(QUESTION_KEYS)
    key = question.string("key", KEY_FORM)
    if key in RESERVED_KEYS:
        question.fault(f'kunci pertanyaan "{key}" sudah dipakai untuk isian lain pada formulir', "key")
    question.text("text")
    options = question.inner("options")
    if options is not None:
        options.expect(LANGUAGES, noun="bahasa")
        for language in LANGUAGES:
            _check_labels(options, language, scale)
    return key


def _check_labels(options: TableCheck, language: str, scale: Scale | None) -> None:
    labels = options.strings(language)
    if labels is None:
        return
    if scale is not None and len(labels) != scale.size:
        options.fault(
            f'jumlah pilihan bahasa "{language}" {len(labels)}, seharusnya {scale.size} menurut skala',
            language,
        )
    once = Once("pilihan")
    for place, label in enumerate(labels):
        once.see(options, label, language, place)


def _check_ask_order(check: TableCheck, question_keys: list[str] | None) -> None:
    order = check.strings("ask_order")
    if order is None:
        return
    once = Once("pertanyaan")
    for place, key in enumerate(order):
        once.see(check, key, "ask_order", place)
        if question_keys is not None and key not in question_keys:
            check.fault(f'ask_order: pertanyaan "{key}" tidak ada', "ask_order", place)
    for key in dict.fromkeys(question_keys or ()):
        if key not in order:
            check.fault(f'ask_order: pertanyaan "{key}" belum disebut', "ask_order")
