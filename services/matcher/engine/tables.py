"""Tables: profiles as plain rows in any order, with rows that may say the same twice; `assemble` makes an `Index` of them.

`Draft` fills tables from profiles, `merge` lays those of several indexes one after the other. What no rule uses any more falls
away here, and only here.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from services.matcher.engine import lexicon, strings
from services.matcher.engine.index import (
    ACCEPTED,
    ALWAYS,
    FACTS,
    FIELDS,
    LITERAL,
    RARITY,
    SHOWN,
    SYNONYM,
    TEXT,
    Index,
    Keys,
    Profiles,
    Rules,
    Strings,
    Wordings,
    Words,
)
from services.matcher.engine.needs import MEETS
from services.matcher.engine.postings import post
from services.matcher.engine.records import write_records

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.matcher.engine.index import Bytes, Ints, Points

_ACCEPTED = np.array([sum(1 << code for code in codes) for codes in MEETS.values()], np.uint8)


class Tables(NamedTuple):
    """Rows.

    Attributes:
        text_points, text_starts: normalised texts.
        text_cost: as `Words.cost`.
        text_share, key_share: the share of publications that a text, or a key, is expected in.
        text_rarity: as `Wordings.rarity`, by text.
        key_points, key_starts: bibliographic keys.
        literal_text: the text of a literal, or ``~key``.
        literal_need: a `Need`; 0 for keys.
        literal_fields: as `Words.fields`; 0 for keys.
        wording_literal, wording_shown, wording_synonym, wording_weight: as in `Wordings`.
        shown_points, shown_starts: what is shown.
        alternatives: wordings, group by group; ``~wording`` where it belongs to the same term as the one before.
        group_starts: group → its first alternative, and one past the last.
        group_kind: group → `KEYWORDS`, `BIBLIOGRAPHY`, `EXCLUDING`.
        rule_starts: rule → its first group, and one past the last; keyword groups first and in the author's order.
        rule_profile: rule → profile.
        rule_number: rule → its position in the profile.
        least: profile → the least score that counts, in `scoring.UNITS`.
        ids, names: as in `Profiles`, but in any order.
    """

    text_points: "Points"
    text_starts: "Ints"
    text_cost: "Ints"
    text_share: "NDArray[np.float64]"
    text_rarity: "Ints"
    key_points: "Points"
    key_starts: "Ints"
    key_share: "NDArray[np.float64]"
    literal_text: "Ints"
    literal_need: "Bytes"
    literal_fields: "Bytes"
    wording_literal: "Ints"
    wording_shown: "Ints"
    wording_synonym: "Bytes"
    wording_weight: "NDArray[np.float64]"
    shown_points: "Points"
    shown_starts: "Ints"
    alternatives: "Ints"
    group_starts: "Ints"
    group_kind: "Bytes"
    rule_starts: "Ints"
    rule_profile: "Ints"
    rule_number: "Ints"
    least: "Ints"
    ids: Strings
    names: Strings


def assemble(t: Tables) -> Index:
    """Number everything anew, each distinct thing once, and build what makes finding quick."""
    used = _there(np.where(t.alternatives < 0, ~t.alternatives, t.alternatives), len(t.wording_literal))
    literals = _there(t.wording_literal[used], len(t.literal_text))
    is_key = t.literal_text[literals] < 0
    texts = _there(t.literal_text[literals[~is_key]], len(t.text_starts) - 1)
    keys = _there(~t.literal_text[literals[is_key]], len(t.key_starts) - 1)

    text_points, text_starts = strings.chosen(t.text_points, t.text_starts, texts)
    text_of = lexicon.numbering(text_points, text_starts)
    key_points, key_starts = strings.chosen(t.key_points, t.key_starts, keys)
    key_of = lexicon.numbering(key_points, key_starts)

    # A literal is its text, need and fields in one number; keys come after all texts.
    text = _spread(len(t.text_starts), texts, text_of)[t.literal_text[literals[~is_key]]]
    key = _spread(len(t.key_starts), keys, key_of)[~t.literal_text[literals[is_key]]]
    packed = np.empty(len(literals), np.int64)
    rest = t.literal_need[literals].astype(np.int64) << 8 | t.literal_fields[literals]
    packed[~is_key] = text.astype(np.int64) << 16 | rest[~is_key]
    texts_here = int(text_of.max(initial=-1)) + 1
    packed[is_key] = (key.astype(np.int64) + texts_here) << 16
    firsts, number = _distinct(np.argsort(packed, kind="stable"), packed)
    distinct = packed[firsts]
    literal_of = _spread(len(t.literal_text), literals, number + np.int32(1))  # 0 is `ALWAYS`
    of_text = int(np.searchsorted(distinct, texts_here << 16))

    words = _words(t, texts, text_points, text_starts, text_of, distinct[:of_text])
    first_key = np.array([of_text + 1], np.int32)
    share = np.ones(len(distinct) + 1)
    share[1 : of_text + 1] = words.share[distinct[:of_text] >> 16]
    share[of_text + 1 :] = key_share = _by_number(t.key_share[keys], key_of)

    wordings, wording_of = _wordings(t, used, literal_of, words)
    alternatives = np.where(
        t.alternatives < 0, ~wording_of[np.where(t.alternatives < 0, ~t.alternatives, 0)], wording_of[t.alternatives]
    ).astype(np.int32)

    order = strings.order_of(t.ids.data, t.ids.starts)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order), dtype=np.int32)
    profile = rank[t.rule_profile]
    records, record_starts = write_records(
        alternatives, t.group_starts, t.group_kind, t.rule_starts, profile, t.rule_number, t.least[order]
    )
    posting_starts, postings = post(
        alternatives,
        t.group_starts,
        t.group_kind,
        t.rule_starts,
        record_starts,
        wordings.facts[:, LITERAL].copy(),
        share,
    )
    return Index(
        words=words,
        keys=Keys(*_lexicon(key_points, key_starts, key_of), share=key_share, first=first_key),
        wordings=wordings,
        rules=Rules(np.array([len(profile)], np.int32), records, posting_starts, postings),
        profiles=Profiles(
            ids=Strings(*strings.chosen(*t.ids, order)),
            names=Strings(*strings.chosen(*t.names, order)),
        ),
    )


def _there(numbers: "Ints", size: int) -> "Ints":
    """Return which numbers below ``size`` are there, each once, in order.

    Not `numpy.unique`: of whole numbers it makes a hash table, which takes much longer, and keeps the interpreter's lock meanwhile,
    so that nothing could be matched beside a merge: four times for some 60 ms with a million profiles.
    """
    there = np.zeros(size, np.bool_)
    there[numbers] = True
    return np.flatnonzero(there).astype(np.int32)


def _distinct(order: "NDArray[np.intp]", *columns: "NDArray[Any]") -> "tuple[NDArray[np.intp], Ints]":
    """Return of rows, given their order, where each distinct one stands first, and for each row which distinct one it is."""
    new = np.zeros(len(order), np.bool_)
    new[:1] = True
    for column in columns:
        ordered = column[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    number = np.empty(len(order), np.int32)
    number[order] = np.cumsum(new) - 1
    return order[new], number


def _spread(size: int, numbers: "Ints", values: "Ints") -> "Ints":
    """Return old number → value, for those that are used."""
    spread = np.full(size, -1, np.int32)
    spread[numbers] = values
    return spread


def _by_number(values: "NDArray[Any]", number: "Ints") -> "NDArray[Any]":
    """Return the value of each distinct thing, by its new number; those that are the same thing have the same value."""
    by_number = np.empty((int(number.max(initial=-1)) + 1, *values.shape[1:]), values.dtype)
    by_number[number] = values
    return by_number


def _lexicon(points: "Points", starts: "Ints", number: "Ints") -> "tuple[Points, Ints, NDArray[np.uint64], Ints]":
    """Build a lexicon of the distinct ones among some texts."""
    distinct = np.empty(int(number.max(initial=-1)) + 1, np.int32)
    distinct[number] = np.arange(len(number), dtype=np.int32)
    built = lexicon.Lexicon.build(*strings.chosen(points, starts, distinct))
    return built.points, built.starts, built.slots, built.terminal


def _words(
    t: Tables, texts: "Ints", points: "Points", starts: "Ints", number: "Ints", literals: "NDArray[np.int64]"
) -> Words:
    points, starts, slots, terminal = _lexicon(points, starts, number)
    text_of = np.full(len(literals) + 1, -1, np.int32)
    text_of[1:] = literals >> 16
    need = np.zeros(len(literals) + 1, np.uint8)
    need[1:] = (literals >> 8) & 0xFF
    accepted = _ACCEPTED[need]
    accepted[ALWAYS] = 0
    fields = np.zeros(len(literals) + 1, np.uint8)
    fields[1:] = literals & 0xFF
    accepts = np.zeros(len(starts) - 1, np.uint8)
    np.bitwise_or.at(accepts, text_of[1:], accepted[1:])
    return Words(
        points=points,
        starts=starts,
        slots=slots,
        terminal=terminal,
        cost=_by_number(t.text_cost[texts], number),
        share=_by_number(t.text_share[texts], number),
        rarity=_by_number(t.text_rarity[texts], number),
        accepts=accepts,
        literal_starts=(np.searchsorted(literals >> 16, np.arange(len(starts))) + 1).astype(np.int32),
        text_of=text_of,
        need=need,
        accepted=accepted,
        fields=fields,
    )


def _wordings(t: Tables, used: "Ints", literal_of: "Ints", words: Words) -> "tuple[Wordings, Ints]":
    """Return the distinct wordings, and old number → new."""
    shown = _there(t.wording_shown[used], len(t.shown_starts) - 1)
    points, starts = strings.chosen(t.shown_points, t.shown_starts, shown)
    order = strings.order_of(points, starts)
    rank = strings.firsts_of(points, starts, order)
    first = np.empty(int(rank.max(initial=-1)) + 1, np.int32)
    first[rank[order]] = order
    shown_points, shown_starts = strings.chosen(points, starts, first)

    literal = literal_of[t.wording_literal[used]].astype(np.int64)
    says = _spread(len(t.shown_starts), shown, rank)[t.wording_shown[used]].astype(np.int64)
    one = literal << 32 | says << 1 | t.wording_synonym[used]
    weight = t.wording_weight[used]
    kept, number = _distinct(np.lexsort((weight, one)), one, weight)
    facts = np.zeros((len(kept), FACTS), np.int32)
    facts[:, LITERAL] = literal[kept]
    facts[:, TEXT] = -1
    facts[:, SHOWN] = says[kept]
    facts[:, SYNONYM] = t.wording_synonym[used][kept]
    of_text = np.flatnonzero(literal[kept] < len(words.text_of))
    its_literal = literal[kept][of_text]
    facts[of_text, TEXT] = words.text_of[its_literal]
    facts[of_text, ACCEPTED] = words.accepted[its_literal]
    facts[of_text, FIELDS] = words.fields[its_literal]
    facts[of_text, RARITY] = words.rarity[words.text_of[its_literal]]
    wordings = Wordings(
        facts=facts,
        weight=weight[kept],
        shown_points=shown_points,
        shown_starts=shown_starts,
        shown_json=Strings(*strings.json_of_points(shown_points, shown_starts)),
    )
    return wordings, _spread(len(t.wording_literal), used, number)
