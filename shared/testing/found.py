"""What a sink reads in a message: the publication numbers that its text names."""

import re

_NUMBER = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{6,13}[A-Z][0-9]?(?![A-Za-z0-9])")


def publication_numbers(text: str) -> tuple[str, ...]:
    """Return the numbers in the order in which they stand, as often as they stand there."""
    return tuple(_NUMBER.findall(text))
