"""Refusals of the desk, as a form shows them."""

from typing import TYPE_CHECKING, TypedDict

from services.portal.desk.refusals import InvalidError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.portal.console.visit import Visit
    from services.portal.desk.refusals import RefusalError, Text


class ShownAgain(TypedDict):
    """What a form's template needs.

    Attributes:
        given: what was written, so that nothing is lost.
        faults: what is wrong, by field.
        wrong: what is wrong with the whole.
    """

    given: "Mapping[str, str]"
    faults: "dict[str, Text]"
    wrong: "Text | None"


def by_field(error: "RefusalError") -> "dict[str, Text]":
    """Return what is wrong by the first part of each fault's pointer (``/email`` → ``email``); the first of a field is told."""
    found: dict[str, Text] = {}
    if isinstance(error, InvalidError):
        for fault in error.faults:
            found.setdefault(fault.pointer.strip("/").partition("/")[0], fault.text)
    return found


def shown_again(visit: "Visit | None" = None, error: "RefusalError | None" = None) -> ShownAgain:
    """Return what a form shows: nothing at first, then what was written and what is wrong with it."""
    faults = by_field(error) if error else {}
    return {
        "given": visit.form if visit else {},
        "faults": faults,
        "wrong": error.text if error and not faults else None,
    }
