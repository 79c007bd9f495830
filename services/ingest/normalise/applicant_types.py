"""What an applicant is, as far as its name proves it.

In the order of asking: a word that only firms carry decides wherever it stands (``国网江苏省电力有限公司电力科学研究院`` is a part of
a company); then the longest known ending (``供电局 电业局`` before ``局``); what is left and is written like a person's name is a person.
"""

import re

COMPANY = "company"
UNIVERSITY = "university"
INSTITUTE = "institute"
HOSPITAL = "hospital"
GOVERNMENT = "government"
ORGANISATION = "organisation"
PERSON = "person"

_ASIAN_FIRM = re.compile("会社|合伙|两合|控股|주식회사")
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_FIRM = re.compile(
    rf"{_ASIAN_FIRM.pattern}"
    r"|\b(?:inc|ltd|llc|l\.l\.c|corp|corporation|company|limited|gmbh|ag|kg|kgaa|s\.?a|s\.?a\.?s|s\.?a\.?r\.?l|s\.?p\.?a"
    r"|s\.?r\.?l|b\.?v|n\.?v|plc|oyj?|ab|a/s|aps|pty|co|l\.?p|llp|k\.?k|kabushiki kaisha|pte|sdn\.? bhd|holdings?)\b",
    re.IGNORECASE,
)
_SCHOOL = re.compile(r"大学|(?<!科)学院")
_LATIN_WORDS = (
    (HOSPITAL, re.compile(r"\bhospitals?\b|\bclinic\b", re.IGNORECASE)),
    (UNIVERSITY, re.compile(r"\b(?:univ|universit\w+|college|school|hochschule|polytechnic)\b", re.IGNORECASE)),
    (INSTITUTE, re.compile(r"\b(?:inst|institut\w*|academy|laborator\w+|research cent\w+)\b", re.IGNORECASE)),
    (GOVERNMENT, re.compile(r"\b(?:ministry|government|department of|secretary of|agency)\b", re.IGNORECASE)),
    (ORGANISATION, re.compile(r"\b(?:foundation|association|society)\b", re.IGNORECASE)),
)
_BRACKETED_END = re.compile(r"[（(][^（）()]*[）)]\s*$")
_HAN_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ebef]{2,4}")
_TRANSLITERATED = re.compile(r"[\u4e00-\u9fffA-Za-z.·•・．‧∙\- ]+")
_BETWEEN_NAMES = re.compile(r"[·•・．‧∙]|[A-Z]\.")
_LATIN_PERSON = re.compile(r"[A-Z][\w'\-]+,\s?[A-Z][\w'.\-]*(?:\s[A-Z][\w'.\-]*){0,3}")

_ENDINGS = {
    HOSPITAL: """医院 病院 卫生院 保健院 卫生服务中心 门诊部 诊所 卫生所 医疗中心 医学中心 疗养院 防治院 防治所 急救中心 血液中心 血站
        医院分院 医院北院 医院南院""",
    GOVERNMENT: """政府 委员会 管委会 部队 支队 大队 总队 海关 检察院 法院 局 厅 办公室 办事处 派出所 管理处 管理站 国防部 农业部 司法部
        商务部 能源部 交通部 卫生部 政府健康及人类服务部""",
    UNIVERSITY: "大学 学院 学校 中学 小学 分校 校区 高中 附中 一中 二中 三中 四中 幼儿园 党校 学园 职专 技校 大学校 产学协力团 托管委员会 理事会 董事会",
    INSTITUTE: """研究所 研究院 研究室 研究中心 研究分院 科学院 设计院 勘察院 勘查院 勘测院 测绘院 规划院 检验院 检测院 创新院 开发院 技术院
        研发院 调查院 工程院 农科院 林科院 总院 分院 实验室 试验室 植物园 动物园 科研所 设计所 分所 监测所 检测所 检验所 检定所 指导所
        测试所 监督所 情报所 检疫所 鉴定所 推广站 试验站 工作站 监测站 试验场 博物馆 天文台 地震台 气象台 科技馆 研究会 研究机构 科研基地
        中心 研究基地 研究团 农业所 林业所 水产所 地质所""",
    ORGANISATION: "基金会 协会 学会 商会 联合会 促进会 联盟 图书馆 组织 财团 村民委员会 居民委员会 教会 俱乐部 振兴机构",
    COMPANY: """厂 集团 企业 合作社 店 商行 经营部 门市部 批发部 工作室 事务所 工场 制作所 制造所 农场 林场 茶场 养殖场 种植园 种植场 牧场
        渔场 果园 茶园 行号 作坊 加工部 维修部 维修服务部 经营服务部 经销部 经销处 销售部 市部 供电局 电业局 电力局 工程局 设计局 勘察局 矿务局 电站 银行 酒店
        宾馆 饭店 产业 实业 商社 工业 重工 化学 化工 电机 电装 制药 科技 坊 山庄 超市 矿 煤矿 产业基地 美术馆 专业合作社 生态园 家庭农场 乐园""",
}
_KINDS = {ending: kind for kind, listed in _ENDINGS.items() for ending in listed.split()}
_LENGTHS: dict[str, tuple[int, ...]] = {
    last: tuple(sorted({len(ending) for ending in _KINDS if ending[-1] == last}, reverse=True))
    for last in {ending[-1] for ending in _KINDS}
}
"""By the last character, how long endings are, longest first."""

_PERSON = re.compile(rf"[\u3400-\u9fff]{{1,3}}(?![{''.join(_LENGTHS)}])[\u3400-\u9fff]")
_NO_PERSONS = frozenset("司学院社合股")
"""Characters of which one is in every word that makes a short name a firm's or a school's."""

_SHORT_NAME = 3
"""A name of so many characters is a person's even if its last one is an ending (王一厂); not if its last two are."""


def type_of(name: str) -> str | None:
    """Return the type; ``None`` when the name proves none (安纳特思科).

    Returns:
        ``company``, ``university`` (any school), ``institute``, ``hospital``, ``government``, ``organisation`` or ``person``.
    """
    if _PERSON.fullmatch(name) and _NO_PERSONS.isdisjoint(name):  # as most are
        return PERSON
    firm = _FIRM if _LATIN.search(name) else _ASIAN_FIRM
    if "公司" in name or firm.search(name):
        return COMPANY
    core = name if name.isalnum() else _BRACKETED_END.sub("", name).strip() or name
    shortest = 2 if len(core) <= _SHORT_NAME else 1
    for length in _LENGTHS.get(core[-1:], ()):
        if length >= shortest and (kind := _KINDS.get(core[-length:])):
            return kind
    if core.isascii():
        kind = next((kind for kind, word in _LATIN_WORDS if word.search(core)), None)
    else:
        kind = UNIVERSITY if _SCHOOL.search(core) else None
    if kind:
        return kind
    if _HAN_NAME.fullmatch(core) or _LATIN_PERSON.fullmatch(core):
        return PERSON
    return PERSON if _BETWEEN_NAMES.search(core) and _TRANSLITERATED.fullmatch(core) else None
