"""What two contents of a profile say differently, and how the changes of two people are put together. Pure."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from services.portal.console.editor.draft import Draft, Items, draft_of, text_of
from services.portal.desk.refusals import Text
from shared.divisions import called
from shared.wire.profile import Fuzziness

if TYPE_CHECKING:
    from shared.wire.profile import Profile

LIST_NAMES = {
    "none": Text("排除词", "Excluded words"),
    "ipc": Text("分类号", "IPC classes"),
    "not_ipc": Text("排除的分类号", "Excluded IPC classes"),
    "applicants": Text("申请人", "Applicants"),
    "not_applicants": Text("排除的申请人", "Excluded applicants"),
    "regions": Text("地区", "Regions"),
    "kinds": Text("文献种类", "Kinds of documents"),
}
FUZZINESS = {
    Fuzziness.OFF: Text("不放宽", "Exact words"),
    Fuzziness.NORMAL: Text("适当放宽", "Close variants"),
    Fuzziness.LOOSE: Text("尽量放宽", "Loose variants"),
}
FIELDS = {
    "title": Text("名称", "Title"),
    "abstract": Text("摘要", "Abstract"),
    "claim": Text("权利要求", "Claim"),
}
_SETTINGS = {
    "name": Text("画像名称", "Name"),
    "fields": Text("查找范围", "Searched in"),
    "fuzziness": Text("近似写法", "Variants"),
    "min_score": Text("最低相关度", "Least relevance"),
    "rings": Text("自动加同义词", "Synonyms by themselves"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """What was taken out of one part of a profile, and what was put in."""

    part: Text
    removed: tuple[Text | str, ...]
    added: tuple[Text | str, ...]


def changes(before: "Profile", after: "Profile") -> list[Change]:
    """Return the differences, part by part; empty when they say the same."""
    old, new = draft_of(before), draft_of(after)
    found = []
    for name, part in _SETTINGS.items():
        was, now = _setting(old, name), _setting(new, name)
        if was != now:
            found.append(Change(part, (was,) if was else (), (now,) if now else ()))
    for place in sorted({*old.items, *new.items}, key=_by_number):
        was_items = [text_of(item) for item in old.items.get(place, ())]
        now_items = [text_of(item) for item in new.items.get(place, ())]
        removed = tuple(_shown(place, text) for text in was_items if text not in now_items)
        added = tuple(_shown(place, text) for text in now_items if text not in was_items)
        if removed or added:
            found.append(Change(_part(place), removed, added))
    return found


def merge(base: Draft, mine: Draft, theirs: Draft) -> Draft:
    """Put together what two people made of one profile.

    Args:
        base: what both began with.
        mine: what this one wrote; of a setting that both changed, this counts.
        theirs: what is in force by now.

    Returns:
        Mine, with what they added and without what they took out.
    """
    items: Items = {}
    for place in sorted({*mine.items, *theirs.items}, key=_by_number):
        was, ours, now = (held.items.get(place, []) for held in (base, mine, theirs))
        kept = [item for item in ours if item in now or item not in was]
        items[place] = kept + [item for item in now if item not in was and item not in kept]
    settings = {
        name: getattr(mine if getattr(mine, name) != getattr(base, name) else theirs, name) for name in _SETTINGS
    }
    return replace(mine, items=items, rules=max(mine.rules, theirs.rules), **settings)


def _shown(place: str, text: str) -> Text | str:
    return Text(called(text), called(text, "en")) if place.endswith(".regions") else text


def _setting(draft: Draft, name: str) -> Text | str:
    value = getattr(draft, name)
    if name == "fields":
        return Text("、".join(FIELDS[one].zh for one in value), ", ".join(FIELDS[one].en for one in value))
    if name == "fuzziness":
        return FUZZINESS[value]
    if name == "rings":
        return Text("是", "yes") if value else Text("否", "no")
    return f"{value:.0%}" if name == "min_score" else str(value)


def _part(place: str) -> Text:
    rule, _, rest = place.partition(".")
    name, _, group = rest.partition(".")
    part = Text(f"关键词组 {int(group) + 1}", f"Keyword group {int(group) + 1}") if group else LIST_NAMES[name]
    if rule == "0":
        return part
    return Text(f"条件 {int(rule) + 1} 的{part.zh}", f"Rule {int(rule) + 1}: {part.en}")


def _by_number(place: str) -> list[int | str]:
    return [f"{int(part):03}" if part.isdigit() else part for part in re.split(r"\.", place)]
