"""Exports of PatSnap, in both versions of its column names (docs/sources.md, "PatSnap export")."""

from services.ingest.formats.tables.layout import Layout

NAME = "patsnap"

LAYOUT = Layout(
    name=NAME,
    columns={
        "publication_number": ("公开（公告）号",),
        # A translation where there is one: subscribers' words are Chinese.
        "title": ("标题（译）（简体中文）", "标题"),
        "published_on": ("公开（公告）日",),
        "filed_on": ("申请日",),
        "application_number": ("申请号",),
        "abstract": ("摘要（译）（简体中文）", "摘要"),
        "claim": ("首项权利要求（译）（简体中文）", "首项权利要求"),
        # Who applied, as the document says; who owns it today is no fact of the publication, but better than nobody.
        "applicants": (
            "原始申请（专利权）人",
            "[标]原始申请（专利权）人",
            "申请（专利权）人",
            "当前申请（专利权）人",
            "[标]当前申请（专利权）人",
        ),
        "addresses": ("原始申请（专利权）人地址", "申请（专利权）人地址", "当前申请（专利权）人地址"),
        "inventors": ("发明人",),
        "agency": ("代理机构",),
        "ipc": ("IPC主分类号", "IPC分类号"),
        "locarno": ("洛迦诺分类号", "LOC分类号"),
    },
    telltale=(
        "[标]当前申请（专利权）人",
        "当前申请（专利权）人",
        "原始申请（专利权）人",
        "标题（译）（简体中文）",
        "法律状态/事件",
        "简单法律状态",
        "简单同族",
    ),
    others=("序号", "专利类型", "受理局", "INPADOC同族", "DocDB同族", "被引用专利", "专利价值"),
)
