"""``ETag`` and ``If-Match``: an edit names the revision that it was written against, so that none is lost."""

import re

from services.portal.api.problems import UnreadableError
from services.portal.desk.refusals import StaleError, Text

_TAG = re.compile(r'"(\d{1,15})"')


def tag(revision: int) -> str:
    """Return a revision as an entity tag."""
    return f'"{revision}"'


def revision_in(values: list[str]) -> int:
    """Return the revision that a request's ``If-Match`` names.

    Raises:
        UnreadableError: 428, it names none; ``*`` would overwrite what nobody looked at.
        StaleError: what it names was never a tag of ours.
    """
    if not values or values == ["*"]:
        raise UnreadableError(
            428,
            "if-match-required",
            Text(
                "修改前请先读取，再用 If-Match 带上读到的 ETag。",
                "Read it first, then send the ETag that you got as If-Match.",
            ),
        )
    found = _TAG.fullmatch(values[0].strip()) if len(values) == 1 else None
    if found is None:
        raise StaleError
    return int(found[1])
