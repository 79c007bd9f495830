"""What two contents of one publication say differently, for programs and for people."""

from datetime import date
from typing import TYPE_CHECKING

import msgspec

from shared.wire.publication import Applicant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.wire.publication import Publication

FIELD_NAMES = {
    "title": "名称",
    "abstract": "摘要",
    "claim": "权利要求",
    "applicants": "申请人",
    "ipc": "分类号",
    "locarno": "外观分类",
    "published_on": "公开日",
    "filed_on": "申请日",
    "application_number": "申请号",
    "inventors": "发明人",
    "agency": "代理机构",
    "kind": "文献种类",
    "lang": "语种",
}
"""The fields of which a publication can come to say something else, in the order in which people are told, with their names."""

MATCHED = frozenset({"title", "abstract", "claim", "applicants", "ipc", "locarno", "kind"})
"""The fields that profiles look at."""

MAX_SHOWN = 80
"""Characters of a value in a sentence."""

MAX_SENTENCE = 600


class Difference(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One field that says something else; texts as people read them, ``""`` for nothing."""

    field: str
    before: str
    after: str


def differences(before: "Publication", after: "Publication") -> tuple[Difference, ...]:
    """Return what differs, in the order of `FIELD_NAMES`; the source and the family are no content."""
    return tuple(
        Difference(field=field, before=_text(old), after=_text(new))
        for field in FIELD_NAMES
        if (old := getattr(before, field)) != (new := getattr(after, field))
    )


def sentence(differing: "Iterable[Difference]") -> str:
    """Return ``名称：“…” → “…”；分类号：…``, at most `MAX_SENTENCE` characters."""
    said = "；".join(_clause(one) for one in differing)
    return said if len(said) <= MAX_SENTENCE else said[: MAX_SENTENCE - 1] + "…"


def _clause(one: Difference) -> str:
    name = FIELD_NAMES.get(one.field, one.field)
    if not one.before:
        return f"{name}：补充“{_short(one.after)}”"
    return f"{name}：“{_short(one.before)}” → “{_short(one.after)}”"


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "、".join(map(_text, value))
    if isinstance(value, Applicant):
        facts = [fact for fact in (value.address, value.postcode, value.region) if fact]
        return f"{value.name}（{'，'.join(facts)}）" if facts else value.name
    return str(value)
