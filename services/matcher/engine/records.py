"""Rules as records: all that is asked of a candidate lies side by side, so that looking at one costs one or two lines of cache.

A record is five numbers, then its groups: `PROFILE`, `NUMBER`, `SERIAL`, `LEAST`, `GROUPS`; and for each group its length and
kind in one number (``length << KIND_BITS | kind``) and its alternatives: wordings, ``~wording`` where it belongs to the same term
as the one before. Keyword groups come first, in the author's order.
"""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.kernel import kernel

if TYPE_CHECKING:
    from services.matcher.engine.index import Bytes, Ints

PROFILE, NUMBER, SERIAL, LEAST, GROUPS, FIRST_GROUP = range(6)
"""The profile; the rule's position in it; the position of the record among all; the least score in units, shifted, its last
bit set where the profile has several rules; how many groups; where they begin."""

KIND_BITS = 2
KIND_MASK = (1 << KIND_BITS) - 1


@kernel
def write_records(
    alternatives: "Ints",
    group_starts: "Ints",
    group_kind: "Bytes",
    rule_starts: "Ints",
    rule_profile: "Ints",
    rule_number: "Ints",
    least: "Ints",
) -> "tuple[Ints, Ints]":
    """Return the records, and where each begins, from lists that lie apart; see `Tables`."""
    rules = len(rule_starts) - 1
    rules_of = np.zeros(len(least), np.int32)
    for rule in range(rules):
        rules_of[rule_profile[rule]] += 1
    records = np.empty(FIRST_GROUP * rules + len(group_kind) + len(alternatives), np.int32)
    starts = np.empty(rules, np.int32)
    to = 0
    for rule in range(rules):
        starts[rule] = to
        profile = rule_profile[rule]
        records[to + PROFILE] = profile
        records[to + NUMBER] = rule_number[rule]
        records[to + SERIAL] = rule
        records[to + LEAST] = least[profile] << 1 | (rules_of[profile] > 1)
        records[to + GROUPS] = rule_starts[rule + 1] - rule_starts[rule]
        to += FIRST_GROUP
        for group in range(rule_starts[rule], rule_starts[rule + 1]):
            begin, end = group_starts[group], group_starts[group + 1]
            records[to] = (end - begin) << KIND_BITS | group_kind[group]
            records[to + 1 : to + 1 + end - begin] = alternatives[begin:end]
            to += 1 + end - begin
    return records, starts


@kernel
def read_records(records: "Ints", rules: int, profiles: int) -> "tuple[Ints, Ints, Bytes, Ints, Ints, Ints, Ints]":
    """Return what the records were written from: alternatives, group starts and kinds, rule starts, profiles, numbers, least."""
    alternatives = np.empty(len(records), np.int32)
    group_starts = np.zeros(len(records) + 1, np.int32)
    group_kind = np.empty(len(records), np.uint8)
    rule_starts = np.zeros(rules + 1, np.int32)
    profile = np.empty(rules, np.int32)
    number = np.empty(rules, np.int32)
    least = np.zeros(profiles, np.int32)
    count, groups, at = 0, 0, 0
    for rule in range(rules):
        profile[rule] = records[at + PROFILE]
        number[rule] = records[at + NUMBER]
        least[profile[rule]] = records[at + LEAST] >> 1
        left = records[at + GROUPS]
        at += FIRST_GROUP
        for _ in range(left):
            length = records[at] >> KIND_BITS
            group_kind[groups] = records[at] & KIND_MASK
            alternatives[count : count + length] = records[at + 1 : at + 1 + length]
            count += length
            groups += 1
            group_starts[groups] = count
            at += 1 + length
        rule_starts[rule + 1] = groups
    return (
        alternatives[:count].copy(),
        group_starts[: groups + 1].copy(),
        group_kind[:groups].copy(),
        rule_starts,
        profile,
        number,
        least,
    )
