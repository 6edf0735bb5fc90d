"""House rule: the arithmetic of the index knows no binary fractions."""

import ast
from pathlib import Path

import pytest

import app.ikm

PACKAGE = Path(app.ikm.__file__).parent


def faults(source: str) -> list[str]:
    """What in a module could bring a float in."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=float() | complex()):
                found.append(f"{node.lineno}: literal {node.value}")
            case ast.Name(id="float"):
                found.append(f"{node.lineno}: float")
            case ast.Import(names=names) if any(
                name.name in {"math", "cmath", "statistics"} for name in names
            ):
                found.append(f"{node.lineno}: import")
            case ast.ImportFrom(module="math" | "cmath" | "statistics"):
                found.append(f"{node.lineno}: import")
            case ast.BinOp(op=ast.Div(), left=ast.Constant(), right=ast.Constant()):
                found.append(f"{node.lineno}: division of two literals")
            case ast.BinOp(op=ast.Div(), left=ast.Call(func=ast.Name(id="sum" | "len"), keywords=[])):
                found.append(f"{node.lineno}: division of whole numbers")
            case _:
                pass
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.name)
def test_a_module_of_the_arithmetic_has_no_float(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


def test_the_package_was_found() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} >= {"index", "rounding", "intervals", "student"}


@pytest.mark.parametrize(
    "source",
    ["x = 0.111", "x = float('1')", "import math", "from math import sqrt", "x = 1 / 9", "x = sum(a) / 9"],
)
def test_the_rule_sees_a_float(source: str) -> None:
    assert len(faults(source)) == 1
