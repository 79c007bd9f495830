"""Counts of words, and the costs that follow from them."""

import math

import numpy as np

from services.matcher.engine.counts import LONGEST, Counts, spelled
from services.matcher.engine.dictionary import LEAST_GENERAL, PATENT_SHARE, Dictionary, dictionary, general_counts


def shown(counts: Counts) -> dict[str, int]:
    points, starts = spelled(counts.keys)
    text = points.tobytes().decode("utf-32-le")
    return {text[starts[n] : starts[n + 1]]: int(times) for n, times in enumerate(counts.times)}


def test_a_table_of_counts_is_read_whatever_follows_a_count() -> None:
    assert shown(Counts.read("电池 12 n\n的 318825 uj\n电池 3\n固态电池 7 n\n𠮷 1\n")) == {
        "电池": 15,
        "的": 318825,
        "𠮷": 1,
    }
    assert shown(Counts.read("")) == {}


def test_tables_are_added_up() -> None:
    assert shown(Counts.together([Counts.of({"电池": 2, "电机": 1}), Counts.of({"电池": 3})])) == {"电池": 5, "电机": 1}


def test_rare_words_are_dropped_but_not_single_characters() -> None:
    assert shown(Counts.of({"电池": 2, "电机": 3, "龘": 1}).at_least(3)) == {"电机": 3, "龘": 1}


def test_words_of_another_table_are_kept() -> None:
    assert shown(Counts.of({"电池": 2, "电机": 3}).among(Counts.of({"电机": 1, "机床": 1}))) == {"电机": 3}


def test_what_a_table_does_not_have_occurs_never() -> None:
    known, asked = Counts.of({"电池": 2}), Counts.of({"机床": 1, "电池": 1, "龘": 1})
    assert dict(zip(shown(asked), known.times_of(asked.keys).tolist(), strict=True)) == {"机床": 0, "电池": 2, "龘": 0}
    assert not Counts.of({}).times_of(asked.keys).any()


def test_a_word_costs_by_its_share_of_both_counts() -> None:
    known = Dictionary.of(Counts.of({"电池": 30, "的": 70}), Counts.of({"电池": 5, "电机": 15}))
    by_word = {known.words.text(number): int(cost) for number, cost in enumerate(known.costs)}
    general_share = 1 - PATENT_SHARE
    assert by_word == {
        "电池": round(-1000 * math.log(general_share * 0.3 + PATENT_SHARE * 0.25)),
        "的": round(-1000 * math.log(general_share * 0.7)),
        "电机": round(-1000 * math.log(PATENT_SHARE * 0.75)),
    }
    assert known.unknown == round(-1000 * math.log(general_share * 0.01))


def test_the_general_dictionary_has_no_long_and_no_rarest_words() -> None:
    counts = shown(general_counts())
    assert max(map(len, counts)) <= LONGEST
    assert min(count for word, count in counts.items() if len(word) > 1) >= LEAST_GENERAL
    assert counts["机床"] > 100


def test_the_dictionary_is_light() -> None:
    known = dictionary()
    arrays = known.words.points, known.words.starts, known.words.slots, known.words.terminal, known.costs
    assert sum(array.nbytes for array in arrays) < 16 * 2**20
    assert known.costs.min() > 0
    assert known.costs.dtype == np.int32
