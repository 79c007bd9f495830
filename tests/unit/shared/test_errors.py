"""The drawing of the errors and the classes say the same."""

import inspect

import pytest

from shared import errors
from shared.errors import Reason, RetryLaterError, StorageFullError, ZhituiError

INDENT = 4


def drawn() -> dict[str, str]:
    """Read the tree in the module's docstring: class → its parent."""
    parents: dict[str, str] = {}
    branch: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        stripped = line.lstrip(" │├└─")
        name = stripped.split(" ")[0]
        if not name.endswith("Error"):
            continue
        depth = (len(line) - len(stripped) - INDENT) // INDENT
        branch[depth:] = [name]
        parents[name] = branch[depth - 1] if depth else "Exception"
    return parents


def defined() -> dict[str, str]:
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, Exception)]
    return {c.__name__: c.__mro__[1].__name__ for c in classes}


def test_the_drawing_shows_every_error_under_its_parent() -> None:
    assert drawn() == defined()


@pytest.mark.parametrize("name", sorted(defined()))
def test_every_error_carries_its_sentence_and_says_what_it_is_for(name: str) -> None:
    kind: type[ZhituiError] = getattr(errors, name)
    assert str(kind("出错了")) == "出错了"
    assert kind.__doc__


def test_an_error_carries_its_cause_for_machines() -> None:
    error = RetryLaterError("稍后再试", after_seconds=3.0, ambiguous=True, reason=Reason.TIMEOUT, vendor_code="-1")
    assert (error.after_seconds, error.ambiguous, error.reason, error.vendor_code) == (3.0, True, "timeout", "-1")
    assert (StorageFullError("满").after_seconds, StorageFullError("满").reason) == (None, None)
