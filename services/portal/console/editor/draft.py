"""A profile while somebody edits it: what a form holds between one press of a button and the next. Pure.

Nothing is kept on the server: every item of every list is a hidden input of the form, called after its *place*
(``in:0.groups.1``: the second keyword group of the first rule), and what is being typed is in an input called ``add:`` and the place.
So it works without scripts, in two windows at once, and nothing written is lost when saving is refused.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from services.portal.console.digits import number_in
from services.portal.console.places import FIND, OPEN, unclear
from services.portal.desk.refusals import Text
from shared.divisions import meant
from shared.wire.profile import MAX_TERM_CHARACTERS, TEXT_FIELDS, Fuzziness, Profile, Rule, Term

LISTS = ("none", "ipc", "not_ipc", "applicants", "not_applicants", "regions", "kinds")
"""Of a rule, besides its keyword groups."""

MAX_ITEMS = 500
"""Of all lists together: more is a list that somebody pasted, not a profile."""

Item = str | Term
Items = dict[str, list[Item]]

_PLACE = re.compile(rf"(\d{{1,2}})\.(?:groups\.(\d{{1,3}})|({'|'.join(LISTS)}))")
_SEPARATORS = re.compile(r"[、，,;；|\n\r]+")
_CODES = frozenset({"ipc", "not_ipc", "kinds"})

NOTHING_ASKED = Text("请至少写一个关键词、分类号或申请人。", "Write at least one keyword, IPC class or applicant.")
_TOO_LONG = Text(
    f"一个词最多 {MAX_TERM_CHARACTERS} 个字；多个词请用逗号或顿号分开。",
    f"A word has at most {MAX_TERM_CHARACTERS} characters; put commas between several.",
)
_TOO_MANY = Text(f"一个画像最多 {MAX_ITEMS} 个词。", f"A profile has at most {MAX_ITEMS} words.")


@dataclass(kw_only=True)
class Draft:
    """What the form holds.

    Attributes:
        items: by place.
        rules: how many there are, those without any item included.
        typed: what stands in an input and was not taken in, by place: a name of several regions, a word that is too long.
        faults: what is wrong, by place; ``""``: the profile as a whole.
    """

    name: str = ""
    items: Items = field(default_factory=dict)
    rules: int = 1
    fields: tuple[str, ...] = TEXT_FIELDS
    fuzziness: str = Fuzziness.OFF
    min_score: float = 0.0
    rings: bool = True
    typed: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Text] = field(default_factory=dict)

    def groups(self, rule: int) -> list[list[Item]]:
        """Return the keyword groups of a rule that hold something."""
        found = sorted(
            (int(match[2]), place)
            for place in self.items
            if (match := _PLACE.fullmatch(place)) and match[2] and int(match[1]) == rule
        )
        return [self.items[place] for _, place in found if self.items[place]]

    def listed(self, rule: int, name: str) -> list[Item]:
        """Return one of the other lists of a rule."""
        return self.items.get(f"{rule}.{name}", [])

    @property
    def words(self) -> list[str]:
        """All keywords that are looked for."""
        return [text_of(item) for rule in range(self.rules) for group in self.groups(rule) for item in group]

    @property
    def patterns(self) -> list[str]:
        """All classes that are named."""
        return [
            text_of(item)
            for rule in range(self.rules)
            for name in ("ipc", "not_ipc")
            for item in self.listed(rule, name)
        ]


def text_of(item: Item) -> str:
    """Return what a chip shows."""
    return item if isinstance(item, str) else item.text


def written(item: Item) -> str:
    """Return an item as a hidden input holds it; a term with settings of its own keeps them."""
    if isinstance(item, str) and not item.startswith(("{", '"')):
        return item
    return msgspec.json.encode(item).decode()


def draft_of(profile: Profile) -> Draft:
    """Return a profile as a form shows it."""
    items: Items = {}
    for place, rule in enumerate(profile.rules):
        items |= {f"{place}.groups.{n}": list(group) for n, group in enumerate(rule.groups)}
        items |= {f"{place}.{name}": list(getattr(rule, name)) for name in LISTS if getattr(rule, name)}
    return Draft(
        name=profile.name,
        items=items,
        rules=len(profile.rules),
        fields=profile.fields,
        fuzziness=profile.fuzziness,
        min_score=profile.min_score,
        rings=profile.rings,
    )


def read_form(pairs: Iterable[tuple[str, str]]) -> Draft:
    """Return what a form brought, with what stands in its ``add:`` inputs taken in.

    What is no place or no number is passed over: only a forged form has it.
    """
    given = list(pairs)
    one = dict(given)
    draft = Draft(
        name=one.get("name", "").strip(),
        rules=max(1, min(20, number_in(one.get("rules", ""), digits=3) or 1)),
        fields=tuple(name for name in TEXT_FIELDS if ("field", name) in given) or TEXT_FIELDS,
        fuzziness=one.get("fuzziness", "") if one.get("fuzziness") in set(Fuzziness) else Fuzziness.OFF,
        min_score=max(0.0, min(100.0, number_in(one.get("min_score", ""), digits=3) or 0)) / 100,
        rings=one.get("rings") == "yes",
    )
    for name, value in given:
        kind, _, place = name.partition(":")
        if kind == "in" and _PLACE.fullmatch(place) and (item := _item(value)) is not None:
            draft.items.setdefault(place, []).append(item)
    looks_for_places = one.get("do", "").partition(":")[0] in {FIND, OPEN}
    for name, value in given:
        kind, _, place = name.partition(":")
        if kind == "add" and looks_for_places and place.endswith(".regions"):
            draft.typed[place] = value.strip()
        elif kind == "add":
            add(draft, place, value)
    return draft


def add(draft: Draft, place: str, typed: str) -> None:
    """Take in what was typed at a place: one word or several, apart by commas or lines; regions by their names."""
    match = _PLACE.fullmatch(place)
    if not match:
        return
    split = _SEPARATORS.split(typed)
    if match[3] in _CODES:
        split = [code.upper() for part in split for code in part.split()]
    held = draft.items.setdefault(place, [])
    known = {text_of(item) for item in held}
    left: list[str] = []
    for text in filter(None, map(str.strip, split)):
        region = meant(text) if match[3] == "regions" else None
        if len(text) > MAX_TERM_CHARACTERS:
            draft.faults[place] = _TOO_LONG
            left.append(text)
        elif sum(map(len, draft.items.values())) >= MAX_ITEMS:
            draft.faults[place] = _TOO_MANY
            left.append(text)
        elif match[3] == "regions" and region is None:
            left.append(text)
        elif (taken := region.code if region else text) not in known:
            held.append(taken)
            known.add(taken)
    if left:
        draft.typed[place] = "、".join(left)
    draft.rules = max(draft.rules, int(match[1]) + 1)


def press(draft: Draft, button: str) -> None:
    """Do what a button says: ``drop:PLACE:N``, ``take:PLACE:WORD``, ``rule``, ``drop-rule:N``; anything else does nothing."""
    what, _, rest = button.partition(":")
    place, _, value = rest.partition(":")
    if what == "take":
        draft.typed.pop(place, None)  # it says what was meant
    if what not in {FIND, OPEN}:
        for unknown, text in draft.typed.items():
            draft.faults.setdefault(unknown, unclear(text.partition("、")[0]))
    if what == "drop" and (n := number_in(value)) is not None and n < len(draft.items.get(place, ())):
        del draft.items[place][n]
    elif what == "take":
        add(draft, place, value)
    elif what == "rule":
        draft.rules += 1
    elif what == "drop-rule" and (n := number_in(place)) is not None:
        _drop_rule(draft, n)
    _close_gaps(draft)


def profile_of(draft: Draft, profile_id: str = "draft") -> Profile | None:
    """Return the profile that a draft says, ``None`` when it asks for nothing yet or is wrong (see its ``faults``)."""
    rules = []
    for place in range(draft.rules):
        lists = {name: tuple(draft.listed(place, name)) for name in LISTS}
        groups = tuple(tuple(group) for group in draft.groups(place))
        if groups or any(lists[name] for name in ("ipc", "applicants", "regions", "kinds")):
            rules.append(msgspec.convert(msgspec.to_builtins({"groups": groups, **lists}), Rule))
    if not rules:
        draft.faults.setdefault("", NOTHING_ASKED)
    if draft.faults:
        return None
    return Profile(
        id=profile_id,
        name=draft.name,
        rules=tuple(rules),
        fields=draft.fields,
        fuzziness=Fuzziness(draft.fuzziness),
        min_score=draft.min_score,
        rings=draft.rings,
    )


def _item(value: str) -> Item | None:
    try:
        found: Item = msgspec.json.decode(value, type=str | Term) if value.startswith(("{", '"')) else value.strip()
    except (msgspec.DecodeError, ValueError):
        return None
    return found if found and len(text_of(found)) <= MAX_TERM_CHARACTERS else None


def _drop_rule(draft: Draft, dropped: int) -> None:
    kept: Items = {}
    for place, items in draft.items.items():
        number, _, rest = place.partition(".")
        if int(number) != dropped:
            kept[f"{int(number) - (int(number) > dropped)}.{rest}"] = items
    draft.items, draft.rules = kept, max(1, draft.rules - 1)


def _close_gaps(draft: Draft) -> None:
    """Number the groups anew: one that lost its last word is gone."""
    closed: Items = {}
    for rule in range(draft.rules):
        closed |= {f"{rule}.groups.{n}": group for n, group in enumerate(draft.groups(rule))}
        closed |= {f"{rule}.{name}": draft.listed(rule, name) for name in LISTS if draft.listed(rule, name)}
    draft.items = closed
