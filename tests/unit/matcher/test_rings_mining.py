"""The miner finds what publications define, and cuts the terms where they begin."""

import pytest

from services.matcher.rings import Ring, Rings
from services.matcher.rings.mining.choice import Candidate, choose
from services.matcher.rings.mining.definitions import definitions
from services.matcher.rings.mining.long_form import is_abbreviation, is_formula, is_long_form, letters_of, singular
from services.matcher.rings.mining.miner import Miner
from services.matcher.rings.mining.proposal import Proposal, marked
from services.matcher.rings.mining.runs import candidates, is_term
from shared.wire.publication import Publication

NO_RINGS = Rings()


def publication(number: int, abstract: str, title: str = "一种装置") -> Publication:
    return Publication(publication_number=f"CN{number}A", kind="A", title=title, abstract=abstract)


def mined(*abstracts: str, rings: Rings = NO_RINGS, least: int = 1) -> list[Proposal]:
    publications = [publication(number, abstract) for number, abstract in enumerate(abstracts)]
    miner = Miner(rings)
    miner.read(publications)
    miner.count(publications)
    return miner.proposals(least_publications=least)


@pytest.mark.parametrize(
    "text", ["LED", "OLED", "mRNA", "LiDAR", "PD-1", "GLP-1", "CO2", "NaOH", "V2O5", "COVID-19", "5-FU"]
)
def test_abbreviations_and_formulae_are_told(text: str) -> None:
    assert is_abbreviation(text)


@pytest.mark.parametrize(
    "text",
    ["A", "R1", "VT2", "BX08", "SNY-550", "mm", "MHz", "III", "IV", "7-8KW", "L/D", "Vin", "led", "10", "发光", "S101"],
)
def test_reference_signs_units_numerals_and_models_are_no_abbreviations(text: str) -> None:
    assert not is_abbreviation(text)


def test_a_formula_has_element_symbols_and_more_than_capitals() -> None:
    assert [is_formula(text) for text in ("CO2", "NaOH", "PCB", "LED", "BX08")] == [True, True, False, False, False]


def test_the_plural_and_the_number_of_words_of_an_abbreviation() -> None:
    assert [singular(text) for text in ("LEDs", "GaAs", "NCs")] == ["LED", "GaAs", "NC"]
    assert [letters_of(text) for text in ("LED", "mRNA", "ai", "VCSEL")] == [3, 3, 2, 5]


@pytest.mark.parametrize(
    ("long", "short", "fits"),
    [
        ("Light Emitting Diode", "LED", True),
        ("light-emitting diode", "LED", True),
        ("Universal Serial Bus", "USB", True),
        ("Heat Shock Transcription Factor", "HSF", True),
        ("Liquid Crystal Display", "LED", False),
        ("blue Light Emitting Diode", "LED", False),
        ("Light", "L", False),
        ("the method of emitting all the light of every diode", "LED", False),
    ],
)
def test_a_long_form_holds_the_letters_in_order_and_begins_with_the_first(long: str, short: str, fits: bool) -> None:  # noqa: FBT001
    assert is_long_form(long, short) is fits


@pytest.mark.parametrize(
    ("text", "longest"),
    [
        ("本发明公开了一种发光二极管", "发光二极管"),
        ("以及第一晶体管", "晶体管"),
        ("质量比为5份柠檬酸", "柠檬酸"),
        ("溶于N,N-二甲基甲酰胺", "N,N-二甲基甲酰胺"),
        ("包括演进节点B", "演进节点B"),
        ("电池；正极", "正极"),
    ],
)
def test_a_run_begins_after_the_last_word_that_no_term_holds(text: str, longest: str) -> None:
    assert text[candidates(text, len(text))[0].start :] == longest


@pytest.mark.parametrize("text", ["包括", "一种", "12", "LED", "", "，"])
def test_where_nothing_can_be_a_term_there_is_no_run(text: str) -> None:
    assert candidates(text, len(text)) == ()


def test_a_name_of_one_clause_that_says_something_is_a_term() -> None:
    said = {text: is_term(text) for text in ("水分保持剂", "装置", "电池的正极", "甲，乙二")}
    assert said == {"水分保持剂": True, "装置": False, "电池的正极": False, "甲，乙二": False}


@pytest.mark.parametrize(
    ("text", "term", "names"),
    [
        ("一种发光二极管（LED）灯具", "发光二极管", ("LED",)),
        ("一种发光二极管(英文缩写：LED)", "发光二极管", ("LED",)),
        ("发光二极管（Light Emitting Diode，LED）", "发光二极管", ("LED", "Light Emitting Diode")),
        ("采用LED（Light Emitting Diode，发光二极管）照明", "发光二极管", ("LED", "Light Emitting Diode")),
        ("采用LEDs（发光二极管）照明", "发光二极管", ("LED",)),
        ("一种热收缩聚酯薄膜（以下简称“热收缩膜”）", "热收缩聚酯薄膜", ("热收缩膜",)),
        ("双声道耳机（又称立体声耳机）", "双声道耳机", ("立体声耳机",)),
        ("过氧化氢又称双氧水。", "过氧化氢", ("双氧水",)),
        ("聚四氟乙烯，俗称特氟龙，是一种高分子", "聚四氟乙烯", ("特氟龙",)),
        ("聚酰胺66（PA66）", "聚酰胺66", None),
    ],
)
def test_definitions_are_read(text: str, term: str, names: tuple[str, ...] | None) -> None:
    found = list(definitions(text))
    if names is None:
        assert found == []
        return
    assert [one.names for one in found] == [names]
    assert text[found[0].runs[0].start : found[0].term_end] == term


@pytest.mark.parametrize(
    "text",
    [
        "壳体（10）和盖板（11）",
        "加入Ca(OH)2溶液",
        "能够制造收缩应变少（即增强效果大）的水泥",
        "石墨烯是一种二维材料，又称单层石墨。",
        "电流（A）、电压（kV）",
        "发光二极管（Liquid Crystal Display，LED）",
        "USB（接口）",
        "USB（10）",
        "电池（正极，负极）",
    ],
)
def test_what_defines_nothing_is_passed_over(text: str) -> None:
    assert list(definitions(text)) == []


def test_a_bracket_that_ends_a_title_holds_a_model() -> None:
    assert list(definitions("蓝牙耳机（ANC）", is_title=True)) == []
    assert len(list(definitions("一种发光二极管（LED）灯具", is_title=True))) == 1


def test_the_longest_run_on_which_publications_agree_is_the_term() -> None:
    (found,) = mined(
        "公开了一种有机发光二极管（OLED）。", "涉及有机发光二极管（OLED）显示。", "一种柔性有机发光二极管（OLED）"
    )
    assert (found.members, found.publications, found.occurrences) == (("有机发光二极管", "OLED"), 3, 3)
    assert found.examples[0].text == "公开了一种【有机发光二极管】（【OLED】）。"


def test_a_suffix_that_begins_nowhere_is_not_agreed_on() -> None:
    assert {one.members for one in mined("具有再分布层（RDL）。", "以及重分布层（RDL）。")} == {
        ("再分布层", "RDL"),
        ("重分布层", "RDL"),
    }


def test_letters_tell_how_long_the_term_of_a_single_publication_is() -> None:
    assert [one.members for one in mined("用于治疗人类免疫缺陷病毒（HIV）感染")] == [("人类免疫缺陷病毒", "HIV")]
    assert mined("事件的加载（ETLX）") == []


def test_a_term_of_a_ring_is_known_and_not_proposed() -> None:
    rings = Rings([Ring(id="1", members=("聚乙烯醇", "PVA"))])
    publications = [publication(1, "一种水溶性聚乙烯醇（PVA）纤维")]
    miner = Miner(rings)
    miner.read(publications)
    miner.count(publications)
    assert (miner.proposals(), miner.known) == ([], 1)


def test_two_letters_need_two_publications() -> None:
    assert mined("开关的反应室（RC）") == []
    assert [one.members for one in mined("多个用户设备（UE）", "向用户设备（UE）发送")] == [("用户设备", "UE")]


def test_what_too_few_publications_say_is_left_out() -> None:
    assert mined("一种形状记忆合金（SMA）线", least=2) == []


def test_other_meanings_of_a_name_are_told() -> None:
    found = mined("一种形状记忆合金（SMA）线", "采用表面贴装适配器（SMA）")
    assert {one.members[0]: one.rivals for one in found} == {
        "形状记忆合金": ("表面贴装适配器",),
        "表面贴装适配器": ("形状记忆合金",),
    }


def test_modifiers_go_to_the_term_that_more_publications_say() -> None:
    found = mined("一种城市固体废物（MSW）。", "一种固体废物（MSW）。", "所述固体废物（MSW）", "的固体废物（MSW）")
    assert [(one.members, one.publications) for one in found] == [(("固体废物", "MSW"), 4)]


def test_nothing_is_proposed_of_nothing() -> None:
    assert mined() == mined("没有定义") == []


def test_a_formula_goes_with_the_free_run() -> None:
    known = "氧化钙用于建材。一种氧化钙。固体氧化钙（CaO）接触"
    assert [one.members for one in mined(known)] == [("氧化钙", "CaO")]


def test_nothing_likely_is_not_chosen() -> None:
    run = candidates("加载", 2)[0]
    assert choose([Candidate("加载", run, 1, is_free=False)], "ABCDE", lambda _term, _name: False) is None


def test_marks_never_overlap_and_each_term_is_marked_once() -> None:
    assert marked("发光二极管（LED）和LED", ("发光二极管", "LED", "二极管")) == "【发光二极管】（【LED】）和LED"
    assert marked("甲", ("乙",)) == "甲"
