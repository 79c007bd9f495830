import pytest

from services.matcher.engine.segment import tokens
from services.matcher.engine.text import normalise, normalise_term
from services.matcher.engine.variants import LONGEST, Level, level_of, similarity, variants_in


def found(term: str, text: str, level: Level = Level.LOOSE) -> list[str]:
    """Return the windows of a text, cut as the matcher cuts it, that are variants of a term."""
    text = normalise(text)
    boundaries = {edge for span in tokens(text) for edge in span}
    return [text[start:end] for start, end in variants_in(text, boundaries, normalise_term(term), level)]


@pytest.mark.parametrize(
    ("term", "text", "window"),
    [
        ("锂离子电池", "一种锂离子动力电池的隔膜", "锂离子动力电池"),
        ("数控机床", "一种数控切削机床", "数控切削机床"),
        ("LED灯", "一种ＬＥＤ路灯", "led路灯"),
        ("包装箱", "一种包装彩箱", "包装彩箱"),
        ("电机转子", "一种电机的转子", "电机的转子"),
        ("便携电源", "一种便携式电源", "便携式电源"),
        ("便携式电源", "一种便携电源", "便携电源"),
        ("路径规划", "机器人的规划路径", "规划路径"),
        ("数据处理", "一种处理数据的方法", "处理数据"),
        ("图像识别", "一种图象识别系统", "图象识别"),
        ("碳纤维", "一种炭纤维布", "炭纤维"),
        ("留置针", "一种流置针固定套", "流置针"),
        ("冷凝器", "一种泠凝器", "泠凝器"),
        ("硅钢片", "一种矽鋼片", "矽钢片"),
        ("Bluetooth模块", "一种Bluetoth模块", "bluetoth模块"),
        ("Bluetooth", "Bluetoooth通信", "bluetoooth"),
        ("Bluetooth", "Bluetooht通信", "bluetooht"),
        ("Bluetooth", "Bluetaoth通信", "bluetaoth"),
        ("Bluetooth", "两个Bluetooths", "bluetooths"),
    ],
)
def test_a_close_variant_is_found_at_normal(term: str, text: str, window: str) -> None:
    assert found(term, text, Level.NORMAL) == [window]


@pytest.mark.parametrize(
    ("term", "text", "window"),
    [
        ("控制系统", "一种控制变系统", "控制变系统"),
        ("驱动电机", "电机驱动的装置", "电机驱动"),
        ("电气元件", "一种电器元件", "电器元件"),
        ("离心机", "一种离心压缩机", "离心压缩机"),
        ("Bluetooth", "Luetooth通信", "luetooth"),
    ],
)
def test_a_distant_variant_is_found_at_loose_only(term: str, text: str, window: str) -> None:
    assert window in found(term, text, Level.LOOSE)
    assert window not in found(term, text, Level.NORMAL)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        pytest.param("锂离子电池", "一种钠离子电池", id="another substance"),
        pytest.param("数控机床", "一种数控车床", id="another machine"),
        pytest.param("硒化物", "一种锡化物", id="another substance of the same sound"),
        pytest.param("步进电机", "一种步进电极", id="another word"),
        pytest.param("5G通信", "一种4G通信", id="another digit"),
        pytest.param("三相电机", "一种两相电机", id="another numeral"),
        pytest.param("MPEG4解码", "一种MPEG2解码", id="another digit in a name"),
        pytest.param("晶硅电池", "一种非晶硅电池", id="a negation before"),
        pytest.param("状对称锥形", "一种状非对称锥形", id="a negation inside"),
        pytest.param("有刷电机", "一种无刷电机", id="a negation exchanged"),
        pytest.param("数据处理", "数据和处理", id="a conjunction"),
        pytest.param("温度控制", "测量温度,控制器工作", id="two clauses"),
        pytest.param("温度控制", "测量温度。控制器", id="two sentences"),
        pytest.param("检测设备", "检测 设备", id="a blank"),
        pytest.param("信息处理", "对信息进行处理", id="a clause with a verb"),
        pytest.param("电池", "电的池", id="a term of two characters"),
        pytest.param("锂离子电池", "一种锂离子新型动力电池", id="four characters inserted"),
        pytest.param("锂离子电池", "一种锂离子电池", id="the term itself"),
        pytest.param("ZigBee", "一种ZigZag", id="two letters"),
        pytest.param("LiFePO4", "一种LiMnPO4", id="a formula"),
        pytest.param("Wi-Fi6", "一种Wi-Fi7", id="a version"),
        pytest.param("数控机床", "数控手机床头", id="an end inside a token"),
        pytest.param("用于检测", "检测用于", id="words of grammar swapped"),
        pytest.param("机械式", "一种机械时", id="a particle for its sound"),
    ],
)
def test_what_says_something_else_is_never_a_variant(term: str, text: str) -> None:
    assert found(term, text) == []


def test_an_insertion_holds_no_letter_or_digit() -> None:
    assert found("图像识别", "图像AI识别") == []
    assert found("abc工业", "abc的工业") == ["abc的工业"]


def test_nothing_is_inserted_into_a_run_of_letters_and_digits() -> None:
    text = "ab的cd"
    assert level_of(text, {0, 2, 3, 5}, 0, 5, "abcd") is None
    assert level_of("abcd", {0, 4}, 0, 4, "ab的cd") is None


def test_terms_longer_than_a_phrase_have_no_variants() -> None:
    term = "电" * LONGEST
    assert level_of("的".join((term[:3], term[3:])), {0, LONGEST + 1}, 0, LONGEST + 1, term) == Level.NORMAL
    assert level_of("的".join((term[:3], term[2:])), {0, LONGEST + 2}, 0, LONGEST + 2, term + "电") is None


def test_what_passes_at_normal_passes_at_loose() -> None:
    assert found("图像识别", "一种图象识别", Level.LOOSE) == found("图像识别", "一种图象识别", Level.NORMAL)


def test_similarity_is_the_share_of_characters_in_order() -> None:
    assert similarity("锂离子电池", "锂离子电池") == 1.0
    assert similarity("锂离子电池", "锂离子动力电池") == 0.8333
    assert similarity("图像识别", "图象识别") == 0.75
