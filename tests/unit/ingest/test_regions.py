import pytest

from services.ingest.normalise.beginnings import cities
from services.ingest.normalise.divisions import build_divisions, divisions
from services.ingest.normalise.places import places
from services.ingest.normalise.regions import BY_MOVE, BY_NAME, BY_PLACE, UNPROVEN, prove, region_of, told_region


@pytest.mark.parametrize(
    ("address", "words", "rule"),
    [
        ("广东省广州市天河区五山路", "广东省广州市天河区", BY_NAME),
        ("广州市天河软件园", "天河软件园", BY_PLACE),
        ("广东省广州市番禺区东涌镇", "东涌镇", BY_MOVE),
        ("法国巴黎", "", UNPROVEN),
    ],
)
def test_a_proof_names_the_words_and_the_table_that_they_were_found_in(address: str, words: str, rule: str) -> None:
    assert prove(address)[1:] == (words, rule)


@pytest.mark.parametrize(
    ("said", "address", "code"),
    [
        ("浙江;33", "", "33"),
        ("440106", "", "440106"),
        ("440100", "", "4401"),
        ("广东省深圳市南山区", "", "440305"),
        ("US", "", None),
        ("9999", "", None),
        # it may go deeper than the address, and corrects what only a place told of
        ("广东省广州市天河区", "广东省广州市", "440106"),
        ("广东省广州市天河区", "广东省广州市科学城", "440106"),
        # it does not outvote a division that the address names
        ("浙江;33", "广东省广州市天河区", "440106"),
        ("44", "广东省广州市天河区", "440106"),
    ],
)
def test_what_the_source_says_of_the_region_adds_to_the_address(said: str, address: str, code: str | None) -> None:
    assert told_region(said, prove(address)).code == code


@pytest.mark.parametrize(
    ("address", "code"),
    [
        # as the gazette writes them
        ("广东省深圳市南山区高新技术产业园科技南路中兴通讯大厦", "440305"),
        ("北京市海淀区中关村大街1号", "110108"),
        ("北京市科创六街88号院6号楼", "11"),
        ("广西壮族自治区柳州市柳邕路269号", "4502"),
        ("新疆维吾尔自治区乌鲁木齐市新市区北京南路946号", "650104"),
        ("海南省澄迈县老城开发区富昌村", "469023"),
        ("江苏省苏州市昆山市玉山镇", "320583"),
        # a level left out, or said twice
        ("江苏昆山市玉山镇水秀路1165号", "320583"),
        ("广东揭阳市榕城区西马西郊学校", "445202"),
        ("上海浦东新区巨峰路2166号", "310115"),
        ("深圳市南山区学苑大道1001号", "440305"),
        ("深圳南山区学苑大道1001号", "440305"),
        ("广东省广州市广州市天河区五山路", "440106"),
        ("重庆市重庆市渝北区", "500112"),
        ("北京市市辖区朝阳区", "110105"),
        ("昆山市玉山镇", "320583"),
        ("中国广东省深圳市福田区", "440304"),
        # province and city of one name
        ("吉林省吉林市昌邑区", "220202"),
        ("吉林市昌邑区", "220202"),
        ("吉林长春市", "2201"),
        # cities without districts
        ("广东省东莞市松山湖大学路一号", "4419"),
        ("广东省中山市东升镇", "4420"),
        ("广东省广州市广州黄埔区云埔四路", "440112"),
        ("山东省青岛市青岛平度市南村镇", "370283"),
        # zones of several districts prove nothing, but are stepped over
        ("广东省广州市高新技术产业开发区", "4401"),
        ("广州高新技术产业开发区", "4401"),
        # zones, towns, roads and campuses of one district
        ("广东省广州市高新技术产业开发区科学城揽月路3号", "440112"),
        ("广州高新技术产业开发区科学城", "440112"),
        ("广东省广州市经济技术开发区永和经济区永顺大道", "440112"),
        ("广东省广州市开发区科丰路", "440112"),
        ("广东省广州市中新广州知识城", "440112"),
        ("广东省广州市南沙经济技术开发区板头管理区", "440115"),
        ("广东省广州市增城经济技术开发区", "440118"),
        ("广东省广州市大学城外环西路", "440113"),
        ("广东省广州市天河软件园", "440106"),
        ("广东省广州市新港西路", "440105"),
        ("广东省广州市增城新塘镇", "440118"),
        ("广东省广州市番禺", "440113"),
        # a road that only sounds like a district, or runs through several
        ("广东省广州市白云路", "440104"),
        ("广东省广州市海珠中路", "440104"),
        ("广东省广州市番禺路", "4401"),
        ("广东省广州市广州大道北", "4401"),
        ("广东省广州市白云机场综合保税区", "4401"),
        # names of two districts prove neither
        ("广东省广州市天河北路与环市东路交界", "4401"),
        # towns that went to another district since
        ("广东省广州市番禺区东涌镇", "440115"),
        ("广东省广州市白云区九佛", "440112"),
        ("广东省广州市芳村区", "440103"),
        ("江苏省南京市江北新区浦口区星甸街道", "320111"),
        ("天津市滨海新区华苑产业区", "120116"),
        ("江苏省苏州市工业园区金鸡湖大道", "3205"),
        # dissolved and renamed divisions
        ("广东省广州市萝岗区科学城", "440112"),
        ("广东省广州市增城市新塘镇", "440118"),
        ("广东省深圳市光明新区公明街道", "440311"),
        ("浙江省宁波市江东区江东北路375号", "330212"),
        ("天津市蓟县侯家营镇", "120119"),
        ("山东省莱芜市莱城区", "370116"),
        ("湖北省襄樊市襄城区", "420602"),
        # never guessed
        ("朝阳区建国路", None),
        ("鼓楼区中山路", None),
        ("广东省汕头市潮阳市", "4405"),
        ("湖南省长沙市长沙经济技术开发区", "4301"),
        ("湖南省长沙市长沙县星沙镇", "430121"),
        ("白云区", None),
        # abroad, and the regions that are provinces in the scheme
        ("日本大阪府", None),
        ("美国加利福尼亚州", None),
        ("法国巴黎", None),
        ("中国台湾新竹市科学工业园区", "71"),
        ("中国香港九龙", "81"),
        ("澳门特别行政区", "82"),
        ("", None),
        (None, None),
    ],
)
def test_a_region_is_the_deepest_division_that_the_address_proves(address: str | None, code: str | None) -> None:
    assert region_of(address) == code


def test_the_table_holds_every_level() -> None:
    tables = divisions()
    assert len(tables.provinces.codes) == 34
    assert len(tables.cities.codes) > 330
    assert len(tables.counties["4401"].codes) >= 11


@pytest.mark.parametrize("rest", ["", "某路1号", "高新区科技园", "市辖区", "县城关镇"])
def test_the_region_is_what_the_proof_says_however_quickly_it_is_found(rest: str) -> None:
    beginnings = divisions().written_out.codes
    assert [one for one in beginnings if region_of(one + rest) != prove(one + rest).code] == []


def test_a_name_of_two_places_stands_for_neither() -> None:
    tables = build_divisions(
        [("44", "广东省"), ("4401", "甲市"), ("440101", "同名区"), ("4402", "乙市"), ("440201", "同名区")]
    )
    assert tables.counties_anywhere.at_start("同名区", 0) is None
    assert tables.counties["4402"].at_start("同名区", 0) == ("440201", 3)


def test_every_place_lies_in_a_division_that_exists() -> None:
    for area, table in places().items():
        assert area in divisions().present
        assert {code for code in table.districts.values() if code} <= set(divisions().present)


@pytest.mark.parametrize("between", ["", "高新技术产业开发区", "保税港区 ", "市辖区", "，"])
def test_a_district_counts_behind_its_city_and_behind_a_zone(between: str) -> None:
    assert [one for one, _, district in _districts(between) if region_of(one) != district] == []


def test_a_district_does_not_count_behind_a_road() -> None:
    assert [one for one, city, _ in _districts("幸福路") if region_of(one) != city] == []


def _districts(between: str) -> list[tuple[str, str, str]]:
    """Return (address, code of its city, code of its district) for every district of the cities that are quickly found."""
    return [
        (f"{city}{between}{district}", code, below)
        for city, code in cities().items()
        for district, below in divisions().counties[code].codes.items()
    ]
