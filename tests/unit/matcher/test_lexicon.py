"""Distinct texts, numbered."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.matcher.engine.lexicon import numbering

TEXTS = st.lists(st.text(st.sampled_from("电池机床ab\U00020000"), max_size=3))


def numbered(texts: list[str]) -> list[int]:
    points = np.frombuffer(bytearray("".join(texts).encode("utf-32-le")), np.uint32)
    starts = np.zeros(len(texts) + 1, np.int32)
    np.cumsum(np.array(list(map(len, texts)), np.int32), out=starts[1:])
    found: list[int] = numbering(points, starts).tolist()
    return found


@given(TEXTS)
def test_each_text_has_the_number_of_its_first_like_counted_as_they_appear(texts: list[str]) -> None:
    distinct = list(dict.fromkeys(texts))
    assert numbered(texts) == [distinct.index(text) for text in texts]


def test_many_texts_of_the_same_characters_are_told_apart() -> None:
    texts = [f"{number:b}" for number in range(3_000)]
    assert numbered(texts + texts) == [*range(3_000), *range(3_000)]
