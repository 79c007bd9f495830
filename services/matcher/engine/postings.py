"""Postings: under which literals a rule is looked for.

A rule needs all its groups, so it is enough to look for it where its rarest one holds; and it is not even looked at where
none of the literals of its next rarest group is there, which are written beside it for that. Groups are rare or frequent by
the expected share of publications; a wrong expectation costs time, never a match.
"""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.index import ALWAYS, EXCLUDING
from services.matcher.engine.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.matcher.engine.index import Bytes, Ints

LONGEST_CHECK = 16
"""Literals of the next rarest group that are written beside a rule; a longer group is not checked beforehand."""


@kernel
def post(
    alternatives: "Ints",
    group_starts: "Ints",
    group_kind: "Bytes",
    rule_starts: "Ints",
    record_starts: "Ints",
    literal: "Ints",
    share: "NDArray[np.float64]",
) -> "tuple[NDArray[np.int64], Ints]":
    """Return posting starts and postings; see `Rules`.

    Args:
        alternatives: see `Tables`.
        group_starts: see `Tables`.
        group_kind: see `Tables`.
        rule_starts: see `Tables`.
        record_starts: rule → its record.
        literal: wording → literal.
        share: literal → the share of publications that it is expected in.
    """
    rules = len(rule_starts) - 1
    rarest = np.empty(rules, np.int32)
    second = np.empty(rules, np.int32)
    sizes = np.zeros(len(share) + 1, np.int64)
    for rule in range(rules):
        rarest[rule], second[rule] = _two_rarest(
            rule_starts[rule], rule_starts[rule + 1], alternatives, group_starts, group_kind, literal, share
        )
        if rarest[rule] < 0:
            continue
        length = 1 + _check_length(second[rule], group_starts)
        for at in range(group_starts[rarest[rule]], group_starts[rarest[rule] + 1]):
            sizes[literal[_wording(alternatives[at])] + 1] += length
    starts = np.cumsum(sizes)
    postings = np.empty(starts[-1], np.int32)
    free = starts.copy()
    for rule in range(rules):
        if rarest[rule] < 0:
            continue
        length = _check_length(second[rule], group_starts)
        for at in range(group_starts[rarest[rule]], group_starts[rarest[rule] + 1]):
            one = literal[_wording(alternatives[at])]
            to = free[one]
            free[one] = to + 1 + length
            postings[to] = record_starts[rule]
            begin = group_starts[second[rule]] if second[rule] >= 0 else 0
            for offset in range(length):
                wanted = (
                    ALWAYS
                    if not _is_checked(second[rule], group_starts)
                    else literal[_wording(alternatives[begin + offset])]
                )
                postings[to + 1 + offset] = wanted if offset < length - 1 else ~wanted
    return starts, postings


@kernel
def _wording(alternative: int) -> int:
    return ~alternative if alternative < 0 else alternative


@kernel
def _is_checked(group: int, group_starts: "Ints") -> bool:
    return group >= 0 and group_starts[group + 1] - group_starts[group] <= LONGEST_CHECK


@kernel
def _check_length(group: int, group_starts: "Ints") -> int:
    return group_starts[group + 1] - group_starts[group] if _is_checked(group, group_starts) else 1


@kernel
def _two_rarest(
    first_group: int,
    end_group: int,
    alternatives: "Ints",
    group_starts: "Ints",
    group_kind: "Bytes",
    literal: "Ints",
    share: "NDArray[np.float64]",
) -> "tuple[int, int]":
    """Return the groups of a rule that are expected least and next least; -1 for none, and twice when it can never hold."""
    rarest, second = -1, -1
    least, next_least = np.inf, np.inf
    for group in range(first_group, end_group):
        if group_kind[group] == EXCLUDING:
            continue
        if group_starts[group] == group_starts[group + 1]:
            return -1, -1
        expected = 0.0
        for at in range(group_starts[group], group_starts[group + 1]):
            expected += share[literal[_wording(alternatives[at])]]
        if expected < least:
            rarest, second, least, next_least = group, rarest, expected, least
        elif expected < next_least:
            second, next_least = group, expected
    return rarest, second
