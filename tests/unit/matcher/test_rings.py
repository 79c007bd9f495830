"""Synonym rings: found by any spelling, and sound."""

import pytest

from services.matcher.engine.text import normalise_term
from services.matcher.rings import Ring, Rings, synonyms_of
from services.matcher.rings.check import check_rings, is_too_short
from services.matcher.rings.files import parse_rings
from services.matcher.rings.ring import ring_id
from shared.errors import FutureSchemaError, InvalidInputError

HEADER = b'{"format":"zhitui-rings","version":1}\n'


def ring(*members: str, name: str = "t-1", extends: str = "", reasons: dict[str, str] | None = None) -> Ring:
    return Ring(id=name, members=members, extends=extends, reasons=reasons or {})


def test_the_shipped_rings_are_sound_and_many() -> None:
    assert check_rings(Rings.shipped().rings) == []
    assert len(Rings.shipped()) >= 500


def test_every_shipped_member_finds_all_others_of_its_ring() -> None:
    for one in Rings.shipped().rings:
        for member in one.members:
            assert set(synonyms_of(member)) >= {m for m in one.members if m != member}


@pytest.mark.parametrize(
    ("term", "synonym"),
    [
        ("发光二极管", "LED"),
        ("磷酸铁锂", "LiFePO4"),
        ("磷酸铁锂", "LFP"),
        ("电动机", "马达"),
        ("锂电池", "锂离子电池"),
        ("ＬＥＤ", "发光二极管"),
        ("lifepo₄", "磷酸铁锂"),
        ("鋰電池", "锂离子电池"),
    ],
)
def test_well_known_synonyms_are_found_in_any_spelling(term: str, synonym: str) -> None:
    assert synonym in synonyms_of(term)


@pytest.mark.parametrize("term", ["电池", "电机", "PC", "GaN", "5G", "ADC", "", " "])
def test_wider_words_and_ambiguous_abbreviations_have_no_synonyms(term: str) -> None:
    assert synonyms_of(term) == ()


@pytest.mark.parametrize(
    "pair", [("锂离子电池", "钠离子电池"), ("粘合剂", "粘结剂"), ("电动机", "发电机"), ("断路器", "继电器")]
)
def test_related_terms_are_no_synonyms(pair: tuple[str, str]) -> None:
    assert pair[1] not in synonyms_of(pair[0])


def test_a_term_of_two_rings_has_the_others_of_both_in_file_order_none_twice() -> None:
    rings = Rings([ring("甲二", "乙二", "丙二", name="1"), ring("丁二", "甲二", "乙二", name="2")])
    assert rings.synonyms_of("甲二") == ("乙二", "丙二", "丁二")
    assert [one.id for one in rings.of_term("甲二")] == ["1", "2"]
    assert rings.of_term("戊二") == ()


def test_a_ring_that_extends_another_joins_it() -> None:
    base, more = ring("电动机", "马达", name="1"), ring("马达", "摩打", name="2", extends="1", reasons={"摩打": "粤语"})
    (joined,) = Rings([base, more]).rings
    assert joined.members == ("电动机", "马达", "摩打")
    assert joined.reasons == {"摩打": "粤语"}
    assert [one.members for one in Rings([more]).rings] == [("马达", "摩打")]


def test_the_fingerprint_changes_with_the_members_alone() -> None:
    rings = [ring("甲二", "乙二"), ring("丙二", "丁二", name="t-2")]
    same = [Ring(id="x", members=("甲二", "乙二"), note="其他说明"), rings[1]]
    assert Rings(rings).fingerprint == Rings(same).fingerprint
    assert len({Rings(some).fingerprint for some in (rings, rings[:1], rings[::-1], [])}) == 4


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (ring("甲二"), "不足两个"),
        (ring("LED", "ＬＥＤ", "发光二极管"), "写了 2 次"),
        (ring("甲二", " "), "空白"),
        (ring("甲二", "乙" * 201), "超过 200 个字"),
        (ring("人工智能", "AI"), "太短"),
        (ring("混凝土", "砼"), "太短"),
        (ring("人工智能", "AI", reasons={"AI": " "}), "太短"),
        (ring("甲二", "乙二", reasons={"丙二": "无"}), "不是这个词环的词"),
        (ring("甲二", "乙二", name=" "), "编号"),
        (ring("甲二", "乙二", extends="0"), "不存在"),
        (ring("甲二", "乙二", extends="t-1"), "不存在"),
        (ring("马达", "摩打"), "也在词环 K1（电动机 = 马达）里"),
        (ring("甲二", "乙二", name="K1"), "不止一个"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_in_words(bad: Ring, says: str) -> None:
    faults = check_rings([bad], known=[ring("电动机", "马达", name="K1")])
    assert any(says in fault.text and fault.ring == bad.id for fault in faults)


@pytest.mark.parametrize(
    "good",
    [
        ring("人工智能", "ai", reasons={"AI": "没有别的意思"}),
        ring("马达", "摩打", extends="K1"),
        ring("马达", "摩打", reasons={"马达": "地名之外"}),
    ],
    ids=str,
)
def test_a_reason_or_an_extension_allows_what_is_refused_otherwise(good: Ring) -> None:
    assert check_rings([good], known=[ring("电动机", "马达", name="K1")]) == []


def test_two_extensions_of_one_ring_may_share_a_term_with_it() -> None:
    known = [ring("电动机", "马达", name="K1")]
    assert (
        check_rings([ring("马达", "摩打", extends="K1"), ring("马达", "达达", name="t-2", extends="K1")], known) == []
    )


def test_two_ideographs_are_long_enough_and_two_letters_are_not() -> None:
    assert [is_too_short(text) for text in ("马达", "ai", "5g", "砼", "led", "x光")] == [
        False,
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_mined_ring_has_the_same_id_in_any_order_and_spelling() -> None:
    assert ring_id(("LED", "发光二极管")) == ring_id(("发光二极管", "ｌｅｄ"))
    assert ring_id(("LED", "发光二极管")) != ring_id(("LED", "二极管"))


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "不认识"),
        (b"{}\n", "不认识"),
        (b'{"id":"1","members":["a","b"]}', "不认识"),
        (b"\xff", "不认识"),
        (HEADER + b'{"id":"1"}', "第 2 行"),
        (HEADER + b'{"id":"1","members":[],"x":1}', "第 2 行"),
    ],
)
def test_a_line_that_is_no_ring_is_named(raw: bytes, says: str) -> None:
    with pytest.raises(InvalidInputError, match=says):
        parse_rings(raw, "f")


def test_a_file_of_a_later_version_is_refused() -> None:
    with pytest.raises(FutureSchemaError, match="升级"):
        parse_rings(b'{"format":"zhitui-rings","version":2}\n', "f")


def test_no_shipped_member_has_blanks_at_its_ends() -> None:
    for one in Rings.shipped().rings:
        assert all(member == member.strip() and normalise_term(member) for member in one.members)
