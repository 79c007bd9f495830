"""What is known of an applicant: type, country, and which of several values is whose."""

import pytest

from services.ingest.normalise.applicant_types import type_of
from services.ingest.normalise.applicants import applicants_of, completed
from services.ingest.normalise.countries import country_of_address, country_of_name, told_country
from services.ingest.normalise.names import names_of
from shared.wire.publication import Applicant


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("样例电池有限公司", "company"),
        ("样例电力有限公司电力科学研究院", "company"),
        ("样例株式会社", "company"),
        ("样例县样例茶叶专业合作社", "company"),
        ("样例五金制品厂（普通合伙）", "company"),
        ("样例发展公司，有限责任合伙企业", "company"),
        ("深圳供电局", "company"),
        ("INVENTED BATTERY CO., LTD.", "company"),
        ("Invented Holding GmbH", "company"),
        ("样例理工大学", "university"),
        ("样例大学样例校区", "university"),
        ("样例大学（北京）", "university"),
        ("样例大学化学系", "university"),
        ("样例市第一中学", "university"),
        ("INVENTED UNIV", "university"),
        ("INVENTED NATIONAL UNIVERSITY INDUSTRY ACADEMY COOPERATION GROUP", "university"),
        ("INVENTED CENTRAL HOSPITAL", "hospital"),
        ("Invented Institute of Physics", "institute"),
        ("Ministry of Inventions", "government"),
        ("Invented Foundation", "organisation"),
        ("中国科学院样例物理研究所", "institute"),
        ("样例省农业科学院", "institute"),
        ("样例天文台样例观测站", None),
        ("样例市疾病预防控制中心", "institute"),
        ("样例市人民医院（样例医科大学附属医院）", "hospital"),
        ("样例大学附属样例医院", "hospital"),
        ("样例市公安局", "government"),
        ("中国人民解放军00000部队", "government"),
        ("样例区人民政府", "government"),
        ("样例基金会", "organisation"),
        ("甲某某", "person"),
        ("欧阳某某", "person"),
        ("王一厂", "person"),
        ("甲·乙·丙", "person"),
        ("J·某某", "person"),
        ("DOE, Jane Mary", "person"),
        ("样例特纳思科", None),
        ("", None),
    ],
)
def test_a_name_tells_what_its_bearer_is(name: str, kind: str | None) -> None:
    assert type_of(name) == kind


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("法国巴黎", "FR"),
        ("日本国大阪府", "JP"),
        ("印度尼西亚雅加达", "ID"),
        ("印度孟买", "IN"),
        ("英属开曼群岛大开曼", "KY"),
        ("中国台湾新竹市", "TW"),
        ("中国香港九龙", "HK"),
        ("样例路1号", None),
        ("", None),
    ],
)
def test_an_address_abroad_begins_with_its_country(address: str, country: str | None) -> None:
    assert country_of_address(address) == country


@pytest.mark.parametrize(
    ("said", "country"),
    [("US", "US"), ("美国;US", "US"), ("日本", "JP"), ("浙江;33", None), ("XX", None), ("USA", None)],
)
def test_the_sources_own_word_names_a_country(said: str, country: str | None) -> None:
    assert told_country(said) == country


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("中国样例集团", "CN"),
        ("广东样例有限公司", "CN"),
        ("广州市样例有限公司", "CN"),
        ("香港样例大学", "HK"),
        ("韩国样例研究院", "KR"),
        ("大同股份有限公司", None),  # a city of Shanxi, and a firm of Taipei
        ("样例有限公司", None),
    ],
)
def test_a_name_proves_a_country_only_when_it_begins_with_it(name: str, country: str | None) -> None:
    assert country_of_name(name) == country


def test_a_person_called_like_a_province_is_from_nowhere() -> None:
    assert applicants_of(("海南",))[0].country is None


def test_a_single_text_may_hold_a_value_for_each() -> None:
    first, second = applicants_of(("甲公司 | 乙公司",), ("广州市天河区 | 杭州市西湖区",), ("广东;44;浙江;33",))
    assert (first.address, first.region, first.country) == ("广州市天河区", "440106", "CN")
    assert (second.address, second.region) == ("杭州市西湖区", "330106")


def test_a_single_address_or_region_is_the_first_ones() -> None:
    first, second, _ = applicants_of(("甲公司;乙公司;丙公司",), ("510000广州市天河区;北塔",), ("US",))
    assert (first.address, first.postcode) == ("广州市天河区;北塔", "510000")
    assert (second.address, second.region, second.country) == (None, None, None)


def test_values_one_by_one_stay_with_their_applicant_and_doubles_fall_together() -> None:
    people = applicants_of(("甲公司", "", "甲公司", "乙;丙公司"), ("", "无名者的地址", "广州市", "法国巴黎"))
    assert [(one.name, one.address) for one in people] == [("甲公司", None), ("乙;丙公司", "法国巴黎")]


def test_names_are_split_at_bars_and_lines_but_not_at_commas() -> None:
    assert names_of(("DOE, Jane | ROE, John",)) == ("DOE, Jane", "ROE, John")
    assert names_of(("甲\n乙",)) == ("甲", "乙")
    assert names_of(("甲;乙", "丙")) == ("甲;乙", "丙")


def test_what_is_known_of_an_applicant_is_kept_and_what_is_not_is_derived() -> None:
    known = Applicant(name="甲公司", address="广东省广州市天河区", region="440105", country="US")
    assert completed(known) == Applicant(
        name="甲公司", address="广东省广州市天河区", region="440105", type="company", country="US"
    )
