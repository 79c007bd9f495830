"""China's divisions: by name, one within the other."""

import pytest

from shared.divisions import below, called, division, meant, named, provinces, search


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("天河", "440106"),
        ("天河区", "440106"),
        ("广州 天河", "440106"),
        ("广州市天河区", "440106"),
        ("Guangdong 广州市天河区", "440106"),
        ("广州", "4401"),
        ("广东", "44"),
        ("guangdong", "44"),
        ("Beijing", "11"),
        ("北京 朝阳", "110105"),
        ("海南省五指山市", "469001"),
        ("萝岗", "440112"),
        ("4401", "4401"),
        ("440106", "440106"),
        ("朝阳", None),
        ("鼓楼区", None),
        ("吉林", None),
        ("亚特兰蒂斯", None),
        ("", None),
        ("<script>", None),
        ("x", None),
    ],
)
def test_what_somebody_types_names_one_place_or_is_left_open(typed: str, code: str | None) -> None:
    one = meant(typed)
    assert (one.code if one else None) == code


def test_what_a_place_is_called_finds_it_again_in_either_language() -> None:
    codes = sorted({code for code, _ in named()})[::67]
    lost = [code for code in codes for language in ("zh", "en") if code not in _codes(called(code, language))]
    assert lost == []


def _codes(text: str) -> list[str]:
    return [one.code for one in search(text, limit=4)]


def test_several_of_one_name_come_the_larger_first() -> None:
    assert [one.called() for one in search("朝阳")] == ["朝阳市", "北京市朝阳区", "朝阳市朝阳县", "长春市朝阳区"]
    assert len(search("朝阳", limit=2)) == 2


def test_places_lie_in_one_another() -> None:
    assert len(provinces()) == 34
    assert [one.short("en") for one in provinces()[:2]] == ["Beijing", "Tianjin"]
    assert "4401" in {one.code for one in below("44")}
    assert "440106" in {one.code for one in below("4401")}
    assert "110105" in {one.code for one in below("11")}, "a municipality's districts lie in no city"
    assert "469001" in {one.code for one in below("46")}, "nor does a county that the province has itself"
    assert below("440106") == ()
    tianhe = division("440106")
    assert tianhe is not None
    assert [one.name for one in tianhe.above] == ["广东省", "广州市"]


@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        ("44", "广东省", "Guangdong"),
        ("440000", "广东省", "Guangdong"),
        ("4401*", "广州市", "Guangdong 广州市"),
        ("440106", "广州市天河区", "Guangdong 广州市天河区"),
        ("110105", "北京市朝阳区", "Beijing 朝阳区"),
        ("99", "99", "99"),
        ("", "", ""),
    ],
)
def test_a_code_is_called_by_its_name(code: str, chinese: str, english: str) -> None:
    assert (called(code), called(code, "en")) == (chinese, english)


def test_a_division_knows_what_was_dissolved_into_it() -> None:
    huangpu = division("440112")
    assert huangpu is not None
    assert (huangpu.name, huangpu.former) == ("黄埔区", ("萝岗区",))
