"""What the checks of a profile are told of stored publications is what a run over all of them tells."""

from typing import Any

import pytest

from services.matcher.health import Probes
from services.matcher.lookback import measuring
from services.matcher.lookback.measuring import measured
from services.matcher.lookback.remarks import remarks_on
from services.matcher.rings import Rings
from shared.wire.profile import Profile, Rule, Term, TermMatch
from tests.unit.matcher.lookback.made import past_of, published
from tests.unit.matcher.made import profile

TITLES = ("一种固态电池", "电池组的壳体", "激光电焊机", "手机床头支架", "数控机床", "电池管理系统", "铅酸电池")
UNDATED: dict[int, dict[str, Any]] = {3: {"published_on": None}}
PUBLICATIONS = [published(n, TITLES[n % 7], day=n % 30, **UNDATED.get(n, {})) for n in range(70)]
PAST = past_of(PUBLICATIONS[:30], PUBLICATIONS[30:])
NO_RINGS = Rings()
PROFILES = [
    profile(("电池",), none=("铅酸",)),
    profile(("机床", "光电"), ("支架", "数控")),
    profile(("机床", Term(text="光电", match=TermMatch.ANYWHERE))),
    Profile(id="p", rules=(Rule(groups=(("电池",),), none=("壳体",)), Rule(groups=(("没有的",),)))),
]


@pytest.mark.parametrize("wanted", PROFILES)
def test_counts_are_those_of_a_run_over_everything(wanted: Profile) -> None:
    probes = Probes([wanted], NO_RINGS)
    probes.count(PUBLICATIONS)
    found = measured(wanted, NO_RINGS, PAST)
    assert found is not None
    assert found.publications == probes.measured.publications
    assert found.by_week == probes.measured.by_week
    assert +found.matches[wanted.id] == probes.measured.matches[wanted.id]
    assert +found.counts == probes.measured.counts
    assert set(found.with_field) == set(probes.measured.with_field)


def test_a_sample_that_says_nothing_is_not_taken_for_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "_MOST", 5)
    straddling = past_of([published(n, "手机床头支架") for n in range(50)])
    assert measured(profile(("机床",)), NO_RINGS, straddling) is None


def test_a_keyword_that_mostly_stands_across_other_words_is_remarked_on() -> None:
    past = past_of([published(n, "手机床头支架") for n in range(20)])
    (remark,) = (one for one in remarks_on(profile(("机床",)), NO_RINGS, past) if one.code == "straddling-term")
    assert "有 20 件出现“机床”，只有 0 件算命中" in remark.text
    assert remark.pointer == "/rules/0/groups/0/0"
