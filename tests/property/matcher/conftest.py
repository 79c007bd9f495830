"""The specification asks the same again and again; here it remembers what it was answered, and is quick enough for many cases."""

from collections.abc import Iterator
from functools import lru_cache

import pytest

from services.matcher.engine import oracle, plain, rarity, segment, variants


@pytest.fixture(autouse=True, scope="module")
def _answers_are_remembered() -> Iterator[None]:
    tokens = lru_cache(maxsize=50_000)(segment.tokens)
    with pytest.MonkeyPatch.context() as patch:
        for module in (oracle, plain, variants):
            patch.setattr(module, "tokens", tokens)
        patch.setattr(variants, "word_starts", lru_cache(maxsize=50_000)(variants.word_starts))
        patch.setattr(variants, "swapped", lru_cache(maxsize=50_000)(variants.swapped))
        patch.setattr(variants, "latin_words", lru_cache(maxsize=50_000)(variants.latin_words))
        patch.setattr(oracle, "CutText", lru_cache(maxsize=1_000)(plain.CutText))
        rarity_of = lru_cache(maxsize=50_000)(lambda text: rarity.rarities([text]))
        patch.setattr(oracle, "rarities", lambda texts: rarity_of(*texts))
        yield
