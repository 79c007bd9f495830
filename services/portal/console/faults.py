"""Refusals of the desk, as a form shows them."""

from typing import TYPE_CHECKING

from services.portal.desk.refusals import InvalidError

if TYPE_CHECKING:
    from services.portal.desk.refusals import RefusalError, Text


def by_field(error: "RefusalError") -> "dict[str, Text]":
    """Return what is wrong by the first part of each fault's pointer (``/email`` → ``email``); the first of a field is told."""
    found: dict[str, Text] = {}
    if isinstance(error, InvalidError):
        for fault in error.faults:
            found.setdefault(fault.pointer.strip("/").partition("/")[0], fault.text)
    return found
