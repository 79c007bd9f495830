"""Tables that come with the program; docs/sources.md names where each is from."""

from importlib import resources


def rows(file: str) -> list[list[str]]:
    """Return the rows of a table, cell by cell; what begins with ``#`` is a remark."""
    lines = resources.files(__name__).joinpath(file).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]
