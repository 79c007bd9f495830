"""The scan for variants finds what the specification says, no more and no less, at the same levels.

``ZHITUI_PROPERTY_CASES=20000`` tries harder; each case holds 12 terms and 3 texts.
"""

import os
import re
from itertools import accumulate
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matcher.engine.confusion import pairs
from services.matcher.engine.segment import character_classes, tokens
from services.matcher.engine.text import SEPARATOR, normalise, normalise_term
from services.matcher.engine.variant_lexicon import VariantLexicon
from services.matcher.engine.variant_scan import scan
from services.matcher.engine.variants import Level, level_of, swapped
from tests.property.matcher import texts

CASES = int(os.environ.get("ZHITUI_PROPERTY_CASES", "150"))
TERMS, TEXTS = 12, 3

many = settings(max_examples=CASES, deadline=None)
randoms = st.randoms(use_true_random=True)

ALIKE: dict[str, list[str]] = {}
for one, other in zip(*(map(chr, points.tolist()) for points in pairs()[:2]), strict=True):
    ALIKE.setdefault(one, []).append(other)

WORDS = (
    "bluetooth",
    "zigbee",
    "ethernet模块",
    "lifepo4",
    "photoresist",
    "wi-fi路由",
    "嵌入式bluetooth",
    "abcabc",
    "便携式电源",
)
PIECES = (
    "的",
    "式",
    "型",
    "用",
    "动力",
    "新",
    "非",
    "和",
    "第一",
    "的的",
    "5",
    "a",
    ",",
    "\u3000",
    "三相",
    "不",
    "及其",
    "𠮷",
)


def mutated(random: Random, term: str) -> str:
    """Return a term with something done to it, often what a variant allows and often not."""
    at = random.randrange(len(term) + 1)
    head, here, tail = term[:at], term[at : at + 1], term[at + 1 :]
    ways = (
        lambda: head + random.choice(PIECES) + here + tail,
        lambda: head + tail,
        lambda: here + tail + head,
        lambda: head + random.choice(ALIKE.get(here, ["机"])) + tail,
        lambda: head + random.choice("abehotxyz5") + random.choice((here, "")) + tail,
        lambda: head + tail[:1] + here + tail[1:],
        lambda: mutated(random, mutated(random, term)) if term else term,
        lambda: re.sub("[的式型用]", "", term, count=1),
        lambda: "".join(swapped(term) or (term,)),
        lambda: term,
    )
    return random.choice(ways)()


def some_term(random: Random) -> str:
    """Return a normalised term of a text, of tokens mostly."""
    text = normalise(random.choice([text for text in (*texts.TITLES, *texts.ABSTRACTS, *WORDS) if text]))
    spans = tokens(text)
    first = random.randrange(len(spans))
    start, end = spans[first][0], spans[min(first + random.randrange(3), len(spans) - 1)][1]
    return normalise_term(text[start : end + random.choice((0, 0, 0, 1, -1))]) or "电池组"


def text_of(random: Random, terms: list[str]) -> tuple[str, set[int]]:
    """Return a text that holds mutated terms, and where its tokens begin and end.

    The cut is the segmenter's; mostly with the edges of the terms, now and then with cuts that no segmenter would make.
    """
    whole = random.choice((*texts.TITLES, ""))
    at = random.randrange(len(whole) + 1)
    pieces = [whole[:at]]
    for _ in range(random.randint(1, 5)):
        pieces += [mutated(random, random.choice(terms)), random.choice(("", "的", ",", "和", " "))]
    pieces.append(whole[at:])
    text = normalise("".join(pieces))
    cut = {edge for span in tokens(text) for edge in span} | {0, len(text)}
    if random.random() < 0.7:
        cut |= set(accumulate(map(len, pieces)))
    if random.random() < 0.3:
        cut = cut ^ {odd for odd in range(1, len(text)) if random.random() < 0.3}
    return text, cut


def case(random: Random) -> tuple[list[str], list[str], list[set[int]]]:
    """Return distinct terms, texts that hold variants of some, and the cuts of the texts."""
    terms = [some_term(random) for _ in range(TERMS)]
    terms += [mutated(random, term) for term in terms if random.random() < 0.2]
    written, cuts = zip(*(text_of(random, terms) for _ in range(TEXTS)), strict=True)
    return list(dict.fromkeys(filter(None, map(normalise_term, terms)))), list(written), list(cuts)


def specified(terms: list[str], written: list[str], cuts: list[set[int]]) -> list[tuple[int, int, int, int]]:
    """Ask the specification about every window and every term; offsets are those of the joined texts."""
    found = []
    base = 0
    for text, cut in zip(written, cuts, strict=True):
        for start in sorted(cut):
            for end in sorted(cut):
                for number, term in enumerate(terms):
                    near = start < end <= start + len(term) + 2
                    level: Level | None = level_of(text, cut, start, end, term) if near else None
                    if level is not None:
                        found.append((base + start, base + end, number, int(level)))
        base += len(text) + 1
    return found


def scanned(terms: list[str], written: list[str], cuts: list[set[int]]) -> list[tuple[int, int, int, int]]:
    """Ask the kernel about all at once."""
    joined = SEPARATOR.join(written) + SEPARATOR
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    boundary = np.zeros(len(points) + 1, np.bool_)
    base = 0
    for text, cut in zip(written, cuts, strict=True):
        boundary[[base + at for at in cut]] = True
        base += len(text) + 1
    start, end, number, level = scan(points, boundary, character_classes(points), VariantLexicon.of(terms))
    return list(zip(start.tolist(), end.tolist(), number.tolist(), level.tolist(), strict=True))


@many
@given(randoms)
def test_the_scan_finds_exactly_the_variants_that_are_specified(random: Random) -> None:
    terms, written, cuts = case(random)
    assert scanned(terms, written, cuts) == specified(terms, written, cuts)
