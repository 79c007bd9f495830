"""Exports of TRS search systems, among them CNIPR's (docs/sources.md, "CNIPR/TRS export")."""

from services.ingest.formats.tables.layout import Layout

NAME = "cnipr-trs"

LAYOUT = Layout(
    name=NAME,
    columns={
        "publication_number": ("公开（公告）号",),
        "title": ("名称",),
        "published_on": ("公开（公告）日",),
        "filed_on": ("申请日",),
        "application_number": ("申请号",),
        "abstract": ("摘要",),
        "claim": ("主权项",),
        "applicants": ("申请（专利权）人",),
        "addresses": ("地址",),
        "regions": ("国省代码",),
        "inventors": ("发明（设计）人",),
        "agency": ("专利代理机构", "代理机构"),
        "ipc": ("主分类号", "分类号"),
    },
    telltale=("国省代码", "主权项", "发布路径", "申请国代码"),
    others=("专利类型", "主分类号描述", "合并申请人", "代理人", "国际申请", "国际公布", "优先权", "族号", "页数"),
)
