"""The generator's profiles and publications have the promised shape, with the reference data and without."""

from collections.abc import Iterator

import msgspec
import numpy as np
import pytest

from benchmarks.corpus import Corpus, reference_corpus
from benchmarks.documents import Stream
from benchmarks.draws import lots
from benchmarks.generator import profile_lines
from benchmarks.made_corpus import made_corpus
from benchmarks.vocabulary import Vocabulary
from shared.wire.profile import Fuzziness, Profile, Rule
from shared.wire.publication import Publication
from tests.reference import reference

PROFILES = 2_000
DOCUMENTS = 200


@pytest.fixture(scope="module", params=["made", pytest.param("reference", marks=(pytest.mark.data, pytest.mark.long))])
def texts(request: pytest.FixtureRequest) -> Corpus:
    if request.param == "made":
        return made_corpus()
    reference("kppatent")
    return reference_corpus()


@pytest.fixture(scope="module")
def vocabulary(texts: Corpus) -> Vocabulary:
    return Vocabulary(texts)


@pytest.fixture(scope="module")
def stream(texts: Corpus) -> Stream:
    return Stream(texts)


@pytest.fixture(scope="module")
def profiles(vocabulary: Vocabulary) -> list[Profile]:
    return list(decoded(profile_lines(vocabulary, PROFILES)))


@pytest.fixture(scope="module")
def publications(stream: Stream) -> list[Publication]:
    return list(stream.publications(DOCUMENTS, 300, seed=7))


def decoded(lines: Iterator[str]) -> Iterator[Profile]:
    decoder = msgspec.json.Decoder(Profile)
    return (decoder.decode(line) for line in lines)


def rules(profiles: list[Profile]) -> list[Rule]:
    return [rule for profile in profiles for rule in profile.rules]


def test_every_profile_has_one_rule_of_two_groups_with_two_and_three_terms(profiles: list[Profile]) -> None:
    assert {len(profile.rules) for profile in profiles} == {1}
    assert {tuple(sorted(map(len, rule.groups))) for rule in rules(profiles)} == {(2, 3)}
    assert {profile.fields for profile in profiles} == {("title", "abstract")}
    assert len({profile.id for profile in profiles}) == PROFILES


def test_no_profile_names_a_term_twice_and_terms_have_two_to_six_characters(profiles: list[Profile]) -> None:
    for rule in rules(profiles):
        terms = [str(term) for group in (*rule.groups, rule.none) for term in group]
        assert len(set(terms)) == len(terms)
        assert all(2 <= len(term) <= 6 for term in terms)


def test_one_in_five_excludes_a_term_and_three_in_ten_name_a_place_of_the_ipc(profiles: list[Profile]) -> None:
    assert sum(bool(rule.none) for rule in rules(profiles)) / PROFILES == pytest.approx(0.2, abs=0.03)
    assert sum(bool(rule.ipc) for rule in rules(profiles)) / PROFILES == pytest.approx(0.3, abs=0.03)
    assert all(pattern.endswith("*") for rule in rules(profiles) for pattern in rule.ipc)


def test_documents_have_about_the_length_that_was_asked_for(stream: Stream, publications: list[Publication]) -> None:
    for length, some in ((300, publications), (700, stream.publications(DOCUMENTS, 700, seed=7))):
        sizes = [len(one.title) + len(one.abstract or "") for one in some]
        assert sum(sizes) / len(sizes) == pytest.approx(length, rel=0.1)
        assert all(len(one.title) >= 4 and one.ipc for one in publications)


def test_a_million_profiles_would_hit_a_document_some_two_hundred_times(
    profiles: list[Profile], publications: list[Publication]
) -> None:
    hits = sum(naively_holds(rule, publication) for rule in rules(profiles) for publication in publications)
    assert 80 <= hits / DOCUMENTS * 1_000_000 / PROFILES <= 450


def naively_holds(rule: Rule, publication: Publication) -> bool:
    text = f"{publication.title}\n{publication.abstract}"
    if any(str(term) in text for term in rule.none):
        return False
    if rule.ipc and not any(symbol.startswith(pattern[:-1]) for symbol in publication.ipc for pattern in rule.ipc):
        return False
    return all(any(str(term) in text for term in group) for group in rule.groups)


def test_profile_i_depends_on_the_seed_and_i_alone(vocabulary: Vocabulary, profiles: list[Profile]) -> None:
    assert list(decoded(profile_lines(vocabulary, 50))) == profiles[:50]
    others = list(decoded(profile_lines(vocabulary, 50, seed=8)))
    assert others != profiles[:50]


def test_the_same_documents_come_again_for_the_same_seed(stream: Stream, publications: list[Publication]) -> None:
    assert list(stream.publications(50, 300, seed=7)) == publications[:50]
    assert list(stream.publications(50, 300, seed=8)) != publications[:50]


def test_fuzziness_is_set_on_every_profile_and_changes_nothing_else(
    vocabulary: Vocabulary, profiles: list[Profile]
) -> None:
    fuzzy = decoded(profile_lines(vocabulary, 50, fuzziness="normal"))
    for one, other in zip(fuzzy, profiles, strict=False):
        assert one == msgspec.structs.replace(other, fuzziness=Fuzziness.NORMAL)


def test_lots_are_even_and_a_later_start_gives_the_same_rows() -> None:
    drawn = lots(7, 0, 20_000, 8)
    assert np.array_equal(drawn[500:600], lots(7, 500, 100, 8))
    assert drawn.min() >= 0.0
    assert drawn.max() < 1.0
    assert np.histogram(drawn, bins=10)[0] / drawn.size == pytest.approx(0.1, abs=0.005)
    assert abs(np.corrcoef(drawn.T) - np.eye(8)).max() < 0.03
    assert not np.array_equal(drawn[:10], lots(8, 0, 10, 8))
