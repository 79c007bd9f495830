import pytest

from services.matcher.checks import check_profile
from shared.wire.profile import Fuzziness, Profile, Rule, Term, TermMatch
from tests.unit.matcher.made import profile


def said(checked: Profile) -> str:
    return "\n".join(f"{'错误' if found.is_error else '提醒'} {found.text}" for found in check_profile(checked))


def test_a_sound_profile_has_nothing_said_about_it() -> None:
    wanted = profile(
        ("固态电池", "半固态"), ("隔膜",), none=("铅酸",), ipc=("H01M10*", "H10K50*"), regions=("4401",), kinds=("A",)
    )
    assert said(wanted) == ""


@pytest.mark.parametrize(
    ("checked", "expected"),
    [
        (profile(("\u200b",)), "错误 第 1 条规则：关键词“\u200b”没有可以匹配的字"),
        (profile(("膜",)), "提醒 第 1 条规则：关键词“膜”只有一个字"),
        (profile(("装置",)), "提醒 第 1 条规则：“装置”几乎每件专利都有"),
        (profile(("固态电池", "电池")), "提醒 第 1 条规则：同一组里“固态电池”已含“电池”"),
        (profile(("LED", "led")), "提醒 第 1 条规则：“LED”和“led”是同一个词"),
        (profile(("电池",), none=("电池",)), "错误 第 1 条规则：第 1 组的关键词都被 none 排除（电池）"),
        (profile(("电池", "电机"), none=("电池",)), "提醒 第 1 条规则：“电池”既是关键词又被 none 排除"),
        (profile(("铅酸电池",), none=("铅酸",)), "提醒 第 1 条规则：none 里的“铅酸”是关键词“铅酸电池”的一部分"),
        (profile(ipc=("锂",)), "错误 第 1 条规则：IPC“锂”不是分类号"),
        (profile(ipc=("H01M10/99999",)), "提醒 第 1 条规则：分类表里没有“H01M10/99999”"),
        (profile(ipc=("Z99Z*", "H99*")), "错误 第 1 条规则：IPC“Z99Z*”不是分类号"),
        (profile(ipc=("H98*",)), "提醒 第 1 条规则：分类表里没有“H98*”"),
        (profile(ipc=("H01M",)), "要包含下级请写“H01M*”"),
        (profile(regions=("广州",)), "错误 第 1 条规则：地区“广州”不是行政区划代码"),
        (profile(regions=("99",)), "错误 第 1 条规则：地区“99”不是行政区划代码"),
        (profile(kinds=("X",)), "错误 第 1 条规则：文献种类“X”不存在"),
        (profile(applicants=("·",)), "错误 第 1 条规则：申请人“·”没有可以匹配的字"),
        (profile((Term(text="电池", match=TermMatch.FUZZY),)), "提醒 模糊匹配还没有启用"),
        (Profile(id="p", rules=(Rule(kinds=("A",)),), fuzziness=Fuzziness.LOOSE), "提醒 模糊匹配还没有启用"),
    ],
)
def test_what_will_not_do_what_its_author_wants_is_said(checked: Profile, expected: str) -> None:
    assert expected in said(checked)
