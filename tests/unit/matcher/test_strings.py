from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from services.matcher.engine import strings
from services.matcher.engine.index import Strings
from services.matcher.engine.lexicon import Lexicon

CHARACTERS = 'abz"\\/\x00\x1f\n\t\r\b\f\x7f é电池\u2028\ufffd\uffff𠮷😀'


def some_texts(seed: int, most: int = 200) -> list[str]:
    random = Random(seed)
    return [
        "".join(random.choices(CHARACTERS, k=random.choice((0, 1, 1, 2, 3, 9)))) for _ in range(random.randrange(most))
    ]


def points_of(texts: list[str]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    data = "".join(texts).encode("utf-32-le", "surrogatepass")
    return strings.array_of(data, np.uint32), strings.starts_of(np.array([len(text) for text in texts], np.int32))


def texts_of(data: NDArray[Any], starts: NDArray[np.int32]) -> list[str]:
    return [strings.text_at(Strings(data, starts), number) for number in range(len(starts) - 1)]


@pytest.mark.parametrize("seed", range(20))
def test_texts_come_back_as_they_were_laid_out(seed: int) -> None:
    texts = some_texts(seed)
    assert texts_of(*strings.of_texts(texts)) == texts


@pytest.mark.parametrize("seed", range(40))
def test_bytes_and_code_points_are_ordered_as_python_orders_texts_and_equals_keep_their_order(seed: int) -> None:
    texts = some_texts(seed)
    expected = sorted(range(len(texts)), key=texts.__getitem__)
    ranks = [sorted(set(texts)).index(text) for text in texts]
    for data, starts in (strings.of_texts(texts), points_of(texts)):
        order = strings.order_of(data, starts)
        assert order.tolist() == expected
        assert strings.firsts_of(data, starts, order).tolist() == ranks


@pytest.mark.parametrize("seed", range(10))
def test_some_texts_are_chosen_in_the_order_asked_for(seed: int) -> None:
    texts = ["", *some_texts(seed)]
    numbers = np.array(Random(seed).choices(range(len(texts)), k=50), np.int32)
    assert texts_of(*strings.chosen(*strings.of_texts(texts), numbers)) == [texts[number] for number in numbers]


@pytest.mark.parametrize("seed", range(10))
def test_a_text_is_found_among_sorted_ones_or_said_not_to_be_there(seed: int) -> None:
    texts = sorted(set(some_texts(seed)))
    data, starts = strings.of_texts(texts)
    wanted = [*texts, *some_texts(seed + 100), "", "电"]
    places = strings.places_of(*strings.of_texts(wanted), data, starts)
    assert places.tolist() == [texts.index(one) if one in texts else -1 for one in wanted]


@pytest.mark.parametrize("seed", range(20))
def test_json_is_what_msgspec_writes(seed: int) -> None:
    texts = [*some_texts(seed), *map(chr, range(0x80)), "\u0080", "\u07ff", "\u0800", "\U0010ffff"]
    expected = [msgspec.json.encode(text).decode() for text in texts]
    assert texts_of(*strings.json_of_texts(texts)) == expected
    assert texts_of(*strings.json_of_points(*points_of(texts))) == expected


def test_a_lone_surrogate_becomes_the_replacement_character_in_json() -> None:
    assert texts_of(*strings.json_of_points(*points_of(["a\ud800", "\udfff"]))) == ['"a\ufffd"', '"\ufffd"']


def test_arrays_may_be_written_to() -> None:
    assert strings.array_of(b"ab", np.uint8).flags.writeable
    assert Lexicon.of(["a"]).points.flags.writeable
