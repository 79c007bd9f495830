"""The tables of what people leave, and of what is done."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from services.portal.desk.audit_words import action_text
from services.portal.desk.belongings import ELSEWHERE, OF_ORGANISATIONS, Belonging
from shared.filing.kinds import KINDS

SECRET = re.compile(r"(^|_)(key|hash|secret|token)$")
PORTAL = Path("services/portal")
RECORDED = re.compile(r"\.record\((.*?)\)\n", re.DOTALL)
ACTION = re.compile(r'"([a-z]+\.[a-z-]+)"')


def every(belongings: tuple[Belonging, ...]) -> Iterator[Belonging]:
    for one in belongings:
        yield one
        yield from every(one.under)


def test_of_every_kind_it_is_said_what_becomes_of_it() -> None:
    told = [one.kind.name for one in every(OF_ORGANISATIONS)] + [kind.name for kind in ELSEWHERE]
    assert sorted(told) == sorted(kind.name for kind in KINDS)


@pytest.mark.parametrize("belonging", tuple(every(OF_ORGANISATIONS)), ids=lambda one: one.kind.name)
def test_no_export_shows_a_hash_or_a_secret(belonging: Belonging) -> None:
    fields = {field.name for field in msgspec.structs.fields(belonging.kind.document)}
    assert belonging.hidden <= fields
    assert [name for name in fields - belonging.hidden if SECRET.search(name)] == []


def test_every_action_that_is_recorded_has_words_in_both_languages() -> None:
    actions = {
        action
        for path in PORTAL.rglob("*.py")
        for call in RECORDED.findall(path.read_text("utf-8"))
        for action in ACTION.findall(call)
    }
    assert len(actions) > 30
    assert [action for action in sorted(actions) if action in action_text(action).zh] == []
