"""Numbers as forms and addresses bring them."""

MOST_DIGITS = 9
"""Of the largest number that a form or an address of ours has."""


def number_in(text: str, *, digits: int = MOST_DIGITS) -> int | None:
    """Return a number without a sign, ``None`` where it is none, or has more digits than these."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
