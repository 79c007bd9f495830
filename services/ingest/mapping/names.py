"""How tables call their columns, field by field; written by hand from exports and lists of information centres."""

import re
from functools import cache

from services.ingest.formats.tables.layout import column_name

SYNONYMS: dict[str, tuple[str, ...]] = {
    "publication_number": (
        *("公开（公告）号", "公开号", "公告号", "授权公告号", "公开公告号", "文献号", "公布号", "专利文献号"),
        *("Publication Number", "Publication No", "Pub No", "Patent Number", "Document Number"),
    ),
    "application_number": (
        *("申请号", "专利申请号", "申请（专利）号", "专利号", "专利申请号/专利号"),
        *("Application Number", "Application No", "Appl No"),
    ),
    "title": (
        *("标题", "名称", "发明名称", "专利名称", "专利标题", "题名", "发明创造名称", "标题（中文）"),
        *("Title", "Invention Title"),
    ),
    "abstract": ("摘要", "摘要（中文）", "专利摘要", "说明书摘要", "Abstract"),
    "claim": ("首项权利要求", "主权项", "独立权利要求", "权利要求", "主权利要求", "First Claim", "Claim"),
    "published_on": (
        *("公开（公告）日", "公开日", "公告日", "授权公告日", "公开公告日", "授权日", "公布日"),
        *("Publication Date", "Pub Date", "Grant Date"),
    ),
    "filed_on": ("申请日", "申请日期", "专利申请日", "Application Date", "Filing Date"),
    "applicants": (
        *("申请（专利权）人", "申请人", "专利权人", "权利人", "申请人名称", "专利权人名称", "当前权利人", "企业名称"),
        *("Applicant", "Applicants", "Assignee"),
    ),
    "addresses": ("地址", "申请人地址", "专利权人地址", "权利人地址", "通讯地址", "Address"),
    "regions": ("国省代码", "申请人省市代码", "省市代码", "行政区划", "所在区", "区域", "行政区划代码"),
    "inventors": ("发明人", "发明（设计）人", "设计人", "Inventor", "Inventors"),
    "agency": ("代理机构", "专利代理机构", "代理公司", "Agency", "Agent"),
    "ipc": (
        *("IPC主分类", "IPC主分类号", "主分类号", "IPC", "IPC分类号", "分类号", "国际分类号", "国际专利分类号"),
        *("I P C", "Int.Cl.", "IPC Classification"),
    ),
    "locarno": ("洛迦诺分类号", "外观设计洛迦诺分类号", "外观分类号", "Locarno"),
    "kind": ("文献种类代码", "种类码", "文献类型代码", "Kind", "Kind Code"),
}

_WORD = re.compile(r"[^a-z\u4e00-\u9fff]+")
_SURE, _LIKELY = 1.0, 0.6


@cache
def _by_name() -> dict[str, tuple[str, float]]:
    """Return column name → (field, how much earlier than others it is preferred)."""
    return {column_name(name): (field, -at / 100) for field, names in SYNONYMS.items() for at, name in enumerate(names)}


def fields_of(name: str) -> dict[str, float]:
    """Return the fields that a column of this name may hold, with how sure its name makes that (0 … 1)."""
    told = column_name(name)
    if known := _by_name().get(told):
        return {known[0]: _SURE + known[1]}
    bare = _WORD.sub("", told)
    found: dict[str, float] = {}
    for one, (field, _) in _by_name().items():
        if (word := _WORD.sub("", one)) and bare and (word in bare or (len(bare) > 1 and bare in word)):
            share = min(len(word), len(bare)) / max(len(word), len(bare))
            found[field] = max(found.get(field, 0.0), _LIKELY * share)
    return found
