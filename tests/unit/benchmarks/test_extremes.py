"""The worst cases are as bad as they say."""

import pytest

from benchmarks import extremes
from benchmarks.corpus import Corpus
from benchmarks.made_corpus import made_corpus
from shared.wire.profile import Profile, Rule


@pytest.fixture(scope="module")
def texts() -> Corpus:
    return made_corpus(titles=20_000, abstracts=50)


def test_the_huge_document_has_two_million_bytes_and_not_much_more(texts: Corpus) -> None:
    size = len((extremes.huge_document(texts).abstract or "").encode())
    assert extremes.DOCUMENT_BYTES <= size < extremes.DOCUMENT_BYTES + 2_000


def test_the_huge_profile_has_twenty_thousand_characters_in_two_groups(texts: Corpus) -> None:
    (rule,) = extremes.huge_profile(texts).rules
    assert len(rule.groups) == 2
    size = sum(len(str(term)) for group in rule.groups for term in group)
    assert extremes.PROFILE_CHARACTERS <= size < extremes.PROFILE_CHARACTERS + 10


def test_one_term_is_in_all_profiles_and_they_keep_their_own() -> None:
    before = [Profile(id=str(n), rules=(Rule(groups=((f"词{n}",), ("隔膜",))),)) for n in range(3)]
    after = list(extremes.with_one_term(before))
    assert [profile.rules[0].groups for profile in after] == [
        ((extremes.COMMON, f"词{n}"), ("隔膜",)) for n in range(3)
    ]


def test_profiles_that_all_match_find_nearly_every_abstract(texts: Corpus) -> None:
    (profile, other) = extremes.all_matching(2)
    assert profile.id != other.id
    assert profile.rules == other.rules
    terms = [str(term) for term in profile.rules[0].groups[0]]
    assert all(any(term in text for term in terms) for text in texts.abstracts)
