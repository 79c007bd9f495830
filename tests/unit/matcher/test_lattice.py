"""The judge: costs of ways through runs of ideographs, and the place of a hit that follows from them."""

from itertools import product
from random import Random

import numpy as np
import pytest

from services.matcher.engine.batch import Batch, read_batch
from services.matcher.engine.counts import LONGEST
from services.matcher.engine.dictionary import dictionary
from services.matcher.engine.lattice import DEAREST_IDEOGRAPH, PARTS, WHOLE, WORDS, measure, term_costs
from services.matcher.engine.plain import CutText, best_way
from services.matcher.engine.segment import HAN, character_classes
from services.matcher.engine.terms import Place, judge
from services.matcher.engine.text import normalise, normalise_term
from tests.property.matcher.texts import ABSTRACTS, CLAIMS, ODD, TITLES
from tests.unit.matcher.made import publication

TEXTS = (*TITLES, *ABSTRACTS, *CLAIMS)
LATTICES = ((WORDS, LONGEST), (PARTS, 2))


def cheapest(run: str, longest: int) -> int:
    return best_way(run, longest, dictionary())


def judged(batch: Batch, start: int, end: int, costs: "np.ndarray[tuple[int], np.dtype[np.int32]]") -> Place:
    arrays = batch.boundary, batch.boundaries_before, batch.han, batch.forward, batch.backward, batch.total
    return Place(judge(start, end, costs[0], costs[1], *arrays))


def place(keyword: str, text: str) -> Place:
    needle, batch = normalise_term(keyword), read_batch([publication(text)])
    start = normalise(text).index(needle)
    return judged(batch, start, start + len(needle), term_costs([needle])[0])


@pytest.mark.parametrize(
    ("keyword", "text", "expected"),
    [
        ("固态电池", "一种固态电池", Place.WORD),
        ("电池", "电池组", Place.AFFIX),
        ("池组", "电池组", Place.LOOSE),
        ("电机", "发电机组", Place.LOOSE),
        ("机床", "手机床头", Place.LOOSE),
        ("变压", "变压器", Place.AFFIX),
        ("压器", "变压器", Place.LOOSE),
        ("动车", "自动车床", Place.LOOSE),
        ("车床", "自动车床", Place.WORD),
        ("色谱", "液相色谱仪", Place.AFFIX),
        ("感测区", "多个感测区之间", Place.WORD),
        ("接入卡", "一种接入卡及终端", Place.WORD),
        ("软测量", "一种软测量方法", Place.WORD),
        ("LED", "OLED", Place.LOOSE),
        ("5", "5G", Place.LOOSE),
        ("C", "C++代码", Place.LOOSE),
        ("5G", "2.5G光模块", Place.LOOSE),
        ("淀粉酶", "α-淀粉酶的发酵", Place.WORD),
        ("3D打印", "一种3D打印机", Place.AFFIX),
        ("锂离子电池", "一种锂离子电池组", Place.AFFIX),
        ("显示器", "一种液晶显示器件", Place.LOOSE),
    ],
)
def test_a_hit_is_a_word_a_part_of_one_or_neither(keyword: str, text: str, expected: Place) -> None:
    assert place(keyword, text) is expected


def test_ways_cost_what_is_specified() -> None:
    text = normalise("".join(TEXTS))
    points = np.array([ord(character) for character in text], np.uint32)
    han = character_classes(points) == HAN
    forward, backward, total = measure(points, han)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], han, [False]))))
    for begin, stop in edges.reshape(-1, 2):
        for (lattice, longest), at in product(LATTICES, range(begin, stop)):
            assert forward[at, lattice] == cheapest(text[begin:at], longest)
            assert backward[at + 1, lattice] == cheapest(text[at + 1 : stop], longest)
            assert total[at, lattice] == cheapest(text[begin:stop], longest)


def test_there_are_no_costs_outside_ideographs() -> None:
    batch = read_batch([publication("LED-12 failed")])
    assert not batch.forward.any()
    assert not batch.backward.any()
    assert not batch.total.any()


def test_a_run_of_any_length_is_measured() -> None:
    batch = read_batch([publication("电池" * 100_000 + "龘" * 200_000)])
    start = 2 * 99_999
    assert judged(batch, start, start + 2, term_costs(["电池"])[0]) is Place.WORD
    assert judged(batch, start + 1, start + 3, term_costs(["池龘"])[0]) is not Place.AFFIX


def test_a_term_costs_its_first_and_its_last_run() -> None:
    texts = ["电池", "3d打印", "打印3d", "lifepo4", "锂电池5g基站", "龘龘"]
    unknown = DEAREST_IDEOGRAPH
    assert term_costs(texts).tolist() == [
        [cheapest("电池", LONGEST), WHOLE],
        [0, cheapest("打印", LONGEST)],
        [cheapest("打印", LONGEST), 0],
        [0, 0],
        [cheapest("锂电池", LONGEST), cheapest("基站", LONGEST)],
        [2 * unknown, WHOLE],
    ]
    assert dictionary().unknown > unknown


def test_every_span_of_every_text_has_the_place_that_is_specified() -> None:
    random = Random(3)
    odd = ("C++", "c#", "2.5", ".", "5g", "3D", *ODD)
    texts = [text for text in TEXTS if text]
    texts += [
        "".join(random.choice((random.choice(odd), text[at : at + 4])) for at in range(0, len(text), 4))
        for text in texts
    ]
    batch = read_batch([publication(text) for text in texts])
    for number, given in enumerate(texts):
        begin, text = int(batch.starts[number]), normalise(given)
        cut = CutText(text)
        spans = [(start, end) for start in range(len(text)) for end in range(start + 1, min(len(text), start + 7) + 1)]
        costs = term_costs([text[start:end] for start, end in spans])
        for (start, end), cost in zip(spans, costs, strict=True):
            assert judged(batch, begin + start, begin + end, cost) is cut.place(start, end), text[start:end]
