"""What a WeCom message looks like: the vendor's markdown subset as HTML, everything else escaped.

Source: https://developer.work.weixin.qq.com/document/path/91770 (headings, bold, links, inline code, quotes, font colours).
"""

import re
from html import escape

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_QUOTE = re.compile(r"&gt;\s?(.*)")
_CODE = re.compile(r"`([^`]+)`")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^\s)]+)\)")
_FONT = re.compile(r"&lt;font color=&quot;(info|comment|warning)&quot;&gt;(.*?)&lt;/font&gt;")
_LINES = {"heading": '<p class="h">{}</p>', "quote": "<blockquote>{}</blockquote>", "text": "<p>{}</p>"}


def as_html(kind: str, content: str) -> str:
    """Return a message's content as it is drawn in a chat bubble.

    Args:
        kind: ``text`` knows no markup; anything else is read as markdown.
        content: as it was sent.

    Returns:
        HTML that holds nothing of the content unescaped.
    """
    lines = escape(content).split("\n")
    if kind == "text":
        return "<p>" + "<br>".join(lines) + "</p>"
    return "".join(_line(line) for line in lines)


def _line(line: str) -> str:
    if not line.strip():
        return '<p class="gap"></p>'
    if heading := _HEADING.fullmatch(line):
        return _LINES["heading"].format(_inline(heading[2]))
    if quote := _QUOTE.fullmatch(line):
        return _LINES["quote"].format(_inline(quote[1]))
    return _LINES["text"].format(_inline(line))


def _inline(text: str) -> str:
    text = _FONT.sub(r'<span class="\1">\2</span>', text)
    text = _LINK.sub(r'<a href="\2">\1</a>', text)
    text = _BOLD.sub(r"<b>\1</b>", text)
    return _CODE.sub(r"<code>\1</code>", text)
