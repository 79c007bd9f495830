"""Groups of companies: who belongs to whom, and what a company was called before.

``company_groups.json`` is written by hand from public record (annual reports, registers, names printed in gazettes). A group has a
``name`` and ``aliases`` that patterns use, ``members`` by full name, ``starts`` (beginnings of names that only its members have, with or without
the place before them; ``except`` lists beginnings that others have) and ``former`` (full name of old → full name of today, the same legal person).
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from services.matcher.engine.company_names import legal_name, placeless

FORMAT = "zhitui-company-groups"
VERSION = 1
_SHORTEST_START = 2


@dataclass(frozen=True, slots=True)
class Group:
    """One group; every name in the spelling of `legal_name`."""

    name: str
    names: frozenset[str]
    """What patterns may call it."""
    members: frozenset[str]
    starts: tuple[str, ...]
    others: tuple[str, ...]
    """Beginnings of names that look like a member's and are not."""
    former: tuple[tuple[str, str], ...]


@cache
def groups() -> tuple[Group, ...]:
    """Return all groups, read when first asked for.

    Raises:
        ValueError: The file is of another format or version.
    """
    content = json.loads(files("services.matcher.resources").joinpath("company_groups.json").read_text("utf-8"))
    if (content["format"], content["version"]) != (FORMAT, VERSION):
        raise ValueError(f"company_groups.json: not {FORMAT} version {VERSION}")
    return tuple(_group(row) for row in content["groups"])


def _group(row: dict[str, Any]) -> Group:
    former: dict[str, str] = row.get("former", {})
    return Group(
        name=row["name"],
        names=frozenset(map(legal_name, (row["name"], *row.get("aliases", ())))),
        members=frozenset(map(legal_name, (*row.get("members", ()), *former, *former.values()))),
        starts=tuple(map(legal_name, row.get("starts", ()))),
        others=tuple(map(legal_name, row.get("except", ()))),
        former=tuple((legal_name(old), legal_name(new)) for old, new in former.items()),
    )


@cache
def _former() -> dict[str, str]:
    return {old: new for group in groups() for old, new in group.former}


@cache
def _called() -> dict[str, Group]:
    return {name: group for group in groups() for name in group.names}


@cache
def _belonging() -> tuple[dict[str, list[Group]], dict[str, list[Group]]]:
    """Return full name → its groups, and the first characters of a name → groups that have a beginning like it."""
    members: defaultdict[str, list[Group]] = defaultdict(list)
    starts: defaultdict[str, list[Group]] = defaultdict(list)
    for group in groups():
        for member in group.members:
            members[member].append(group)
        for first in {start[:_SHORTEST_START] for start in group.starts}:
            starts[first].append(group)
    return dict(members), dict(starts)


def today(legal: str) -> str:
    """Return the name that a company of this name, as `legal_name` spells it, has today."""
    former = _former()
    while legal in former:
        legal = former[legal]
    return legal


def called(pattern: str) -> Group | None:
    """Return the group that goes by this name, as `legal_name` spells it."""
    return _called().get(pattern)


def groups_of(name: str) -> list[Group]:
    """Return the groups that a company belongs to."""
    legal, bare = legal_name(name), placeless(name)
    members, starts = _belonging()
    found = list(members.get(legal, ()))
    for first in {legal[:_SHORTEST_START], bare[:_SHORTEST_START]} & starts.keys():
        found += [group for group in starts[first] if group not in found and _begins(group, legal, bare)]
    return found


def belongs(group: Group, name: str) -> bool:
    """Whether a company belongs to a group: the specification of `groups_of`."""
    legal, bare = legal_name(name), placeless(name)
    return legal in group.members or _begins(group, legal, bare)


def _begins(group: Group, legal: str, bare: str) -> bool:
    return any(form.startswith(group.starts) and not form.startswith(group.others) for form in (legal, bare))
