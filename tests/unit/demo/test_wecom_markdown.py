import pytest

from services.demo.wecom_markdown import as_html


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("### 新专利", '<p class="h">新专利</p>'),
        ("**固态电池**与隔膜", "<p><b>固态电池</b>与隔膜</p>"),
        ("> 广州某公司", "<blockquote>广州某公司</blockquote>"),
        ("`CN110007813A`", "<p><code>CN110007813A</code></p>"),
        ("[看原文](https://example.cn/a?b=1&c=2)", '<p><a href="https://example.cn/a?b=1&amp;c=2">看原文</a></p>'),
        ('<font color="warning">命中</font>', '<p><span class="warning">命中</span></p>'),
        ("一\n\n二", '<p>一</p><p class="gap"></p><p>二</p>'),
    ],
)
def test_the_vendors_markdown_looks_as_in_its_client(markdown: str, html: str) -> None:
    assert as_html("markdown", markdown) == html


@pytest.mark.parametrize("hostile", ["<script>x</script>", '<font color="red" onload=x>', "[a](javascript:x)", "`<b>`"])
def test_what_is_no_markup_is_shown_as_it_stands(hostile: str) -> None:
    drawn = as_html("markdown", hostile)
    assert "<script" not in drawn
    assert "<font" not in drawn
    assert "href" not in drawn
    assert "<b>" not in drawn


def test_a_text_message_knows_no_markup() -> None:
    assert as_html("text", "**a**\n<b>") == "<p>**a**<br>&lt;b&gt;</p>"
