"""The kinds of text that group robots take.

Source: WeCom https://developer.work.weixin.qq.com/document/path/91770; DingTalk's and Feishu's guides to custom robots.
"""

from typing import TYPE_CHECKING

from services.notifier.templates.markup import (
    Form,
    bare_link,
    json_bytes,
    marked_title,
    no_tags,
    same,
)

if TYPE_CHECKING:
    from shared.wording.items import Item

_COLUMNS = ("公开号", "标题", "申请人", "类型", "为什么收到")
POST_LINE_BYTES = 40
"""What a line of a Feishu post takes beside its text: an array, an object, two names."""


def _row(form: Form, item: "Item") -> str:
    told_for = f"订阅：{item.told_for}" if item.told_for else ""
    facts = " · ".join(filter(None, (*item.facts, item.happened, told_for)))
    texts = (item.applicants, facts, "；".join(item.whys))
    return _cells(form.strong(form.escape(item.number)), marked_title(form, item), *map(form.escape, texts))


def _brief_row(form: Form, number: str, title: str) -> str:
    return _cells(form.strong(number), title, "", "", "")


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _post_bytes(text: str) -> int:
    return json_bytes(text) + POST_LINE_BYTES * text.count("\n")


def _warning(text: str) -> str:
    return f'<font color="warning">{text}</font>'


def _comment(text: str) -> str:
    return f'<font color="comment">{text}</font>'


def _orange(text: str) -> str:
    return f"<font color='orange'>{text}</font>"


def _grey(text: str) -> str:
    return f"<font color='grey'>{text}</font>"


WECOM_MARKDOWN = Form(msgtype="markdown", limit=3800, hit=_warning, quiet=_comment)
WECOM_TABLE = Form(
    msgtype="markdown_v2",
    limit=3800,
    line="\n\n",
    separator="\n",
    lead=f"\n\n{_cells(*_COLUMNS)}\n{_cells(*(':---' for _ in _COLUMNS))}\n",
    item=_row,
    brief=_brief_row,
)
WECOM_TEXT = Form(msgtype="text", limit=1900, escape=no_tags, hit=same, strong=same, link=bare_link, quote="")
DINGTALK_MARKDOWN = Form(msgtype="markdown", limit=18_000, measure=json_bytes, line="  \n")
DINGTALK_TEXT = Form(
    msgtype="text", limit=18_000, measure=json_bytes, escape=same, hit=same, strong=same, link=bare_link, quote=""
)
FEISHU_CARD = Form(msgtype="interactive", limit=18_000, measure=json_bytes, hit=_orange, quiet=_grey, quote="")
FEISHU_POST = Form(
    msgtype="post", limit=18_000, measure=_post_bytes, escape=same, hit=same, strong=same, link=bare_link, quote=""
)
FEISHU_TEXT = Form(
    msgtype="text", limit=18_000, measure=json_bytes, escape=no_tags, hit=same, strong=same, link=bare_link, quote=""
)
