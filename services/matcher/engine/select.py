"""Some of the profiles of tables, and the latest of those that share an id."""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine import strings
from services.matcher.engine.index import Strings

if TYPE_CHECKING:
    from services.matcher.engine.index import Bytes
    from services.matcher.engine.tables import Tables


def latest(ids: Strings) -> "Bytes":
    """Return for each profile whether it is the last of its id, 1 or 0."""
    order = strings.order_of(ids.data, ids.starts)
    rank = strings.firsts_of(ids.data, ids.starts, order)[order]
    counts = np.zeros(len(order), np.uint8)
    counts[order[:-1][rank[1:] != rank[:-1]]] = 1
    counts[order[-1:]] = 1
    return counts


def select(t: "Tables", counts: "Bytes") -> "Tables":
    """Return the tables with only the profiles that count, and their rules."""
    profiles = np.flatnonzero(counts).astype(np.int32)
    new_number = np.cumsum(counts, dtype=np.int32) - 1
    rules = np.flatnonzero(np.take(counts, t.rule_profile)).astype(np.int32)
    kind, rule_starts = strings.chosen(t.group_kind, t.rule_starts, rules)
    groups, _ = strings.chosen(np.arange(len(t.group_kind), dtype=np.int32), t.rule_starts, rules)
    alternatives, group_starts = strings.chosen(t.alternatives, t.group_starts, groups)
    return t._replace(
        alternatives=alternatives,
        group_starts=group_starts,
        group_kind=kind,
        rule_starts=rule_starts,
        rule_profile=np.take(new_number, np.take(t.rule_profile, rules)),
        rule_number=np.take(t.rule_number, rules),
        least=np.take(t.least, profiles),
        ids=Strings(*strings.chosen(*t.ids, profiles)),
        names=Strings(*strings.chosen(*t.names, profiles)),
    )
