"""docs/profile-health.md lists what the check may say."""

import re
from pathlib import Path

from services.matcher.health import Code, Severity
from tests.unit.matcher.health.broken import BROKEN

PAGE = Path(__file__).resolve().parents[4] / "docs" / "profile-health.md"


def listed() -> dict[str, set[str]]:
    rows = re.findall(r"^\| `([a-z][a-z-]+)` \| ([a-z, ]+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    return {code: set(severities.split(", ")) for code, severities in rows}


def test_the_page_lists_every_kind_of_finding_in_order() -> None:
    assert list(listed()) == [code.value for code in Code]


def test_the_page_tells_the_severities_that_findings_have() -> None:
    page = listed()
    assert all(severity in page[code] for _, code, severity, _ in BROKEN)
    assert {severity for severities in page.values() for severity in severities} == set(Severity)
