"""Every deed that the code records has its words, and no words are left over."""

import ast
import re
import string

import pytest

from app.audit.actions import actions
from app.core.messages import LANGUAGES
from app.units.changes import KINDS
from tests.audit import action_codes

WRITTEN = action_codes.codes()
# Codes put together when they run: what is done to a thing of the registry.
VERBS = ("added", "changed", "activated", "deactivated")


def meant() -> set[str]:
    """Every code that may be recorded."""
    whole = {code.text for code in WRITTEN if "{}" not in code.text}
    if any(code.text == "{}.{}" and "registry_edits" in code.where for code in WRITTEN):
        whole |= {f"{kind}.{verb}" for kind in KINDS for verb in VERBS}
    return whole


def test_every_deed_has_its_words() -> None:
    assert sorted(meant() - actions("id").keys()) == []


def test_no_words_are_left_over() -> None:
    assert sorted(actions("id").keys() - meant()) == []


def test_codes_are_put_together_only_where_we_know() -> None:
    assert [code for code in WRITTEN if "{}" in code.text and "admin/registry_edits" not in code.where] == []


def test_codes_are_of_one_form() -> None:
    assert [code for code in actions("id") if not re.fullmatch(r"[a-z]+\.[a-z]+(_[a-z]+)*", code)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_follow_a_name(language: str) -> None:
    for code, action in actions(language).items():
        assert action.name[0].isupper(), code
        assert action.sentence[0].islower(), code
        assert action.sentence[-1] not in ".!", code
        assert all(name != "" for _, name, _, _ in string.Formatter().parse(action.sentence)), code
    names = [action.name for action in actions(language).values()]
    assert len(set(names)) == len(names)


def test_the_search_finds_each_way_of_recording() -> None:
    found = {(code.text, code.where.partition(":")[0]) for code in WRITTEN}
    assert ("answers.exported", "exports/asking.py") in found  # one of two, chosen where it is recorded
    assert ("comments.exported", "exports/asking.py") in found
    assert ("user.deactivated", "auth/accounts.py") in found  # through a function of the module
    assert ("registry.applied", "units/recording.py") in found
    assert ("{}.{}", "admin/registry_edits.py") in found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("record(s, a, 'x.y', now)", ["x.y"]),
        ("service.record(s, a, action='x.y', at=now)", ["x.y"]),
        ("def f(s, verb):\n    record(s, a, verb, now)\nf(s, 'x.y')\nf(s, verb='x.z')", ["x.y", "x.z"]),
        ("def f(s):\n    record(s, a, 'x.y' if s else 'x.z', now)", ["x.y", "x.z"]),
        ("def f(s):\n    return record(s, a, f'{s}.y', now)", ["{}.y"]),
        ("def f(a, *, code):\n    record(s, a, code, now)\ndef g(c):\n    f(1, code=c)\ng('x.y')", ["x.y"]),
    ],
)
def test_the_search(source: str, expected: list[str]) -> None:
    assert sorted(text for text, _ in action_codes.in_module(ast.parse(source))) == expected


@pytest.mark.parametrize(
    "source", ["record(s, a, CODE, now)", "def f(s):\n    c = 'x'\n    record(s, a, c, now)"]
)
def test_a_code_that_cannot_be_read_is_refused(source: str) -> None:
    with pytest.raises(TypeError):
        list(action_codes.in_module(ast.parse(source)))
