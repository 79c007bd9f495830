"""Exports of CNIPA's patent search and analysis system (docs/sources.md, "PSS export")."""

import re
from typing import TYPE_CHECKING

from services.ingest.formats.tables.layout import Layout
from services.ingest.normalise.numbers import WrongRecordError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.ingest.formats.tables.layout import Texts

NAME = "pss"

_AND = re.compile(r"\s*[;；]\s*")
_AGENCY_CODE = re.compile(r"\s+[0-9]{5}$")


def _publications(texts: "Texts") -> "Iterator[Texts]":
    """Yield one record for each publication of the application: ``CN1…A;CN1…B`` with ``2016.12.14;2018.06.15``."""
    if "agency" in texts:
        texts["agency"] = _AGENCY_CODE.sub("", texts["agency"].strip())
    numbers = [one for one in _AND.split(texts.get("publication_number", "").strip()) if one]
    if len(numbers) <= 1:
        yield texts
        return
    days = [one for one in _AND.split(texts.get("published_on", "").strip()) if one]
    if days and len(days) != len(numbers):
        raise WrongRecordError(
            "bad-date", f"这一行有 {len(numbers)} 个公开（公告）号，却有 {len(days)} 个日期，配不起来；请核对原始数据。"
        )
    for at, number in enumerate(numbers):
        yield {**texts, "publication_number": number, "published_on": days[at] if days else ""}


LAYOUT = Layout(
    name=NAME,
    columns={
        "publication_number": ("公开（公告）号",),
        "title": ("发明名称",),
        "published_on": ("公开（公告）日",),
        "filed_on": ("申请日",),
        "application_number": ("申请号",),
        "abstract": ("摘要",),
        "applicants": ("申请（专利权）人",),
        "addresses": ("申请人地址", "申请人邮编"),
        "regions": ("申请人所在国（省）",),
        "inventors": ("发明人",),
        "agency": ("代理机构",),
        "ipc": ("IPC分类号",),
        "locarno": ("外观设计洛迦诺分类号",),
    },
    telltale=("发明名称",),
    others=("优先权号", "优先权日", "代理人", "文献类型", "ECLA分类号", "UC分类号", "FI分类号", "FT分类号"),
    finish=_publications,
)
