"""Make ``services/matcher/resources/patent_words.txt.gz``: how often patents use a word, counted.

Usage: ``python -m tools.make_patent_words DATA``; below DATA lie ``gazette-*/*.csv`` (titles, GB 18030), ``kppatent/*.json`` (abstracts)
and ``ipc/ipc_*_zh.tsv`` (titles of the scheme). One line a word, ``word count``, most frequent first.

1. Strings of two or three ideographs that hold together (every split of them is far rarer by chance) and stand freely (many
   neighbours on both sides), and that jieba's dictionary would cut into single ideographs, become new words.
2. All texts are cut by the best way through jieba's words and the new ones; the words of the cuts are counted, and the texts cut again by
   these counts, until little changes.

A quarter of the titles and every other abstract are left out: what was left out is what the judge is measured on.
"""

import csv
import gzip
import json
import math
import re
import sys
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from services.matcher.engine.counts import LONGEST, Counts
from services.matcher.engine.dictionary import Dictionary, general_counts
from services.matcher.engine.text import normalise

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

TARGET = Path(__file__).resolve().parents[1] / "services" / "matcher" / "resources" / "patent_words.txt.gz"

LEAST_CANDIDATE, LEAST_NEW, LEAST_SHIPPED = 5, 3, 5
"""How often a string must occur to be looked at, a new word to stay one, and a word to be shipped."""
COHESION = {2: 2.0, 3: 5.0}
"""By length: ln of how much more often the string occurs than its parts would meet by chance."""
FREEDOM = 1.5
"""Entropy of the neighbours, in nats, on the side where it is less."""
NEVER_FIRST = frozenset("的和与及或其该等且并述了而以为在将把被这那各每某很也都还则若第即由如含有只仅可不来更非时当从")
NEVER_LAST = frozenset("的和与及或其该等且并述了而以为在将把被这那各每某很也都还则若第入上下中内里外前后时有不由成")
ROUNDS = 3

_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")


def held_out(title: str) -> bool:
    """Whether a title, normalised, is kept from counting."""
    return zlib.crc32(title.encode()) % 4 == 0


def titles(data: Path) -> "Iterator[str]":
    """Yield the distinct titles of the gazette, normalised."""
    seen = set()
    for path in sorted(data.glob("gazette-*/*.csv")):
        for row in csv.DictReader(path.read_bytes().decode("gb18030", "replace").splitlines()):
            title = normalise(row["name"] or "")
            if title not in seen:
                seen.add(title)
                yield title


def abstracts(data: Path) -> list[tuple[str, list[str]]]:
    """Return abstracts, normalised, each with its keywords; those at even places are kept from counting."""
    records = json.loads((data / "kppatent" / "abstracts_with_keywords.json").read_text("utf-8"))
    return [
        (normalise(record["input"]).removeprefix("摘要:").strip(), [normalise(w) for w in record["output"].split(",")])
        for record in records
    ]


def _texts(data: Path) -> "Iterator[str]":
    yield from (title for title in titles(data) if not held_out(title))
    yield from (abstract for abstract, _ in abstracts(data)[1::2])
    for path in sorted(data.glob("ipc/ipc_*_zh.tsv")):
        lines = path.read_text("utf-8").splitlines()[1:]
        yield from dict.fromkeys(normalise(line.split("\t")[2]) for line in lines)


def new_words(runs: "Counter[str]", general: "Container[str]") -> dict[str, int]:
    """Return strings that must be words and are none of the general dictionary, with how often they occur."""
    times: Counter[str] = Counter()
    for run, count in runs.items():
        for length in (1, *COHESION):
            for at in range(len(run) - length + 1):
                times[run[at : at + length]] += count
    characters = sum(len(run) * count for run, count in runs.items())
    cohesive = {
        text: count
        for text, count in times.items()
        if count >= LEAST_CANDIDATE
        and len(text) > 1
        and text not in general
        and text[0] not in NEVER_FIRST
        and text[-1] not in NEVER_LAST
        and min(math.log(count * characters / (times[text[:at]] * times[text[at:]])) for at in range(1, len(text)))
        >= COHESION[len(text)]
    }
    free = _freedom(runs, cohesive)
    return {text: count for text, count in cohesive.items() if free[text] >= FREEDOM}


def _freedom(runs: "Counter[str]", texts: "Iterable[str]") -> dict[str, float]:
    """Return the entropy of each text's neighbours; the edge of a run is a new neighbour each time."""
    wanted = set(texts)
    sides: defaultdict[str, tuple[Counter[str], Counter[str]]] = defaultdict(lambda: (Counter(), Counter()))
    for number, (run, count) in enumerate(runs.items()):
        for length in COHESION:
            for at in range(len(run) - length + 1):
                if (text := run[at : at + length]) in wanted:
                    left, right = sides[text]
                    left[run[at - 1] if at else f"edge {number}"] += count
                    right[run[at + length : at + length + 1] or f"edge {number}"] += count
    return {text: min(map(_entropy, sides[text])) for text in wanted}


def _entropy(counts: "Counter[str]") -> float:
    total = sum(counts.values())
    return -sum(count / total * math.log(count / total) for count in counts.values())


def cut(run: str, costs: dict[str, int], unknown: int) -> list[str]:
    """Return the words of the best way through a run."""
    best, back = [0], [0]
    for end in range(1, len(run) + 1):
        ways = [
            (best[start] + costs.get(run[start:end], unknown), start)
            for start in range(max(0, end - LONGEST), end)
            if end - start == 1 or run[start:end] in costs
        ]
        cost, start = min(ways)
        best.append(cost)
        back.append(start)
    words = []
    end = len(run)
    while end:
        words.append(run[back[end] : end])
        end = back[end]
    return words[::-1]


def costs_by_word(known: Dictionary) -> dict[str, int]:
    """Return what each word of a dictionary costs."""
    return {known.words.text(number): int(cost) for number, cost in enumerate(known.costs)}


def _count(runs: "Counter[str]", general: Counts, patents: "Counter[str]") -> "Counter[str]":
    known = Dictionary.of(general, Counts.of(patents))
    costs, unknown = costs_by_word(known), known.unknown
    counts: Counter[str] = Counter()
    for run, count in runs.items():
        for word in cut(run, costs, unknown):
            counts[word] += count
    return counts


def make(data: Path) -> bytes:
    """Return the table, compressed; the same bytes for the same data."""
    runs = Counter(run for text in _texts(data) for run in _RUN.findall(text))
    general = general_counts()
    counts = _count(runs, general, Counter())
    new = new_words(runs, costs_by_word(Dictionary.of(general, Counts.of({}))))
    counts.update(new)
    for _ in range(ROUNDS):
        counts = _count(runs, general, counts)
        for word in [word for word in counts if word in new and counts[word] < LEAST_NEW]:
            del counts[word]
    shipped = sorted(((-count, word) for word, count in counts.items() if count >= LEAST_SHIPPED))
    return gzip.compress("".join(f"{word} {-count}\n" for count, word in shipped).encode(), mtime=0)


if __name__ == "__main__":
    TARGET.write_bytes(make(Path(sys.argv[1])))
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")
