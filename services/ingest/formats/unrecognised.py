"""What a file is that no format recognises, and what its owner can do."""

import re

_MAGIC = (
    (b"%PDF", "pdf", "这是 PDF 文件，读不了；请改用同一内容的数据文件（XML、CSV、Excel 等，见文档 sources.md）。"),
    (b"Rar!", "rar", "这是 RAR 压缩文件；请先解压，或改用 zip、7z。"),
    (b"\xff\xfe", "utf-16", "文件是 UTF-16 编码；请另存为 UTF-8 或 GB18030 后再放入。"),
    (b"\xfe\xff", "utf-16", "文件是 UTF-16 编码；请另存为 UTF-8 或 GB18030 后再放入。"),
)
HTML = "html"
"""The reason code of a web page: for a source, that it sent one in the place of data."""

_LOOKS_LIKE_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|script|body)\b", re.IGNORECASE)


def is_web_page(head: bytes) -> bool:
    """Whether what begins so is a page for a browser: a challenge or a login in the place of data, say."""
    return _LOOKS_LIKE_HTML.search(head[:2048]) is not None


def explain(head: bytes) -> tuple[str, str]:
    """Return (reason code, sentence for people) for a file that begins so."""
    if not head.removeprefix(b"\xef\xbb\xbf").strip():
        return "empty", "文件是空的；来源可能没有写完，请重新下载。"
    for magic, code, reason in _MAGIC:
        if head.startswith(magic):
            return code, reason
    if is_web_page(head):
        return HTML, "这是一个网页，不是数据：来源可能返回了验证页或登录页；请在浏览器里重新下载数据文件。"
    return (
        "unrecognised",
        "认不出文件的格式；可以读取的格式见文档 sources.md。若是表格，请用“zhitui mapping guess 文件”生成映射文件。",
    )
