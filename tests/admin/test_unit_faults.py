"""Every fault that a registry file can have is known to the screen, which says it in the reader's language."""

import ast
from collections.abc import Iterator

import pytest

from app.admin.registry_faults import explain
from app.core.places import PACKAGE
from app.core.toml_source import Fault

SOURCES = (
    "core/toml_source.py",
    "units/registry*.py",
    "units/service.py",
    "admin/registry_scope.py",
    "admin/registry_upload.py",
)
NAMERS = {"Fault": 2, "fault": 0, "_fault": 1}


def written() -> dict[str, str]:
    """Every message of a fault in the code, an `x` for whatever is only known when it runs -> its place."""
    found = {}
    for pattern in SOURCES:
        for path in sorted(PACKAGE.glob(pattern)):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for text, line in _messages(tree):
                found.setdefault(text, f"{path.relative_to(PACKAGE)}:{line}")
    return found


def _messages(tree: ast.Module) -> Iterator[tuple[str, int]]:
    named = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "message" for target in node.targets
        ):
            yield from _text(node.value)
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = NAMERS.get(name)
            # TomlDocument.fault says first where.
            for argument in node.args[slice(place, None) if place is not None else slice(0, 0)]:
                value = named.get(argument.id, argument) if isinstance(argument, ast.Name) else argument
                yield from _text(value)


def _text(node: ast.expr) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.JoinedStr):
        parts = [str(one.value) if isinstance(one, ast.Constant) else "x" for one in node.values]
        text = "".join(parts)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    else:
        return
    if " " in text:  # the others are names of columns
        yield text, node.lineno


# Not said to the screen's readers: `_once` is told what was written twice, and builds the sentence below.
PARTS = {'kode unit "x"', 'kode layanan "x" di "x"', 'kode titik survei "x"', "baris x"}
WHOLE = [f"{part} ditulis dua kali (pertama di baris 3)" for part in sorted(PARTS) if part != "baris x"]


def test_the_search_finds_faults_of_every_module() -> None:
    places = {place.partition(":")[0] for place in written().values()}
    assert places == {
        "core/toml_source.py",
        "units/registry.py",
        "units/registry_fields.py",
        "units/registry_toml.py",
        "units/registry_xlsx.py",
        "units/service.py",
        "admin/registry_scope.py",
        "admin/registry_upload.py",
    }


def test_every_fault_has_its_english() -> None:
    told = {
        text: place for text, place in written().items() if text not in PARTS and not text.startswith("x ")
    }
    told |= dict.fromkeys(WHOLE, "units/registry.py")
    assert len(told) > 40
    same = {}
    for text, place in told.items():
        (indonesian,) = explain([Fault("a.toml", 1, text)], "id")
        (english,) = explain([Fault("a.toml", 1, text)], "en")
        assert indonesian.text == f"{text[0].upper()}{text[1:]}."
        if indonesian.text == english.text:
            same[text] = place
    assert same == {}


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("/tmp/x/registri.xlsx!services", 7, '"name" wajib diisi'), ("services", 7, "name")),
        (
            Fault(
                "registri.toml",
                12,
                'kode "{x}" tidak sah: hanya a-z, 0-9, dan "-", paling panjang 63 karakter',
            ),
            ("", 12, "code"),
        ),
        (Fault("registri.toml", None, "bukan berkas XLSX"), ("", None, "")),
        (Fault("registri.toml", 1, "sesuatu yang belum dikenal"), ("", 1, "")),
    ],
)
def test_where_a_fault_is(fault: Fault, expected: tuple[str, int | None, str]) -> None:
    (found,) = explain([fault], "en")
    assert (found.sheet, found.line, found.column) == expected


def test_what_a_file_says_is_no_placeholder() -> None:
    (found,) = explain([Fault("a.toml", 1, 'unit "{value} {other}" tidak dikenal')], "en")
    assert found.text == 'Unit "{value} {other}" is unknown.'
