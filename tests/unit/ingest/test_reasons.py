"""Every reason code has a class, and the documentation tells it."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from services.ingest.reasons import CODES, TITLES, ReasonClass, class_of, codes_of
from shared.errors import InvalidInputError

ROOT = Path(__file__).resolve().parents[3]
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_REFUSING = re.compile(r"(^|_)(refuse|refused)$|^Wrong\w+Error$")
"""Names of what is called with a reason code."""


def given() -> set[str]:
    """Return every code that the code of ingest gives."""
    found: set[str] = set()
    for path in (ROOT / "services/ingest").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                found.update(_codes_of(node))
    return found


def _codes_of(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    asked = call.args if _REFUSING.search(name) else []
    for value in chain(asked, (keyword.value for keyword in call.keywords if keyword.arg == "reason_code")):
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and _CODE.fullmatch(value.value):
            yield value.value


def test_every_code_that_is_given_has_a_class() -> None:
    codes = given()
    assert len(codes) > 15
    assert {code for code in codes if class_of(code) is ReasonClass.OTHER} == set()


def test_the_documentation_tells_every_code_under_its_class() -> None:
    text = (ROOT / "docs/sources.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z]+)` \| (`[^|]+`) \| [^|]+ \|$", text, re.MULTILINE)
    told = [(kind, code) for kind, codes in rows for code in re.findall(r"`([^`]+)`", codes)]
    assert sorted(told) == sorted((kind.value, code) for kind, codes in CODES.items() for code in codes)


def test_no_code_has_two_classes_and_every_class_has_a_name() -> None:
    codes = [code for codes in CODES.values() for code in codes]
    assert len(codes) == len(set(codes))
    assert set(TITLES) == set(ReasonClass)


def test_a_class_is_asked_for_by_its_name_and_a_wrong_one_is_told_which_there_are() -> None:
    assert codes_of("disk") == ("unreadable",)
    with pytest.raises(InvalidInputError, match=r"archive（压缩包）"):
        codes_of("zip")
