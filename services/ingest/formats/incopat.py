"""Exports of incoPat, in both versions of its column names (docs/sources.md, "incoPat export")."""

from services.ingest.formats.tables.layout import Layout

NAME = "incopat"

LAYOUT = Layout(
    name=NAME,
    columns={
        "publication_number": ("公开（公告）号",),
        "title": ("标题", "标题（中文）"),
        "published_on": ("公开（公告）日",),
        "filed_on": ("申请日",),
        "application_number": ("申请号",),
        "abstract": ("摘要", "摘要（中文）"),
        "claim": ("首项权利要求",),
        "applicants": ("申请人", "标准化申请人"),
        "addresses": ("申请人地址", "中国申请人地址"),
        "regions": ("申请人省市代码",),
        "inventors": ("发明人",),
        "agency": ("代理机构",),
        "ipc": ("IPC主分类", "IPC"),
        "locarno": ("洛迦诺分类号",),
    },
    telltale=("IPC主分类", "申请人省市代码", "首项权利要求", "当前法律状态", "标题（中文）"),
    others=("专利类型", "公开国别", "权利要求数量", "当前权利人", "法律状态", "链接到incoPat"),
)
