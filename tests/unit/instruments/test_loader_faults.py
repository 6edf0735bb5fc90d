"""One case for each kind of fault in a surveys directory: the message says what, the line says where.

`# HERE` marks the line that the fault must name; it is found by reading the broken text.
"""

from pathlib import Path

import pytest

from app.core.toml_source import SourceFaults
from app.instruments import loader

INSTRUMENT = """\
id = "tiny" # TOP
version = 2 # VERSION
title = { id = "Survei", en = "Survey" }
basis = "Uji"
scale = [1, 4]
conversion = 25
categories = "test"
ask_order = [ # ORDER
  "second",
  "first",
  "third",
]

[[elements]] # ELEMENT 1
key = "one"
code = "U1"
name = { id = "Satu", en = "One" }
  [[elements.questions]] # QUESTION 1
  key = "first"
  text = { id = "Pertama?", en = "First?" }
  options = { id = ["a", "b", "c", "d"], en = ["e", "f", "g", "h"] }
  [[elements.questions]]
  key = "second"
  [elements.questions.text] # TEXT 2
  id = "Kedua?"
  en = "Second?"
  [elements.questions.options] # OPTIONS 2
  id = [
    "a",
    "b",
    "c",
    "d",
  ]
  en = ["i", "j", "k", "l"]

[[elements]]
key = "two"
code = "U2"
name = { id = "Dua", en = "Two" }
  [[elements.questions]]
  key = "third"
  text = { id = "Ketiga?", en = "Third?" }
  options = { id = ["a", "b", "c", "d"], en = ["m", "n", "o", "p"] }
"""

CATEGORIES = """\
id = "test" # TOP
title = { id = "Mutu", en = "Quality" }
basis = "Uji"
years = { from = 2017 }

[[bands]] # BAND 1
mutu = "A"
lower = "75.00"
upper = "100.00"
kinerja = { id = "Baik", en = "Good" }
perception = 3

[[bands]]
mutu = "B"
lower = "50.00"
upper = "74.99"
kinerja = { id = "Cukup", en = "Fair" }
perception = 2

[[bands]]
mutu = "C"
lower = "25.00"
upper = "49.99"
kinerja = { id = "Buruk", en = "Poor" }
perception = 1
"""


def surveys(directory: Path, instrument: str = INSTRUMENT, categories: str = CATEGORIES) -> Path:
    """A surveys directory with one instrument, version 2, and one category table."""
    for place, text in (("tiny/2.toml", instrument), ("categories/test.toml", categories)):
        (directory / place).parent.mkdir(exist_ok=True)
        (directory / place).write_text(text, encoding="utf-8")
    return directory


def broken(text: str, old: str, new: str) -> tuple[str, int]:
    """The text with one change, and the line that is marked in it."""
    assert text.count(old) == 1, f"{old!r} must stand once"
    changed = text.replace(old, new)
    lines = [number for number, line in enumerate(changed.split("\n"), start=1) if "# HERE" in line]
    assert len(lines) == 1
    return changed, lines[0]


INSTRUMENT_FAULTS = {
    "syntax": ("version = 2 # VERSION", "version = # HERE", ["TOML tidak sah"]),
    "key twice": ("version = 2 # VERSION", "version = 2\nversion = 2 # HERE", ["dua kali"]),
    "table twice": (
        "  [elements.questions.options] # OPTIONS 2",
        "  [elements.questions.text] # HERE",
        ["dua kali"],
    ),
    "unknown key": (
        "version = 2 # VERSION",
        "version = 2\nweight = 1 # HERE",
        ['kunci "weight" tidak dikenal'],
    ),
    "unknown key of element": (
        'code = "U1"',
        'code = "U1"\nweight = 1 # HERE',
        ['kunci "weight" tidak dikenal'],
    ),
    "unknown key of question": (
        'key = "third"',
        'key = "third"\nkind = "x" # HERE',
        ['kunci "kind" tidak dikenal'],
    ),
    "missing key": (
        'id = "tiny" # TOP\nversion = 2 # VERSION\ntitle = { id = "Survei", en = "Survey" }\nbasis = "Uji"',
        'id = "tiny" # HERE\nversion = 2\ntitle = { id = "Survei", en = "Survey" }',
        ['kunci "basis" tidak ada'],
    ),
    "missing key of element": (
        '[[elements]] # ELEMENT 1\nkey = "one"\ncode = "U1"',
        '[[elements]] # HERE\nkey = "one"',
        ['kunci "code" tidak ada'],
    ),
    "missing key of question": (
        '[[elements.questions]] # QUESTION 1\n  key = "first"\n  text = { id = "Pertama?", en = "First?" }',
        '[[elements.questions]] # HERE\n  key = "first"',
        ['kunci "text" tidak ada'],
    ),
    "id not text": ('id = "tiny" # TOP', "id = 7 # HERE", ['"id" harus teks']),
    "id unlike directory": ('id = "tiny" # TOP', 'id = "other" # HERE', ['"id"', "nama direktori"]),
    "id pattern": ('id = "tiny" # TOP', 'id = "Tiny@1" # HERE', ['"id"', "tidak sesuai bentuk"]),
    "version unlike file": ("version = 2 # VERSION", "version = 3 # HERE", ['"version" 3', "2.toml"]),
    "version is text": ("version = 2 # VERSION", 'version = "2" # HERE', ['"version" harus bilangan bulat']),
    "version is boolean": (
        "version = 2 # VERSION",
        "version = true # HERE",
        ['"version" harus bilangan bulat'],
    ),
    "version zero": ("version = 2 # VERSION", "version = 0 # HERE", ['"version" harus 1 sampai']),
    "title not a table": (
        'title = { id = "Survei", en = "Survey" }',
        'title = "Survei" # HERE',
        ['"title" harus tabel'],
    ),
    "language missing": (
        'title = { id = "Survei", en = "Survey" }',
        'title = { id = "Survei" } # HERE',
        ['bahasa "en" tidak ada'],
    ),
    "language unknown": (
        'title = { id = "Survei", en = "Survey" }',
        'title = { id = "Survei", en = "Survey", fr = "Enquête" } # HERE',
        ['bahasa "fr" tidak dikenal'],
    ),
    "blank text": ('id = "Kedua?"', 'id = " \\t" # HERE', ['"id" kosong']),
    "blank basis": ('basis = "Uji"', 'basis = "" # HERE', ['"basis" kosong']),
    "question language missing": (
        '  [elements.questions.text] # TEXT 2\n  id = "Kedua?"\n  en = "Second?"',
        '  [elements.questions.text] # HERE\n  id = "Kedua?"',
        ['bahasa "en" tidak ada'],
    ),
    "scale of one end": ("scale = [1, 4]", "scale = [4] # HERE", ['"scale"']),
    "scale upside down": ("scale = [1, 4]", "scale = [4, 1] # HERE", ['"scale"']),
    "scale from zero": ("scale = [1, 4]", "scale = [0, 3] # HERE", ['"scale"']),
    "scale too long": ("scale = [1, 4]", "scale = [1, 7] # HERE", ['"scale"', "6 pilihan"]),
    "scale of decimals": ("scale = [1, 4]", "scale = [1.0, 4.0] # HERE", ['"scale"']),
    "conversion zero": ("conversion = 25", "conversion = 0 # HERE", ['"conversion" harus 1 sampai']),
    "conversion decimal": (
        "conversion = 25",
        "conversion = 25.5 # HERE",
        ['"conversion" harus bilangan bulat'],
    ),
    "conversion beyond the table": (
        'conversion = 25\ncategories = "test"',
        'conversion = 26\ncategories = "test" # HERE',
        ["tidak mencakup nilai 26 sampai 104"],
    ),
    "conversion below the table": (
        'conversion = 25\ncategories = "test"',
        'conversion = 20\ncategories = "test" # HERE',
        ["tidak mencakup nilai 20 sampai 80"],
    ),
    "unknown category table": (
        'categories = "test"',
        'categories = "1999" # HERE',
        ['tabel kategori "1999" tidak ada'],
    ),
    "categories not text": ('categories = "test"', "categories = 2017 # HERE", ['"categories" harus teks']),
    "order forgets a question": (
        'ask_order = [ # ORDER\n  "second",',
        "ask_order = [ # HERE",
        ['"second" belum disebut'],
    ),
    "order names a question twice": (
        '  "third",',
        '  "third",\n  "first", # HERE',
        ['"first" ditulis dua kali'],
    ),
    "order names an unknown question": ('  "third",', '  "third",\n  "one", # HERE', ['"one" tidak ada']),
    "order not a list": (
        'ask_order = [ # ORDER\n  "second",\n  "first",\n  "third",\n]',
        'ask_order = "first" # HERE',
        ['"ask_order" harus daftar teks'],
    ),
    "order not of texts": ('  "third",\n]', '  "third",\n  3, # HERE\n]', ['"ask_order" harus teks']),
    "element key twice": ('key = "two"', 'key = "one" # HERE', ['kunci unsur "one"', "baris 15"]),
    "element code twice": ('code = "U2"', 'code = "U1" # HERE', ['kode unsur "U1"', "baris 16"]),
    "element key pattern": ('key = "two"', 'key = "Dua Satu" # HERE', ['"key"', "tidak sesuai bentuk"]),
    "element code pattern": ('code = "U2"', 'code = "2" # HERE', ['"code"', "tidak sesuai bentuk"]),
    "question key pattern": ('key = "third"', 'key = "third-one" # HERE', ['"key"', "tidak sesuai bentuk"]),
    "question key reserved": (
        '  key = "third"',
        '  key = "age" # HERE',
        ['"age" sudah dipakai', '"age" belum disebut', '"third" tidak ada'],
    ),
    "too few options": (
        'options = { id = ["a", "b", "c", "d"], en = ["m", "n", "o", "p"] }',
        'options = { id = ["a", "b", "c"], en = ["m", "n", "o", "p"] } # HERE',
        ['bahasa "id" 3, seharusnya 4'],
    ),
    "too many options in the other language": (
        '  en = ["i", "j", "k", "l"]',
        '  en = ["i", "j", "k", "l", "m"] # HERE',
        ['bahasa "en" 5, seharusnya 4'],
    ),
    "option twice": ('    "d",\n  ]', '    "a", # HERE\n  ]', ['pilihan "a" ditulis dua kali']),
    "blank option": ('    "d",\n  ]', '    "", # HERE\n  ]', ['"id" kosong']),
    "option not text": ('    "d",\n  ]', "    4, # HERE\n  ]", ['"id" harus teks']),
    "options not a list": ('  en = ["i", "j", "k", "l"]', '  en = "i" # HERE', ['"en" harus daftar teks']),
    "options language missing": (
        'options = { id = ["a", "b", "c", "d"], en = ["m", "n", "o", "p"] }',
        'options = { id = ["a", "b", "c", "d"] } # HERE',
        ['bahasa "en" tidak ada'],
    ),
    "questions empty": (
        '  [[elements.questions]]\n  key = "third"\n  text = { id = "Ketiga?", en = "Third?" }\n'
        '  options = { id = ["a", "b", "c", "d"], en = ["m", "n", "o", "p"] }',
        "questions = [] # HERE",
        ['"questions" kosong', '"third" tidak ada'],
    ),
    "question not a table": (
        '  [[elements.questions]]\n  key = "third"\n  text = { id = "Ketiga?", en = "Third?" }\n'
        '  options = { id = ["a", "b", "c", "d"], en = ["m", "n", "o", "p"] }',
        'questions = ["third"] # HERE',
        ['"questions" harus tabel'],
    ),
}

CATEGORY_FAULTS = {
    "syntax": ('mutu = "A"', "mutu = A # HERE", ["TOML tidak sah"]),
    "unknown key": ('basis = "Uji"', 'basis = "Uji"\nnote = 1 # HERE', ['kunci "note" tidak dikenal']),
    "unknown key of band": ('mutu = "B"', 'mutu = "B"\ngrade = 1 # HERE', ['kunci "grade" tidak dikenal']),
    "missing key of band": (
        '[[bands]] # BAND 1\nmutu = "A"\nlower = "75.00"\nupper = "100.00"\n'
        'kinerja = { id = "Baik", en = "Good" }\nperception = 3',
        '[[bands]] # HERE\nmutu = "A"\nlower = "75.00"\nupper = "100.00"\n'
        'kinerja = { id = "Baik", en = "Good" }',
        ['kunci "perception" tidak ada'],
    ),
    "id unlike file": ('id = "test" # TOP', 'id = "2017" # HERE', ['"id"', "test.toml"]),
    "number instead of text": ('lower = "50.00"', "lower = 50.00 # HERE", ['"lower" harus teks']),
    "one decimal": ('lower = "50.00"', 'lower = "50.0" # HERE', ['"lower"', "tidak sesuai bentuk"]),
    "hole": ('upper = "74.99"', 'upper = "74.90" # HERE', ["lubang antara 74.90 dan 75.00"]),
    "overlap": ('upper = "74.99"', 'upper = "75.00" # HERE', ["tumpang tindih", "75.00"]),
    "top missing": ('upper = "100.00"', 'upper = "99.99" # HERE', ['"upper"', "100.00"]),
    "bottom missing": ('lower = "25.00"', 'lower = "20.00" # HERE', ['"lower"', "25.00"]),
    "mutu twice": ('mutu = "B"', 'mutu = "A" # HERE', ['mutu "A" ditulis dua kali', "baris 7"]),
    "mutu pattern": ('mutu = "B"', 'mutu = "b" # HERE', ['"mutu"', "tidak sesuai bentuk"]),
    "perception rises": ("perception = 1", "perception = 2 # HERE", ["nilai persepsi harus turun"]),
    "kinerja untranslated": (
        'kinerja = { id = "Baik", en = "Good" }',
        'kinerja = { id = "Baik" } # HERE',
        ['bahasa "en" tidak ada'],
    ),
    "years upside down": (
        "years = { from = 2017 }",
        "years = { from = 2017, until = 2016 } # HERE",
        ['"until" lebih awal'],
    ),
    "years without a beginning": (
        "years = { from = 2017 }",
        "years = { until = 2016 } # HERE",
        ['kunci "from" tidak ada'],
    ),
}


def test_the_unbroken_directory_loads(tmp_path: Path) -> None:
    catalog = loader.load(surveys(tmp_path))
    assert list(catalog.instruments) == ["tiny@2"]
    assert loader.check(tmp_path) == []


@pytest.mark.parametrize(("old", "new", "keywords"), INSTRUMENT_FAULTS.values(), ids=INSTRUMENT_FAULTS)
def test_a_fault_of_an_instrument_file(tmp_path: Path, old: str, new: str, keywords: list[str]) -> None:
    text, line = broken(INSTRUMENT, old, new)
    faults = loader.check(surveys(tmp_path, instrument=text))
    marked = [fault for fault in faults if fault.line == line]
    assert {fault.file for fault in faults} == {str(tmp_path / "tiny" / "2.toml")}
    assert keywords[0] in "; ".join(fault.message for fault in marked)
    for keyword in keywords:
        assert keyword in "; ".join(fault.message for fault in faults)


@pytest.mark.parametrize(("old", "new", "keywords"), CATEGORY_FAULTS.values(), ids=CATEGORY_FAULTS)
def test_a_fault_of_a_category_table(tmp_path: Path, old: str, new: str, keywords: list[str]) -> None:
    text, line = broken(CATEGORIES, old, new)
    (fault,) = loader.check(surveys(tmp_path, categories=text))
    assert (fault.file, fault.line) == (str(tmp_path / "categories" / "test.toml"), line)
    for keyword in keywords:
        assert keyword in fault.message


SEVERAL = {"question key reserved", "questions empty"}


@pytest.mark.parametrize("kind", sorted(INSTRUMENT_FAULTS.keys() - SEVERAL))
def test_one_mistake_is_one_fault(tmp_path: Path, kind: str) -> None:
    old, new, _ = INSTRUMENT_FAULTS[kind]
    text, _ = broken(INSTRUMENT, old, new)
    faults = loader.check(surveys(tmp_path, instrument=text))
    assert len(faults) == 1, "\n".join(map(str, faults))


def test_bands_in_the_wrong_order_are_refused(tmp_path: Path) -> None:
    head, best, middle, worst = CATEGORIES.split("[[bands]]")
    text = "[[bands]]".join([head, worst + "\n", middle, best])
    messages = [fault.message for fault in loader.check(surveys(tmp_path, categories=text))]
    assert any("tumpang tindih" in message for message in messages)
    assert any("nilai persepsi harus turun" in message for message in messages)


def test_all_faults_of_all_files_come_at_once_in_order(tmp_path: Path) -> None:
    instrument = INSTRUMENT.replace('basis = "Uji"', 'basis = ""').replace('code = "U2"', 'code = "U1"')
    categories = CATEGORIES.replace('upper = "74.99"', 'upper = "74.90"')
    directory = surveys(tmp_path, instrument, categories)
    (directory / "tiny" / "3.toml").write_text("id = \n", encoding="utf-8")
    with pytest.raises(SourceFaults) as caught:
        loader.load(directory)
    places = [
        (Path(fault.file).relative_to(tmp_path).as_posix(), fault.line) for fault in caught.value.faults
    ]
    assert places == [
        ("categories/test.toml", 16),
        ("tiny/2.toml", 4),
        ("tiny/2.toml", 38),
        ("tiny/3.toml", 1),
    ]
    assert caught.value.faults == loader.check(directory)


def test_a_file_that_says_nothing_right_does_not_stop_the_check(tmp_path: Path) -> None:
    text = 'id = []\nversion = {}\ntitle = 1\nbasis = []\nscale = 4\nconversion = "x"\ncategories = []\n'
    text += "ask_order = {}\nelements = 3\n"
    faults = loader.check(surveys(tmp_path, instrument=text))
    assert [fault.line for fault in faults] == [1, 2, 3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("place", "keyword"),
    [
        ("tiny.toml", "<id>/<versi>.toml"),
        ("tiny/two.toml", "nomor versi"),
        ("tiny/02.toml", "nomor versi"),
        ("tiny/0.toml", "nomor versi"),
    ],
)
def test_a_misplaced_file_is_a_fault(tmp_path: Path, place: str, keyword: str) -> None:
    (surveys(tmp_path) / place).write_text(INSTRUMENT, encoding="utf-8")
    (fault,) = loader.check(tmp_path)
    assert fault.file == str(tmp_path / place)
    assert keyword in fault.message


IMPORTANCE = """\

  [elements.importance]
  key = "weight"
  text = { id = "Penting?", en = "Important?" }
  options = { id = ["a", "b", "c", "d"], en = ["q", "r", "s", "t"] }
"""
IMPORTANCE_FAULTS = {
    "twice": (IMPORTANCE + IMPORTANCE.replace("importance]", "importance] # HERE"), "dua kali"),
    "two in a list": (
        IMPORTANCE.replace("[elements.importance]", "[[elements.importance]] # HERE") * 2,
        '"importance" harus tabel',
    ),
    "key of a question": (
        IMPORTANCE.replace('"weight"', '"third" # HERE'),
        'kunci pertanyaan "third" ditulis dua kali',
    ),
    "too few options": (
        IMPORTANCE.replace('["q", "r", "s", "t"] }', '["q", "r", "s"] } # HERE'),
        'jumlah pilihan bahasa "en" 3, seharusnya 4',
    ),
    "key missing": (
        IMPORTANCE.replace('  key = "weight"\n', "").replace("importance]", "importance] # HERE"),
        'kunci "key" tidak ada',
    ),
    "unknown key": (IMPORTANCE + "  weight = 2 # HERE\n", 'kunci "weight" tidak dikenal'),
}


@pytest.mark.parametrize(("added", "message"), IMPORTANCE_FAULTS.values(), ids=IMPORTANCE_FAULTS)
def test_a_fault_of_a_question_about_importance(tmp_path: Path, added: str, message: str) -> None:
    text = INSTRUMENT.replace('  "third",', '  "third",\n  "weight",') + added
    line = text[: text.index("# HERE")].count("\n") + 1
    marked = [fault for fault in loader.check(surveys(tmp_path, text)) if fault.line == line]
    assert message in "; ".join(fault.message for fault in marked)


def test_importance_must_stand_in_the_order(tmp_path: Path) -> None:
    (fault,) = loader.check(surveys(tmp_path, INSTRUMENT + IMPORTANCE))
    assert fault.message == 'ask_order: pertanyaan "weight" belum disebut'
    ordered = INSTRUMENT.replace('  "third",', '  "weight",\n  "third",') + IMPORTANCE
    assert loader.check(surveys(tmp_path, ordered)) == []


def test_other_directories_are_left_alone(tmp_path: Path) -> None:
    surveys(tmp_path)
    for place in ("tests/x.toml", "conformance/y.toml", ".cache/z.toml", "tests/tiny/1.toml"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("nonsense", encoding="utf-8")
    assert list(loader.load(tmp_path).instruments) == ["tiny@2"]


def test_a_directory_that_is_absent_or_empty_is_a_fault(tmp_path: Path) -> None:
    (absent,) = loader.check(tmp_path / "absent")
    (empty,) = loader.check(tmp_path)
    assert "direktori survei tidak ada" in absent.message
    assert "tidak ada berkas instrumen" in empty.message
