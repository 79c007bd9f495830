"""What an editor changed in the rules of the public tables: ``edits.txt``, whose head tells how it is written."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Group = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule while it is edited."""

    ipc: Group = ()
    not_ipc: Group = ()
    groups: tuple[Group, ...] = ()
    none: Group = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """One line: what is done to the rules of a field.

    Attributes:
        mark: the line's first character, or ``once``.
        only: position of the one rule that it changes, from 0; ``None``: all.
    """

    mark: str
    text: str
    only: int | None = None


def read_edits(lines: "Iterable[str]") -> dict[str, list[Edit]]:
    """Return code → its edits in their order.

    Raises:
        ValueError: a line stands before any field.
    """
    lists: dict[str, str] = {}
    edits: dict[str, list[Edit]] = {}
    codes: list[str] = []
    for line in map(str.strip, lines):
        if not line or line.startswith("#"):
            continue
        for name in sorted(lists, key=len, reverse=True):
            line = line.replace(name, lists[name])  # noqa: PLW2901 - the line with its lists written out
        mark = line[0]
        if mark == "$":
            name, _, words = line.partition("=")
            lists[name.strip()] = words.strip()
        elif line == "once" or mark in "|&-+!~=*":
            if not codes:
                raise ValueError(f"an edit without a field: {line}")
            for code in codes:
                edits[code].append(_edit(line))
        else:
            codes = line.partition(" : ")[0].split()
            edits.update({code: edits.get(code, []) for code in codes})
    return edits


def _edit(line: str) -> Edit:
    if line == "once":
        return Edit("once", "")
    mark, rest = line[0], line[1:]
    number, _, text = rest.partition(" ")
    return Edit(mark, text.strip(), int(number) - 1 if number else None)


def apply(drafts: "Iterable[Draft]", edits: "Iterable[Edit]") -> list[Draft]:
    """Return the rules as edited.

    Raises:
        ValueError: an edit changes nothing, so it tells of a field that is no longer so.
    """
    rules = list(drafts)
    own = False
    for edit in edits:
        before = list(rules)
        if edit.mark == "once":
            rules = _joined(rules)
            continue
        if edit.mark in "=*":
            rules = [*(rules if own or edit.mark == "*" else ()), _rule(edit.text)]
            own |= edit.mark == "="
            continue
        rules = [
            _changed(rule, edit) if edit.only is None or edit.only == position else rule
            for position, rule in enumerate(rules)
        ]
        if rules == before:
            raise ValueError(f"an edit that changes nothing: {edit}")
    return rules


def _changed(rule: Draft, edit: Edit) -> Draft:
    words = _words(edit.text)
    if edit.mark == "|":
        return replace(rule, groups=_groups(edit.text))
    if edit.mark == "&":
        return replace(rule, groups=(*rule.groups, words))
    if edit.mark == "!":
        return replace(rule, none=_unique((*rule.none, *words)))
    if edit.mark == "~":
        return replace(rule, ipc=tuple(place for place in rule.ipc if place not in edit.text.split()))
    first, *others = rule.groups or ((),)
    kept = _unique((*first, *words)) if edit.mark == "+" else tuple(word for word in first if word not in words)
    return replace(rule, groups=(kept, *others))


def _rule(text: str) -> Draft:
    text, _, none = text.partition("!")
    places, _, words = text.partition("|")
    ipc, _, not_ipc = places.partition(";")
    return Draft(tuple(ipc.split()), tuple(not_ipc.split()), _groups(words), _words(none))


def _groups(text: str) -> tuple[Group, ...]:
    return tuple(_words(part) for part in text.split(" / ") if part.strip())


def _words(text: str) -> Group:
    return _unique(word.strip() for word in text.split("、") if word.strip())


def _unique(words: "Iterable[str]") -> Group:
    return tuple(dict.fromkeys(words))


def _joined(rules: list[Draft]) -> list[Draft]:
    """Join the rules that exclude no class and differ in their classes only."""
    joined: dict[tuple[object, ...], Draft] = {}
    for number, rule in enumerate(rules):
        key = (rule.groups, rule.none) if not rule.not_ipc else (number,)
        before = joined.get(key)
        joined[key] = replace(before, ipc=_unique((*before.ipc, *rule.ipc))) if before else rule
    return list(joined.values())
