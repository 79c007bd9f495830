"""Texts that sort as what they stand for."""

from datetime import UTC, datetime

_FORM = "%Y-%m-%dT%H:%M:%S.%f"


def by_moment(moment: datetime) -> str:
    """Return an aware moment to the microsecond; the earlier sorts first."""
    return moment.astimezone(UTC).strftime(_FORM)


def moment_in(order: str) -> datetime:
    """Return the moment that a text of `by_moment` stands for.

    Raises:
        ValueError: it is none.
    """
    return datetime.strptime(order, _FORM).replace(tzinfo=UTC)


def by_number(number: int) -> str:
    """Return a number from 0 to 99,999,999; the smaller sorts first."""
    return f"{number:08}"
