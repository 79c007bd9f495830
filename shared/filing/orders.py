"""Texts that sort as what they stand for."""

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def by_moment(moment: "datetime") -> str:
    """Return an aware moment to the microsecond; the earlier sorts first."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def by_number(number: int) -> str:
    """Return a number from 0 to 99,999,999; the smaller sorts first."""
    return f"{number:08}"
