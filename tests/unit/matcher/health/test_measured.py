"""What stored publications tell."""

from datetime import date, timedelta

import pytest

from services.matcher.health import Code, Finding, Knowledge, Measured, Probes, check_profile, health
from services.matcher.health import measured as measuring
from services.matcher.health import stored as storing
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication
from tests.unit.matcher.made import profile, publication

MONDAY = date(2019, 7, 8)


@pytest.fixture(autouse=True)
def _few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "ENOUGH", 20)
    monkeypatch.setattr(storing, "ENOUGH_PUBLICATIONS", 20)


def stream(*titles: str, weeks: int = 1, **fields: str) -> list[Publication]:
    return [
        publication(
            title, publication_number=f"CN{week}{n}A", published_on=MONDAY + timedelta(weeks=week, days=1), **fields
        )
        for week in range(weeks)
        for n, title in enumerate(titles)
    ]


def measure(wanted: Profile, publications: list[Publication]) -> Measured:
    probes = Probes([wanted])
    probes.count(publications[:7])
    probes.count(publications[7:])
    return probes.measured


def told(wanted: Profile, publications: list[Publication]) -> dict[Code, Finding]:
    known = Knowledge.of([wanted], measured=measure(wanted, publications))
    return {finding.code: finding for finding in check_profile(wanted, known)}


def test_alerts_a_week_are_counted_not_estimated() -> None:
    wanted = profile(("电机",))
    counted = measure(wanted, stream(*["一种电机"] * 3, *["一种水杯"] * 17, weeks=2))
    _, volume = health(wanted, Knowledge.of([wanted], measured=counted))
    assert (volume.a_week, volume.is_counted) == (3, True)
    assert counted.matches["p"] == {MONDAY: 3, MONDAY + timedelta(weeks=1): 3}


def test_a_few_publications_do_not_replace_the_statistics() -> None:
    wanted = profile(("电机",))
    _, volume = health(wanted, Knowledge.of([wanted], measured=measure(wanted, stream("一种电机"))))
    assert not volume.is_counted


def test_a_week_of_stragglers_does_not_halve_the_mean() -> None:
    wanted = profile(("电机",))
    stray = publication("一种电机", publication_number="CN9A", published_on=MONDAY - timedelta(weeks=9))
    undated = publication("一种电机", publication_number="CN8A")
    counted = measure(wanted, [*stream(*["一种电机"] * 20), stray, undated])
    assert (counted.full_weeks, counted.alerts_a_week("p"), counted.publications_a_week) == ([MONDAY], 20, 20)


def test_the_stream_that_is_expected_scales_what_was_counted() -> None:
    wanted = profile(("电机",))
    counted = measure(wanted, stream(*["一种电机"] * 20))
    _, volume = health(wanted, Knowledge.of([wanted], measured=counted, publications_a_week=200))
    assert volume.a_week == 200


def test_an_exclusion_that_eats_nearly_everything_is_told_with_its_share() -> None:
    found = told(profile(("电机",), none=("转子",)), stream(*["电机的转子"] * 18, *["一种电机"] * 2))
    assert found[Code.WIDE_EXCLUSION].numbers == {"found": 20, "excluded": 18, "part": 0.9}
    assert "none 排除了其中 18 件（90%）" in found[Code.WIDE_EXCLUSION].text


def test_a_term_that_mostly_stands_across_words_is_told_with_its_counts() -> None:
    found = told(profile(("机床",)), stream(*["一种手机床头支架"] * 18, *["一种机床"] * 4))
    assert found[Code.STRADDLING_TERM].numbers == {"held": 22, "counted": 4}


def test_a_term_that_nobody_ever_wrote_is_told() -> None:
    found = told(profile(("凰鹂螭", "电机")), stream(*["一种电机"] * 20))
    assert "从未出现“凰鹂螭”" in found[Code.UNSEEN_TERM].text


def test_a_term_that_others_wrote_is_not_called_unseen() -> None:
    assert Code.UNSEEN_TERM not in told(profile(("钙钛矿", "电机")), stream(*["一种电机"] * 20))


def test_fields_that_no_publication_has_are_told() -> None:
    wanted = Profile(id="p", rules=(Rule(groups=(("电机",),)),), fields=("abstract", "claim"))
    assert "都没有摘要、权利要求" in told(wanted, stream(*["一种电机"] * 20))[Code.MISSING_FIELD].text
    assert Code.MISSING_FIELD not in told(wanted, stream(*["一种电机"] * 20, abstract="一种电机"))


def test_a_profile_that_nothing_matched_for_weeks_is_told() -> None:
    assert Code.SILENCE in told(profile(("电机",), ("水杯",)), stream(*["一种电机"] * 20, weeks=4))
    assert Code.SILENCE not in told(profile(("电机",), ("水杯",)), stream(*["一种电机"] * 20, weeks=3))


def test_a_flood_that_was_counted_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.matcher.health.floods.FLOOD_A_WEEK", 15)
    found = told(
        profile(
            ("电机", "隔膜"),
        ),
        stream(*["一种电机"] * 20),
    )
    assert found[Code.FLOOD].term == "电机"
    assert found[Code.FLOOD].text.startswith("按已入库的公开估计每周约 20 件")
    assert "只看标题" not in found[Code.FLOOD].text  # nothing but titles came in
