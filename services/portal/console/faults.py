"""Refusals of the desk, as a form shows them."""

from typing import TYPE_CHECKING, TypedDict

from services.portal.desk.refusals import InvalidError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.portal.console.visit import Visit
    from services.portal.desk.refusals import RefusalError, Text


class ShownAgain(TypedDict):
    """What a page with a form is made with.

    Attributes:
        status: HTTP's.
        given: what was written, so that nothing is lost.
        faults: what is wrong, by field.
        wrong: what is wrong with the whole.
    """

    status: int
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


def shown_again(
    visit: "Visit", error: "RefusalError | None" = None, at_first: "Mapping[str, str] | None" = None
) -> ShownAgain:
    """Return what a page with a form is made with.

    Args:
        visit: what it brought is shown again.
        error: says what is wrong with that.
        at_first: what the form shows where nothing is wrong; ``None``: also what the visit brought.
    """
    faults = by_field(error) if error else {}
    return {
        "status": error.status if error else 200,
        "given": visit.form if error or at_first is None else at_first,
        "faults": faults,
        "wrong": error.text if error and not faults else None,
    }
