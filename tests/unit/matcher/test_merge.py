from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from services.matcher.engine.engine import Engine
from services.matcher.engine.index import Index
from services.matcher.engine.merge import merge
from services.matcher.engine.storage import _named
from services.matcher.rings import Rings
from shared.wire.profile import Fuzziness, Profile, Rule, Term, TermMatch
from shared.wire.publication import Publication
from tests.unit.matcher.made import by, compiled, publication, ring, wanting

PUBLICATIONS = [
    publication("一种电池和电机"),
    publication("锂离子动力电池", abstract="马达", ipc=("H01M10/05",), applicants=by()),
    publication("failed节点", claim="1.一种蓄电池"),
    publication("\ud800𠮷", applicants=by("清华大学", "11")),
]
RICH = [
    Profile(
        id="丙",
        name="富",
        rules=(
            Rule(groups=(("电池", Term(text="电机", synonyms=("马达",), weight=0.5)),), none=("铅酸",)),
            Rule(ipc=("H01M*",), applicants=("华为",), regions=("44",), not_ipc=("H01M50*",)),
        ),
        fuzziness=Fuzziness.LOOSE,
    ),
    Profile(
        id="丁", rules=(Rule(groups=(("锂离子电池",), ("电池", "\u200b"))),), fuzziness=Fuzziness.NORMAL, min_score=0.3
    ),
    Profile(id="戊", rules=(Rule(groups=((Term(text="LED", match=TermMatch.ANYWHERE),),)),), fields=("title",)),
    wanting("己", "马达"),
    wanting("庚", "𠮷"),
]


def counted(index: Index, *out: str) -> tuple[Index, NDArray[np.uint8]]:
    """Return an index and which of its profiles count: all but some."""
    ids = index.profiles.ids
    names = [ids.data[a:b].tobytes().decode() for a, b in zip(ids.starts, ids.starts[1:], strict=False)]
    return index, np.array([name not in out for name in names], np.uint8)


def assert_says(index: Index, profiles: Sequence[Profile], rings: Rings) -> None:
    expected = Engine.compile(profiles, rings)
    assert Engine(index).match(PUBLICATIONS) == expected.match(PUBLICATIONS)
    assert [found.names() for found in Engine(index).find(PUBLICATIONS)] == [
        found.names() for found in expected.find(PUBLICATIONS)
    ]
    assert len(Engine(index)) == len(profiles)


@pytest.mark.parametrize("cut", range(6))
def test_what_is_merged_says_the_same_as_what_is_compiled_in_one_go(cut: int) -> None:
    rings = ring("电机", "马达")
    parts = [counted(compiled(*some, rings=rings)) for some in (RICH[:cut], RICH[cut:])]
    assert_says(merge(parts), RICH, rings)
    assert_says(merge(parts[::-1]), RICH, rings)


def test_what_counts_no_longer_is_left_out_with_all_that_nobody_else_uses() -> None:
    rings = Rings()
    merged = merge([counted(compiled(*RICH), "丙", "庚"), counted(compiled(wanting("丙", "电机")))])
    assert_says(merged, [*RICH[1:4], wanting("丙", "电机")], rings)
    clean = compiled(*RICH[1:4], wanting("丙", "电机"))
    assert {name: len(array) for name, array in _named(merged)} == {name: len(array) for name, array in _named(clean)}


def test_what_is_merged_again_and_again_stays_as_it_is() -> None:
    rings = ring("电机", "马达")
    once = merge([counted(compiled(*RICH, rings=rings))])
    again = merge([counted(once), counted(compiled())])
    for (name, one), (_, other) in zip(_named(once), _named(again), strict=True):
        assert np.array_equal(one, other), name


def test_nothing_merged_with_nothing_is_nothing() -> None:
    empty = merge([counted(compiled()), counted(compiled(RICH[0]), "丙")])
    assert Engine(empty).match([Publication(publication_number="1", kind="A", title="电池")]) == [[]]
