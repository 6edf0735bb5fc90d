"""Lines of TOML values, and faults that name them."""

import tomllib
from pathlib import Path

import pytest

from app.core.toml_source import Fault, SourceFaults, read

REGISTRY = """\
# registry of a town [[units]]
[[units]]
code = "town"
name = "A # town [with] signs"

[[units]]
code = "office"
parent = "town"

  [[units.services]]   # first
  code = "permit"
  not_asked = []

  [[units.services]]
  code = "licence"
  not_asked = [
    "perilaku",   # ] not the end
    # a line of its own
    "kompetensi",
  ]

  [[units.points]]
  code = "office-qr"

[[units]]
code = "clinic"

  [[units.services]]
  code = "visit"
"""


def line_with(text: str, marker: str) -> int:
    """The line of a text that is there once, counted without the code under test."""
    lines = [number for number, line in enumerate(text.split("\n"), start=1) if marker in line]
    assert len(lines) == 1, marker
    return lines[0]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("units",), 2),
        (("units", 0), 2),
        (("units", 0, "name"), 4),
        (("units", 1), 6),
        (("units", 1, "parent"), 8),
        (("units", 1, "services"), 10),
        (("units", 1, "services", 0), 10),
        (("units", 1, "services", 0, "not_asked"), 12),
        (("units", 1, "services", 1), 14),
        (("units", 1, "services", 1, "code"), 15),
        (("units", 1, "services", 1, "not_asked"), 16),
        (("units", 1, "services", 1, "not_asked", 0), 17),
        (("units", 1, "services", 1, "not_asked", 1), 19),
        (("units", 1, "points", 0, "code"), 23),
        (("units", 2), 25),
        (("units", 2, "services", 0), 28),
        (("units", 2, "services", 0, "code"), 29),
    ],
)
def test_lines_of_nested_arrays_of_tables(path: tuple[str | int, ...], line: int) -> None:
    assert read(REGISTRY).line_of(path) == line


def test_data_is_what_tomllib_gives() -> None:
    assert read(REGISTRY).data == tomllib.loads(REGISTRY)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("units", 2, "services", 0, "population"), 28),
        (("units", 2, "points", 0), 25),
        (("nothing",), 1),
        ((), 1),
    ],
)
def test_what_is_not_there_stands_where_it_would(path: tuple[str | int, ...], line: int) -> None:
    assert read(REGISTRY).line_of(path) == line


# QQQ stands for three single quotes, which would end this literal.
TRICKY = r'''
plain = "# no comment ] } [[no]]"  # "half a string
escaped = "a \" quote # still \\"
literal = 'back\slash " #'
several = """
[[not.a.header]]
quoted = "no" ""two"" \""" still
"""
raw = """"quotes at both ends"""""
literals = QQQ
[also.not]
QQQ
"quoted.key" = 1
'single' = 2
"\u0061scii" = 3
outer.inner.deep = 4
when = [1979-05-27 07:32:00, 1979-05-28] # two dates
inline = { id = "x, # y", list = [5, 6], "a b" = { c = 1 } }
matrix = [
  [1, 2],
  [ # three
    3,
    { four = 4 },
  ],
]
[table . "sub table"]
key = true
[[table.list]]
[table.list.child]
grand = 1
[[table.list]]
last = 0
'''.replace("QQQ", "'" * 3)


@pytest.mark.parametrize(
    ("path", "marker"),
    [
        (("plain",), "plain ="),
        (("escaped",), "escaped ="),
        (("literal",), "literal ="),
        (("several",), "several ="),
        (("raw",), "raw ="),
        (("literals",), "literals ="),
        (("quoted.key",), '"quoted.key"'),
        (("single",), "'single'"),
        (("ascii",), "scii"),
        (("outer",), "outer.inner"),
        (("outer", "inner", "deep"), "outer.inner"),
        (("when", 1), "when ="),
        (("inline", "list", 1), "inline ="),
        (("inline", "a b", "c"), "inline ="),
        (("matrix", 0, 1), "[1, 2]"),
        (("matrix", 1), "# three"),
        (("matrix", 1, 0), "    3,"),
        (("matrix", 1, 1, "four"), "four = 4"),
        (("table", "sub table"), "sub table"),
        (("table", "sub table", "key"), "key = true"),
        (("table", "list", 0, "child"), "[table.list.child]"),
        (("table", "list", 0, "child", "grand"), "grand ="),
        (("table", "list", 1, "last"), "last ="),
    ],
)
def test_strings_comments_and_inline_values_do_not_lead_astray(
    path: tuple[str | int, ...], marker: str
) -> None:
    document = read(TRICKY)
    assert path in document.lines
    assert document.line_of(path) == line_with(TRICKY, marker)


def positions(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every position of parsed data."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(position for key, item in inside for position in positions(item, (*path, key)))]


@pytest.mark.parametrize("text", [REGISTRY, TRICKY], ids=["registry", "tricky"])
def test_every_value_has_a_line_and_nothing_else_has(text: str) -> None:
    assert {(), *read(text).lines} == set(positions(tomllib.loads(text)))


def test_windows_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "windows.toml"
    path.write_bytes(b'\xef\xbb\xbfa = 1\r\nb = """\r\nx"""\r\nc = 3\r\n')
    document = read(path)
    assert (document.data["a"], document.line_of(("b",)), document.line_of(("c",))) == (1, 2, 4)


@pytest.mark.parametrize(
    ("text", "line", "keyword"),
    [
        ("a = 1\nb = \n", 2, "TOML tidak sah"),
        ("a = 1\nc = 2\na = 3\n", 3, "dua kali"),
        ("[a]\n[b]\n[a]\n", 3, "dua kali"),
        ("x = { a = 1, a = 2 }\n", 1, "dua kali"),
        ("a = 1\n\nb = [1,\n 2\n", 4, "TOML tidak sah"),
        ('a = "never closed\nb = 2\n', 1, "TOML tidak sah"),
    ],
)
def test_a_syntax_error_has_its_line(text: str, line: int, keyword: str) -> None:
    with pytest.raises(SourceFaults) as caught:
        read(text, "x.toml")
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == ("x.toml", line)
    assert keyword in fault.message
    assert "(at " not in fault.message


def test_a_file_that_is_not_utf8_has_the_line_of_the_first_wrong_byte(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(b'a = 1\nb = 2\nc = "caf\xe9"\n')
    with pytest.raises(SourceFaults) as caught:
        read(path)
    assert str(caught.value) == f"{path}:3: berkas bukan teks UTF-8"


def test_a_missing_file_is_a_fault_without_a_line(tmp_path: Path) -> None:
    with pytest.raises(SourceFaults, match="tidak dapat dibaca") as caught:
        read(tmp_path / "absent.toml")
    assert caught.value.faults[0].line is None


def test_faults_read_as_file_line_message_in_order() -> None:
    faults = SourceFaults(
        [Fault("b", 1, "z"), Fault("a", 10, "y"), Fault("a", 9, "x"), Fault("a", None, "w")]
    )
    assert str(faults) == "a: w\na:9: x\na:10: y\nb:1: z"


def test_a_document_names_faults_by_path() -> None:
    assert str(read(REGISTRY, "units.toml").fault(("units", 1, "parent"), "salah")) == "units.toml:8: salah"
