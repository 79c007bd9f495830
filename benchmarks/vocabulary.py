"""What a subscriber would write as keywords: the words of technical titles, and runs of two or three of them."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate

import rjieba

from benchmarks.corpus import Corpus

TOO_COMMON = 0.05
"""A term in more of the titles, or of the abstracts, than this (装置, 技术领域) is no subscriber's keyword."""

RARE = 100
"""A term that is used no more often than this is as likely a keyword as a term that is used once."""

LONGEST = 6
RUN = 3

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_EMPTY = frozenset(
    re.findall(
        "..",
        "具有包括用于基于来自及其一种所述相关进行采用使用利用通过实现新型多种改进一体便于能够可以应用适用提供提高公开发明实用专用其他其它包含含有组成构成特征方式情况类似"
        "上述下列涉及有关例如用途不同根据按照得到获得从而以及并且之间其中对应同时避免不仅而且至少一个两个多个带有由此或者优先组合",
    )
)
_THINGS = frozenset(
    "器机膜板剂管池泵阀件箱架车仪层杆轮料液网线片柱炉桩罐槽锅台盘环座笼轴筒塔布胶漆油粉酸钢门床柜屏镜针刀锁盖套垫圈齿臂链芯腔室体药酶菌率法"
)
"""A last word of one character that tells a thing from others (电磁|阀)."""

_GRAMMAR = frozenset(
    "的了和与及或在于中对将被把从由向以为是有不其该所并且而至上下内外前后个各种一二两三四五六七八九十可能本此这那如使"
)


class Vocabulary:
    """The terms of a corpus, with how often each is used and which stand near which.

    Attributes:
        seeds: of each title with two terms at least: (pairs of terms neither of which holds the other, their cumulative
            weights, IPC symbols).
    """

    def __init__(self, corpus: Corpus) -> None:
        by_title = [(terms_of(title), symbols) for title, symbols in corpus.titles]
        by_place = [(terms_of(title), subclass) for subclass, title in corpus.places]
        in_titles = Counter(term for terms, _ in by_title for term in terms)
        in_abstracts = Counter(term for text in corpus.abstracts for term in terms_of(text))
        common = {term for term, count in in_titles.items() if count > TOO_COMMON * len(corpus.titles)}
        common |= {term for term, count in in_abstracts.items() if count > TOO_COMMON * len(corpus.abstracts)}
        self._spread = in_titles + in_abstracts
        by_class: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.seeds = []
        for terms, symbols in by_title:
            kept = sorted(terms - common)
            by_class[symbols[0][:4]].update(kept)
            if pairs := [(a, b) for a in kept for b in kept if a not in b and b not in a]:
                self.seeds.append(
                    (pairs, list(accumulate(self._weight(a) * self._weight(b) for a, b in pairs)), symbols)
                )
        for terms, subclass in by_place:
            by_class[subclass].update(terms - common)
        self._classes = {name: _weighted(counts) for name, counts in sorted(by_class.items()) if counts}
        self._alike: defaultdict[str, list[str]] = defaultdict(list)
        for term in sorted({term for counts in by_class.values() for term in counts}):
            if len(term) > 2:
                self._alike[term[-2:]].append(term)
                self._alike[term[:2]].append(term)

    def like(self, term: str, *, ending: bool) -> Sequence[str]:
        """Return the terms that end, or begin, with the same two characters (锂电池, 蓄电池)."""
        return self._alike.get(term[-2:] if ending else term[:2], ())

    def of_class(self, subclass: str) -> tuple[list[str], list[float]]:
        """Return the terms of a subclass of the IPC, with cumulative weights."""
        return self._classes.get(subclass) or next(iter(self._classes.values()))

    def _weight(self, term: str) -> float:
        """A rarer term is likelier to be a keyword; the rare ones are all alike."""
        return 1.0 / math.sqrt(max(RARE, self._spread[term]))


def terms_of(text: str) -> set[str]:
    """Return the words of two characters or more, and the runs of two or three words, of at most six characters."""
    found = set()
    for run in _HAN.findall(text):
        words = rjieba.cut(run)
        for at in range(len(words)):
            term = ""
            for word in words[at : at + RUN]:
                term += word
                lone = len(word) == 1
                if lone and (word == term or word not in _THINGS):
                    break
                if len(term) > LONGEST or word in _EMPTY or not _GRAMMAR.isdisjoint((word[0], word[-1])):
                    break
                found.add(term)
                if lone:
                    break
    return found


def _weighted(counts: Counter[str]) -> tuple[list[str], list[float]]:
    terms = sorted(counts)
    return terms, list(accumulate(float(counts[term]) for term in terms))
