"""How good the engine is on labelled places of keywords (`benchmarks/quality.py` tells where they come from)."""

import gzip
from collections import Counter

import pytest

from benchmarks.quality import judged, labelled, measure
from services.matcher.engine.counts import LONGEST
from tools.make_patent_words import TARGET, cut, held_out, new_words


def test_no_straddle_counts() -> None:
    looks = judged()
    straddles = labelled("straddles.txt")
    assert len(straddles) > 400
    assert not [place for place in straddles if looks(place)]


def test_true_occurrences_count() -> None:
    measured = measure(judged())
    assert measured.occurrences > 600
    assert measured.found / measured.occurrences >= 0.995


def test_the_table_of_patent_words_is_small_and_holds_words_only() -> None:
    lines = gzip.decompress(TARGET.read_bytes()).decode().splitlines()
    words = dict(line.split(" ") for line in lines)
    assert len(words) == len(lines) < 40_000
    assert TARGET.stat().st_size < 400_000
    assert max(map(len, words)) <= LONGEST
    assert all("\u3400" <= character <= "\u9fff" for word in words for character in word)
    assert {"路由", "台架", "感测"} <= set(words)


def test_what_holds_together_and_stands_freely_becomes_a_word() -> None:
    runs = Counter({f"{before}动平{after}": 1 for before in "甲乙丙丁戊己" for after in "子丑寅卯辰巳"})
    runs += Counter({f"{before}{after}": 3 for before in "甲乙丙丁戊己" for after in "子丑寅卯辰巳"})
    assert set(new_words(runs, ())) == {"动平"}
    assert not new_words(runs, {"动平"})


def test_the_best_way_has_the_cheapest_words() -> None:
    costs = {"机": 5, "机床": 6, "手机": 6, "床头": 6}
    assert cut("手机床头", costs, 9) == ["手机", "床头"]
    assert cut("", costs, 9) == []


def test_a_quarter_of_the_titles_is_kept_from_counting() -> None:
    kept = sum(held_out(f"一种{number}号装置") for number in range(1000))
    assert kept == pytest.approx(250, abs=50)
