"""Finds every text of the interface in the code and the templates, without running any of it."""

import ast
from collections.abc import Iterator

from jinja2.ext import extract_from_ast

from app.core.places import PACKAGE
from app.web.templating import ENVIRONMENT, TEMPLATES

# Module-level names that hold texts for later, in whatever structure; texts are sentences there.
TABLES = frozenset({"_MESSAGES", "_REFUSALS", "_PARAMETER", "_INTERNAL", "CROSS_SITE"})
# What a call may be given instead of a literal: a text that was collected where it was written.
CARRIERS = frozenset({"message", "error.message", *TABLES})


def messages() -> dict[str, str]:
    """Text -> where it was found first."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for text, line in _in_module(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(text, f"{path.relative_to(PACKAGE)}:{line}")
    for path in sorted(TEMPLATES.rglob("*.html")):
        for text, line in in_template(path.read_text(encoding="utf-8")):
            found.setdefault(text, f"{path.relative_to(PACKAGE)}:{line}")
    return found


def in_template(source: str) -> Iterator[tuple[str, int]]:
    """The texts of `_()` in a template; one that is not a literal is a fault of the template."""
    for line, _, message in extract_from_ast(ENVIRONMENT.parse(source), gettext_functions=("_",)):
        text = message[0] if isinstance(message, tuple) else message
        if not isinstance(text, str):
            raise TypeError(f"line {line}: _() needs a literal")
        yield text, line


def uncollected() -> list[str]:
    """Calls whose text is neither a literal nor taken from where texts are collected."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = _text_argument(node)
            if text is not None and _literal(text) is None and ast.unparse(text) not in CARRIERS:
                found.append(f"{path.relative_to(PACKAGE)}:{text.lineno}: {ast.unparse(text)}")
    return found


def _in_module(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        text = _literal(_text_argument(node))
        if text is not None:
            yield text, node.lineno
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            if "message" in names and (text := _literal(node.value)) is not None:
                yield text, node.lineno
            if names & TABLES:
                yield from ((text, node.lineno) for text in _sentences(node.value))


def _text_argument(node: ast.AST) -> ast.expr | None:
    """The argument that is shown to a reader: the first of `translate`, the third of `FieldError`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    place = {"translate": 0, "FieldError": 2}.get(node.func.id)
    if place is None:
        return None
    if len(node.args) > place:
        return node.args[place]
    return next(keyword.value for keyword in node.keywords if keyword.arg == "message")


def _literal(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _sentences(node: ast.expr) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.endswith("."):
            yield part.value
