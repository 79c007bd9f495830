"""The worst that may come: all of it is read, nothing is skipped, and what is made at once stays bounded."""

from itertools import chain

import pytest

from services.matcher.engine import engine as module
from services.matcher.engine.engine import Engine
from services.matcher.engine.evidence import COLUMNS as ROW_COLUMNS
from services.matcher.engine.hold import COLUMNS as MATCH_COLUMNS
from services.matcher.engine.needs import MOST_HITS
from services.matcher.engine.oracle import evaluate
from services.matcher.rings import Rings
from services.matcher.stages import match_batch
from shared.wire.events import MAX_MATCHES_PER_EVENT, PublicationMatched, decode_event
from shared.wire.profile import MAX_TERM_CHARACTERS, Fuzziness, Profile, Rule
from tests.unit.matcher.made import live, profile, publication, wanting
from tests.unit.matcher.test_stages import NOW, received, seen

MANY = 20_000
FILLING = "一种数控机床，包括床身、主轴电机和刀库，所述主轴电机为永磁同步电机。"


def ids(engine: Engine, *titles: str) -> list[list[str]]:
    return [[match.profile_id for match in of_one] for of_one in engine.match([publication(title) for title in titles])]


def test_a_text_of_two_megabytes_is_read_to_its_end() -> None:
    text = FILLING * (700_000 // len(FILLING)) + "钙钛矿电池"
    assert len(text.encode()) > 2_000_000
    wanted = profile(("钙钛矿",), ("电机",))
    (found,) = Engine.compile([wanted]).find([publication(abstract=text)])
    ((match,),) = found.matches()
    of_rare = [hit for hit in match.evidence if hit.term == "钙钛矿"]
    assert [(hit.start, hit.end) for hit in of_rare] == [(len(text) - 5, len(text) - 2)]
    assert len(match.evidence) == 1 + MOST_HITS


def test_a_text_of_two_megabytes_is_searched_for_variants_to_its_end() -> None:
    text = FILLING * (700_000 // len(FILLING)) + "，锂离子动力电池"
    wanted = Profile(id="p", rules=(Rule(groups=(("锂离子电池",),)),), fuzziness=Fuzziness.LOOSE)
    ((match,),) = Engine.compile([wanted]).match([publication(abstract=text)])
    assert [(hit.kind.value, hit.start, hit.end) for hit in match.evidence] == [("fuzzy", len(text) - 7, len(text))]


@pytest.mark.parametrize(
    "text", ["电" * 700_000, "电池" * 350_000, "a" * 2_000_000, "1 " * 500_000, "\ud800" * 700_000]
)
def test_a_monotonous_text_gives_no_more_evidence_than_is_looked_at(text: str) -> None:
    wanted = profile(("电", "电池", "电池电池", "a", "1", "11", "电" * MAX_TERM_CHARACTERS, "\ud800"))
    found = Engine.compile([wanted]).match([publication(claim=text), publication("一种电池")])
    assert [len(of_one) for of_one in found][1] == 1
    assert all(len(match.evidence) <= 8 * MOST_HITS for match in chain.from_iterable(found))


def test_a_profile_of_twenty_thousand_characters_is_what_the_oracle_says() -> None:
    terms = tuple(f"第{number:04}号" + "很长的关键词" * 32 for number in range(100))
    assert sum(map(len, terms)) > 19_000
    wanted = profile(terms, ("电池",), none=terms[50:60])
    for said in ((terms[7],), (terms[7], terms[55]), (terms[99],), ()):
        document = publication("一种电池", abstract="，".join(said))
        specified = evaluate(wanted, document)
        assert Engine.compile([wanted]).match([document]) == [[specified] if specified else []]


def test_one_term_in_all_profiles_is_found_for_all_of_them_once_each() -> None:
    profiles = [
        Profile(
            id=f"p{number:05}", rules=(Rule(groups=(("电池",), (f"词{number}", "机床"))), Rule(groups=(("电池",),)))
        )
        for number in range(MANY)
    ]
    engine = Engine.compile(profiles)
    both_rules, second, none = ids(engine, "机床电池", "一种电池", "一种电机")
    assert sorted(both_rules) == sorted(second) == [one.id for one in profiles]
    assert none == []
    assert ids(engine, "词7和电池")[0][0] == "p00007"


def test_what_twenty_thousand_profiles_find_at_once_is_made_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROOM", 50_000)
    engine = Engine.compile([wanting(f"p{number:05}", "电池") for number in range(MANY)])
    publications = [publication("电池，电池", publication_number=f"CN{number}A") for number in range(10)]
    told = matches = 0
    for found in engine.find(publications):
        arrays = [held for _, held in found._parts]
        room = sum(held.matches.size // MATCH_COLUMNS + held.evidence.size // ROW_COLUMNS for held in arrays)
        assert room <= 50_000 + 3 * MANY
        told += len(found.publications)
        matches += len(found)
    assert (told, matches) == (10, 10 * MANY)


def test_one_publication_that_all_profiles_match_is_told_whole_in_events_of_a_bounded_size() -> None:
    engine = live(*(wanting(f"p{number:05}", "电池") for number in range(MANY)))
    outcomes = list(match_batch(engine, [*seen("电池"), *(received(None) for _ in range(2))], NOW))
    records = [record for outcome in outcomes for _, of_one in outcome.records for record in of_one]
    events = [decode_event(record.value or b"", PublicationMatched) for record in records]
    assert len(events) == MANY // MAX_MATCHES_PER_EVENT
    assert [match.profile_id for event in events for match in event.matches] == [f"p{n:05}" for n in range(MANY)]


def test_a_publication_with_thousands_of_values_is_what_the_oracle_says() -> None:
    symbols = tuple(f"H01M{group}/{sub:02}" for group in range(1, 60) for sub in range(0, 60, 2))
    wanted = profile(ipc=("H01M10*", "H01M*"), not_ipc=("H01L*",))
    document = publication(ipc=symbols)
    specified = evaluate(wanted, document, Rings())
    assert specified is not None
    assert len(specified.evidence) == len(symbols)
    assert Engine.compile([wanted]).match([document]) == [[specified]]
