"""Finds every code of a deed that the code records, without running any of it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.core.places import PACKAGE

# `record(session, actor, action, at, …)`: where a call says what was done.
PLACE = 2


@dataclass(frozen=True)
class Code:
    """A code as it is written: `unit.added`, or `{}.added` where a part is only known when it runs."""

    text: str
    where: str


def codes(root: Path = PACKAGE) -> list[Code]:
    """All codes in all modules. Raises TypeError for a call that does not let itself be read."""
    found = []
    for path in sorted(root.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "record(" not in source:
            continue  # whatever hands a code on ends in a call of `record` in the same module
        for text, line in in_module(ast.parse(source)):
            found.append(Code(text, f"{path.relative_to(root)}:{line}"))
    return found


def in_module(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The codes of one module: of calls of `record`, and of whatever function hands its code on to it."""
    carriers = _carriers(tree)
    for function, call in _calls(tree, carriers):
        name = _name(call)
        argument = _argument(call, *carriers[name])
        if isinstance(argument, ast.Name) and function and argument.id in _parameters(function):
            continue  # said by whoever calls this function
        for text in _texts(argument):
            yield text, call.lineno


def _carriers(tree: ast.Module) -> dict[str, tuple[int, str]]:
    """Functions that record -> at which place, and by which keyword, they are told the code."""
    found = {"record": (PLACE, "action")}
    while True:
        more = dict(found)
        for function, call in _calls(tree, found):
            argument = _argument(call, *found[_name(call)])
            if function and isinstance(argument, ast.Name) and argument.id in _parameters(function):
                places = _parameters(function)
                more[function.name] = (places.index(argument.id), argument.id)
        if more == found:
            return found
        found = more


def _calls(
    tree: ast.Module, carriers: dict[str, tuple[int, str]]
) -> Iterator[tuple[ast.FunctionDef | None, ast.Call]]:
    functions: list[ast.FunctionDef | None] = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    ]
    inside = {id(node) for one in functions if one for node in ast.walk(one)}
    for function in [*functions, None]:
        for node in ast.walk(function or tree):
            if (
                isinstance(node, ast.Call)
                and _name(node) in carriers
                and (function or id(node) not in inside)
            ):
                yield function, node


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _parameters(function: ast.FunctionDef) -> list[str]:
    return [one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]


def _argument(call: ast.Call, place: int, keyword: str) -> ast.expr:
    if len(call.args) > place:
        return call.args[place]
    for one in call.keywords:
        if one.arg == keyword:
            return one.value
    raise TypeError(f"line {call.lineno}: no code")


def _texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.IfExp():
            yield from _texts(node.body)
            yield from _texts(node.orelse)
        case ast.JoinedStr():
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
        case _:
            raise TypeError(
                f"line {node.lineno}: a code is written where it is recorded: {ast.unparse(node)}"
            )
