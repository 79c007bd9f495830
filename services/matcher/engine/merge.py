"""Several indexes made one. Nothing but arrays is touched, so that matching goes on in other threads meanwhile."""

from typing import TYPE_CHECKING, Any

import numpy as np

from services.matcher.engine.index import LITERAL, SHOWN, SYNONYM, Strings
from services.matcher.engine.records import read_records
from services.matcher.engine.select import select
from services.matcher.engine.tables import Tables, assemble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.matcher.engine.index import Bytes, Index, Ints

_OF_LISTS = {"text_starts", "key_starts", "shown_starts", "group_starts", "rule_starts"}
"""Where lists begin: each index's go on where the last one ended."""


def merge(parts: "Sequence[tuple[Index, Bytes]]") -> "Index":
    """Return one index of all profiles that count.

    Args:
        parts: an index, and for each of its profiles whether it counts. No id counts in two of them.
    """
    return assemble(_joined([select(tables_of(index), counts) for index, counts in parts]))


def tables_of(index: "Index") -> Tables:
    """Return the tables of an index."""
    words, keys, wordings = index.words, index.keys, index.wordings
    count = len(keys.starts) - 1
    alternatives, group_starts, group_kind, rule_starts, profile, number, least = read_records(
        index.rules.records, int(index.rules.total[0]), len(index.profiles.ids.starts) - 1
    )
    return Tables(
        text_points=words.points,
        text_starts=words.starts,
        text_cost=words.cost,
        text_share=words.share,
        text_rarity=words.rarity,
        key_points=keys.points,
        key_starts=keys.starts,
        key_share=keys.share,
        literal_text=np.concatenate((words.text_of, ~np.arange(count, dtype=np.int32))),
        literal_need=np.concatenate((words.need, np.zeros(count, np.uint8))),
        literal_fields=np.concatenate((words.fields, np.zeros(count, np.uint8))),
        wording_literal=wordings.facts[:, LITERAL].copy(),
        wording_shown=wordings.facts[:, SHOWN].copy(),
        wording_synonym=wordings.facts[:, SYNONYM].astype(np.uint8),
        wording_weight=wordings.weight,
        shown_points=wordings.shown_points,
        shown_starts=wordings.shown_starts,
        alternatives=alternatives,
        group_starts=group_starts,
        group_kind=group_kind,
        rule_starts=rule_starts,
        rule_profile=profile,
        rule_number=number,
        least=least,
        ids=index.profiles.ids,
        names=index.profiles.names,
    )


def _joined(tables: "Sequence[Tables]") -> Tables:
    """Lay tables one after the other; what points into a table is moved by what lies before it."""
    moved = []
    texts = keys = literals = wordings = shown = profiles = 0
    for t in tables:
        moved.append(
            t._replace(
                literal_text=_moved(t.literal_text, texts, keys),
                wording_literal=t.wording_literal + np.int32(literals),
                wording_shown=t.wording_shown + np.int32(shown),
                alternatives=_moved(t.alternatives, wordings, wordings),
                rule_profile=t.rule_profile + np.int32(profiles),
            )
        )
        texts += len(t.text_starts) - 1
        keys += len(t.key_starts) - 1
        literals += len(t.literal_text)
        wordings += len(t.wording_literal)
        shown += len(t.shown_starts) - 1
        profiles += len(t.least)
    columns: dict[str, Any] = {}
    for name in Tables._fields:
        of_all = [getattr(t, name) for t in moved]
        if isinstance(of_all[0], Strings):
            data = np.concatenate([strings.data for strings in of_all])
            columns[name] = Strings(data, _starts([strings.starts for strings in of_all]))
        else:
            columns[name] = _starts(of_all) if name in _OF_LISTS else np.concatenate(of_all)
    return Tables(**columns)


def _moved(numbers: "Ints", by: int, by_complement: int) -> "Ints":
    return np.where(numbers < 0, numbers - np.int32(by_complement), numbers + np.int32(by))


def _starts(of_all: "Sequence[Ints]") -> "Ints":
    ends = np.cumsum([0, *(starts[-1] for starts in of_all)])
    return np.concatenate(
        [np.zeros(1, np.int32), *(starts[1:] + np.int32(end) for starts, end in zip(of_all, ends, strict=False))]
    )
