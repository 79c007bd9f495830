import csv
from pathlib import Path

import pytest

from services.matcher.engine.applicants import fits, keys, pattern_keys


def test_a_name_has_keys_for_its_legal_name_its_group_and_each_short_form() -> None:
    assert keys("中兴通讯股份有限公司") == ("=中兴通讯有限公司", "@中兴通讯", "~中兴通讯", "~中兴")


@pytest.mark.parametrize("name", ["·", "", " - "])
def test_what_is_no_name_fits_nobody(name: str) -> None:
    assert pattern_keys(name) == ()
    assert keys(name) == ()
    assert not fits(name, name)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("华为", "华为技术有限公司"),
        ("Huawei", "华为终端有限公司"),
        ("中兴", "深圳市中兴微电子技术有限公司"),
        ("海尔集团", "青岛海尔滚筒洗衣机有限公司"),
        ("OPPO", "广东欧珀移动通信有限公司"),
        ("tcl", "惠州ＴＣＬ移动通信有限公司"),
        ("小米科技有限公司", "小米科技有限责任公司"),
        ("某某(广州)集团有限公司", "某某（广州）集团股份有限公司"),
        ("中兴通讯股份有限公司", "深圳市中兴通讯股份有限公司"),
        ("深圳市中兴通讯股份有限公司", "中兴通讯股份有限公司"),
        ("国家电网公司", "国家电网有限公司"),
        ("格力钛新能源股份有限公司", "珠海银隆新能源有限公司"),
        ("大疆创新", "深圳市大疆创新科技有限公司"),
        ("顾家家居", "顾家家居股份有限公司"),
        ("伊之密", "广东伊之密精密机械股份有限公司"),
        ("魅惠丹", "会昌魅惠丹贸易有限公司"),
        ("会昌魅惠丹", "会昌魅惠丹贸易有限公司"),
        ("晶科能源有限公司", "??晶科能源有限公司"),
    ],
)
def test_a_pattern_fits_whoever_goes_by_it(pattern: str, name: str) -> None:
    assert fits(pattern, name)
    assert set(pattern_keys(pattern)) & set(keys(name))


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("华为", "佛山市华为家具厂"),
        ("中兴", "日照中兴汽车有限公司"),
        ("格力", "苏州格力士实业有限公司"),
        ("京东", "京东方科技集团股份有限公司"),
        ("京东方", "北京东方计量测试研究所"),
        ("平安", "湖北平安电工实业有限公司"),
        ("中国石油", "中国石油大学（北京）"),
        ("中国石油", "中国石油化工股份有限公司"),
        ("海信", "佛山市粤海信通讯有限公司"),
        ("曙光", "浙江曙光汽车标准件有限公司"),
        ("华为技术有限公司", "华为终端有限公司"),
        ("海尔集团公司", "海尔有限公司"),
        ("为", "华为技术有限公司"),
        ("清华大学", "清华大学深圳研究生院"),
    ],
)
def test_a_pattern_does_not_fit_a_false_friend(pattern: str, name: str) -> None:
    assert not fits(pattern, name)
    assert not set(pattern_keys(pattern)) & set(keys(name))


def test_what_cannot_be_told_from_the_name_fits_until_the_full_name_is_written() -> None:
    """Two companies of one brand of which neither is in a group: the full legal name tells them apart."""
    assert fits("甲乙", "北京甲乙科技有限公司")
    assert fits("甲乙", "上海甲乙机械制造厂")
    assert not fits("北京甲乙科技有限公司", "上海甲乙机械制造厂")


def test_of_companies_that_share_a_brand_those_of_one_group_are_found_and_strangers_hardly_more_than_before() -> None:
    """A random sample of the hardest cases: the brand of one company fits another one of the same gazette issue."""
    lines = (Path(__file__).parent / "data" / "applicant_pairs.tsv").read_text("utf-8").splitlines()
    pairs = list(csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t"))
    fitting = [judgement for pattern, _, name, judgement in pairs if fits(pattern, name)]
    assert len(pairs) >= 200
    assert fitting.count("same") == sum(judgement == "same" for *_, judgement in pairs)
    assert fitting.count("other") <= 170
