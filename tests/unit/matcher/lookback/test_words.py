"""Words that belong together, companies, and proposals to tighten a profile."""

import msgspec

from services.matcher.lookback.holders import holder
from services.matcher.lookback.tightening import tighten
from services.matcher.lookback.words import describe, suggest, telling
from services.matcher.rings import Rings
from shared.advice import Related
from shared.wire.profile import Profile
from tests.unit.matcher.lookback.made import past_of, published
from tests.unit.matcher.made import profile, ring

OWN = "广州某某电池有限公司"
BATTERIES = [
    published(
        n,
        f"一种全固态电池的隔膜{n}",
        abstract="含硫化物电解质，用于储能。",
        ipc=("H01M10/0562",),
        by=OWN if n < 12 else "丙丁电池有限公司",
    )
    for n in range(20)
]
CARS = [
    published(
        100 + n, f"汽车座椅的固态电池支架{n}", abstract="座椅设有滑轨。", ipc=("B60N2/00",), by="戊己汽车有限公司"
    )
    for n in range(20)
]
PAST = past_of(BATTERIES, CARS)
NO_RINGS = Rings()


def test_what_belongs_to_a_word_is_told_with_how_and_how_often() -> None:
    found = {
        one.text: (one.related, one.count) for one in suggest(PAST, ["固态电池"], ring("固态电池", "固体电池"), 12)
    }
    assert found["固体电池"] == (Related.SYNONYM, 0)
    assert found["电池"] == (Related.BROADER, 40)
    assert found["全固态电池"] == (Related.NARROWER, 20)
    assert found["汽车座椅"] == found["硫化物电解质"] == (Related.TOGETHER, 20)
    assert "固态电池" not in found


def test_no_more_words_than_asked_for_and_none_for_nothing() -> None:
    assert len(suggest(PAST, ["固态电池"], NO_RINGS, 2)) == 2
    assert suggest(PAST, ["…", "没有这个词"], NO_RINGS, 5) == ()


def test_a_description_gives_its_telling_words_that_are_in_use() -> None:
    texts = [one.text for one in describe(PAST, "我们公司制造固态电池用的硫化物电解质和隔膜，提供服务", 5)]
    assert {"硫化物电解质", "隔膜"} <= set(texts)
    assert not {"我们", "公司", "提供"} & set(texts)


def test_words_that_tell_some_publications_from_all() -> None:
    assert "座椅" in "".join(telling(CARS, 5))
    assert telling([], 5) == []


def test_a_company_has_classes_words_and_others_in_its_field() -> None:
    found = holder(PAST, OWN)
    assert found.publications == 12
    assert [(place.symbol, number) for place, number in found.ipc] == [("H01M10/00", 12)]
    assert found.ipc[0][0].title == "二次电池；及其制造"
    assert found.together == (("丙丁电池有限公司", 8),)
    assert {"隔膜", "硫化物"} & {one.text for one in found.terms}


def test_an_unknown_company_is_known_to_have_nothing() -> None:
    found = holder(PAST, "无名有限公司")
    assert (found.publications, found.ipc, found.terms, found.together) == (0, (), (), ())


def test_proposals_keep_away_what_was_judged_irrelevant_those_that_lose_nothing_first() -> None:
    wanted = profile(("固态电池",))
    bad, good = ([one.publication_number for one in some[:5]] for some in (CARS, BATTERIES))
    found = tighten(PAST, wanted, NO_RINGS, bad, good)
    assert found
    assert found[0].removes == tuple(bad)
    assert found[0].loses == ()
    assert found[0].before.matches == 40
    assert found[0].after.matches == 20
    assert any(one.text.startswith("排除“座椅") for one in found)
    for one in found:
        changed = msgspec.json.decode(one.profile, type=Profile)
        assert changed.id == wanted.id
        assert changed != wanted


def test_there_is_nothing_to_tighten_without_anything_judged_irrelevant() -> None:
    assert tighten(PAST, profile(("固态电池",)), NO_RINGS, [], [BATTERIES[0].publication_number]) == ()
    assert tighten(PAST, profile(("固态电池",)), NO_RINGS, ["CN1A"], []) == ()
