"""Robots' messages as a page: taken from the stand-ins of the vendors, drawn roughly as their clients do.

What is drawn is what goes over the wire; colours and bubbles are this page's own. Only what Zhitui uses of each vendor's markdown
is known here.
"""

import re
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from services.demo.wecom_markdown import as_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shared.testing.vendor import Accepted

_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><style>
*{{box-sizing:border-box}} body{{margin:0;padding:20px;background:#eef1f5;color:#1c2430;font:14px/1.6 "Noto Sans CJK SC",sans-serif}}
main{{display:flex;flex-wrap:wrap;gap:20px;align-items:flex-start}} figure{{margin:0;flex:1 1 300px;min-width:0}}
figcaption{{color:#5d6878;margin-bottom:6px}} .bubble{{background:#fff;border-radius:4px 10px 10px;padding:10px 14px;overflow-wrap:anywhere}}
.bubble p{{margin:0}} .gap{{height:9px}} .comment{{color:#7a828e}} .warning{{color:#c25e00}} a{{color:#1256a8}}
blockquote{{margin:0;padding-left:10px;border-left:3px solid #cfd6df;color:#55606f}} header{{background:#1256a8;color:#fff;font-weight:700;
margin:-10px -14px 8px;padding:8px 14px;border-radius:4px 10px 0 0}} .row{{display:flex;gap:10px}} .row i{{flex:none;width:5em;color:#7a828e;font-style:normal}}
.button{{border-top:1px solid #e2e6ec;margin-top:8px;padding-top:6px;color:#1256a8}} table{{border-collapse:collapse;font-size:12px}} b{{font-weight:700}}
td{{border:1px solid #d5dbe3;padding:3px 5px;vertical-align:top;min-width:4em}} .file{{display:flex;gap:12px;align-items:center}} .file i{{background:#1d7a46;color:#fff;
font-style:normal;font-weight:700;border-radius:4px;padding:10px}}
@media (max-width:520px){{body{{padding:12px}} .wide{{overflow-x:auto}}}}
</style><main>{figures}</main></html>"""

_FONT = re.compile(r"<font color='(orange|grey)'>")
_AT = re.compile(r"<@(\w+)>|<at (?:user_)?id=\"?(\w+)\"?></at>")
_DRAWN_TAGS = {'&lt;div class="gray"&gt;': '<p class="comment">', "&lt;/div&gt;": "</p>", "&lt;br&gt;": "<br>"}
_TAGS = re.compile("|".join(_DRAWN_TAGS))
_TEMPLATE_ROWS = ("专利名称", "公开号", "申请人", "公开日期", "订阅内容")
"""How the operator of an account might call the fields of the setting's default."""

_COLOURS = {"orange": "warning", "grey": "comment"}


def page(messages: "Iterable[tuple[str, Accepted, str]]") -> str:
    """Return a page of (caption, message, name of its file)."""
    figures = (
        f'<figure><figcaption>{escape(caption)}</figcaption><div class="bubble">{drawn(message, file)}</div></figure>'
        for caption, message, file in messages
    )
    return _PAGE.format(figures="".join(figures))


def drawn(message: "Accepted", file: str) -> str:  # noqa: PLR0911 - one kind, one answer
    """Return a message as its group sees it; ``file``: the name of what is attached."""
    body = message.body
    match message.kind:
        case "template_card":
            return _text_notice(body["template_card"])
        case "file":
            return f'<div class="file"><i>X</i>{escape(file)}</div>'
        case "actionCard":
            return f'{_markdown(message.content)}<p class="button">{escape(body["actionCard"]["singleTitle"])}</p>'
        case "interactive":
            return f"<header>{escape(body['card']['header']['title']['content'])}</header>{_markdown(message.content)}"
        case "post":
            return _post(body["content"]["post"]["zh_cn"])
        case "textcard":
            return _textcard(body["textcard"])
        case "news":
            return _news(body["news"]["articles"])
        case "template":
            return _template(body["data"])
        case "text":
            return as_html("text", _AT.sub(_called, message.content))
        case _:
            return _markdown(message.content)


def _markdown(content: str) -> str:
    content = _FONT.sub(lambda found: f'<font color="{_COLOURS[found[1]]}">', _AT.sub(_called, content))
    lines = [line.rstrip() for line in content.split("\n")]
    drawn = []
    for is_table, group in groupby(lines, key=lambda line: line.startswith("|")):
        block = list(group)
        drawn.append(_table(block) if is_table else as_html("markdown", "\n".join(block)))
    return "".join(drawn)


def _table(lines: "Sequence[str]") -> str:
    rows = (
        [as_html("markdown", cell.strip()) for cell in line.strip("|").split("|")]
        for line in lines
        if ":---" not in line
    )
    return f'<div class="wide"><table>{"".join(f"<tr>{_cells(row)}</tr>" for row in rows)}</table></div>'


def _cells(row: "Sequence[str]") -> str:
    return "".join(f"<td>{cell}</td>" for cell in row)


def _text_notice(card: dict[str, Any]) -> str:
    title = card["main_title"]
    rows = "".join(
        f'<p class="row"><i>{escape(row["keyname"])}</i>{escape(row["value"])}</p>'
        for row in card["horizontal_content_list"]
    )
    touched = [jump["title"] for jump in card.get("jump_list", [])]
    touched += [button["text"] for button in card.get("button_list", [])]
    jumps = "".join(f'<p class="button">{escape(text)}</p>' for text in touched)
    return (
        f'<p class="comment">{escape(card["source"]["desc"])}</p><p><b>{escape(title["title"])}</b></p>'
        f'<p class="comment">{escape(title["desc"])}</p><p class="gap"></p><p>{escape(card["sub_title_text"])}</p>'
        f'<p class="gap"></p>{rows}{jumps}'
    )


def _textcard(card: dict[str, Any]) -> str:
    shown = _TAGS.sub(lambda found: _DRAWN_TAGS[found[0]], escape(card["description"], quote=False))
    return f'<p><b>{escape(card["title"])}</b></p>{shown}<p class="button">{escape(card["btntxt"])}</p>'


def _news(articles: "Sequence[dict[str, str]]") -> str:
    return '<p class="gap"></p>'.join(
        f'<p><b>{escape(one["title"])}</b></p><p class="comment">{escape(one["description"])}</p>' for one in articles
    )


def _template(data: dict[str, dict[str, str]]) -> str:
    values = (value["value"] for value in data.values())
    rows = (
        f'<p class="row"><i>{name}</i>{escape(value)}</p>' for name, value in zip(_TEMPLATE_ROWS, values, strict=True)
    )
    return f'<p><b>专利公开提醒</b></p>{"".join(rows)}<p class="button">查看详情</p>'


def _post(post: dict[str, Any]) -> str:
    lines = "".join(f"<p>{''.join(map(_element, line)) or '&nbsp;'}</p>" for line in post["content"])
    return f"<p><b>{escape(post['title'])}</b></p>{lines}"


def _element(element: dict[str, str]) -> str:
    match element["tag"]:
        case "a":
            return f'<a href="{escape(element["href"])}">{escape(element["text"])}</a>'
        case "at":
            return f"@{escape(element['user_id'])} "
        case _:
            return escape(element["text"])


def _called(found: re.Match[str]) -> str:
    return f"@{found[1] or found[2]}"
