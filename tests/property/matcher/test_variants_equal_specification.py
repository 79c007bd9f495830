"""The scan for variants finds what the specification says, no more and no less, at the same levels.

``ZHITUI_PROPERTY_CASES=20000`` tries harder; each case holds 12 terms and 3 texts.
"""

import os
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matcher.engine.confusion import pairs
from services.matcher.engine.segment import character_classes, tokens
from services.matcher.engine.text import SEPARATOR, normalise, normalise_term
from services.matcher.engine.variant_lexicon import VariantLexicon
from services.matcher.engine.variant_scan import scan
from services.matcher.engine.variants import Level, level_of
from tests.property.matcher import texts

CASES = int(os.environ.get("ZHITUI_PROPERTY_CASES", "150"))
TERMS, TEXTS = 12, 3

many = settings(max_examples=CASES, deadline=None)
randoms = st.randoms(use_true_random=True)

ALIKE: dict[str, list[str]] = {}
for one, other in sorted(pairs()):
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
    match random.randrange(8):
        case 0:
            return term[:at] + random.choice(PIECES) + term[at:]
        case 1:
            return term[:at] + term[at + 1 :]
        case 2:
            return term[at:] + term[:at]
        case 3:
            alike = ALIKE.get(term[at : at + 1], ["机"])
            return term[:at] + random.choice(alike) + term[at + 1 :]
        case 4:
            return term[:at] + random.choice("abehotxyz5") + term[at + random.randrange(2) :]
        case 5:
            return term[:at] + term[at + 1 : at + 2] + term[at : at + 1] + term[at + 2 :]
        case 6:
            return mutated(random, mutated(random, term)) if term else term
    return term


def some_term(random: Random) -> str:
    """Return a normalised term of a text, of tokens mostly."""
    text = normalise(random.choice([text for text in (*texts.TITLES, *texts.ABSTRACTS, *WORDS) if text]))
    spans = tokens(text)
    first = random.randrange(len(spans))
    start, end = spans[first][0], spans[min(first + random.randrange(3), len(spans) - 1)][1]
    return normalise_term(text[start : end + random.choice((0, 0, 0, 1, -1))]) or "电池组"


def case(random: Random) -> tuple[list[str], list[str]]:
    """Return distinct terms and texts that hold variants of some."""
    terms = [some_term(random) for _ in range(TERMS)]
    terms += [mutated(random, term) for term in terms if random.random() < 0.2]
    written = []
    for _ in range(TEXTS):
        pieces = [mutated(random, random.choice(terms)) for _ in range(random.randint(1, 4))]
        whole = random.choice((*texts.TITLES, ""))
        at = random.randrange(len(whole) + 1)
        glue = random.choice(("", "的", ",", "和", " "))
        written.append(normalise(whole[:at] + glue.join(pieces) + whole[at:]))
    return list(dict.fromkeys(filter(None, map(normalise_term, terms)))), written


def boundaries(random: Random, text: str) -> set[int]:
    """Return where the text's tokens begin and end; now and then a cut that no segmenter would make."""
    cut = {edge for span in tokens(text) for edge in span} | {0, len(text)}
    if random.random() < 0.3:
        odd = {at for at in range(len(text)) if random.random() < 0.3}
        cut = cut ^ odd | {0, len(text)}
    return cut


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
    terms, written = case(random)
    cuts = [boundaries(random, text) for text in written]
    assert scanned(terms, written, cuts) == specified(terms, written, cuts)
