"""A late module costs nothing before its first use, and serving does without workbooks."""

import subprocess
import sys

import pytest

from app.core.late import Late


def test_it_is_the_module_when_it_is_used() -> None:
    assert Late("fractions").Fraction(1, 3).denominator == 3
    with pytest.raises(AttributeError):
        _ = Late("fractions").no_such_name
    with pytest.raises(ModuleNotFoundError):
        _ = Late("no_such_module").anything


def test_the_service_starts_without_what_only_files_need() -> None:
    heavy = {
        "openpyxl",
        "xlsxwriter",
        "rustpy_xlsxwriter",
        "arro3.core",
        "arro3.io",
        "typst",
        "zxcvbn",
        "authlib",
    }
    code = f"import sys, app.factory; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
