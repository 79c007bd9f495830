"""Longer words that hold a keyword."""

import pytest

from services.matcher.health import holders


def test_few_and_many_keywords_are_found_in_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    terms = ["电机", "动车", "半导", "发电", "机床", "阿阿", "LED", "电", "发动机罩盖"]
    few = holders.words_with(terms)
    monkeypatch.setattr(holders, "FEW", 0)
    many = holders.words_with(terms)
    assert {term: sorted(set(words)) for term, words in few.items()} == {
        term: sorted(set(words)) for term, words in many.items()
    }
    assert "发电机" in few["电机"]
    assert "电动车" in few["动车"]
    assert not {"LED", "电", "发动机罩盖"} & few.keys()
