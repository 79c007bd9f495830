"""Mails as bytes, read by the standard library."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest

from services.notifier.templates.mail_bytes import assemble, mailbox, words


def read(*headers: tuple[str, str], text: str = "x", html: str | None = None) -> EmailMessage:
    raw = assemble(headers, text, html, boundary="=_b")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    mail = message_from_bytes(raw, policy=policy.SMTP)
    assert mail.defects == []
    return mail


@pytest.mark.parametrize(
    "name", ["知推", "Zhitui 知推", "广州市知识产权信息中心专利提醒服务平台（测试）" * 2, "Wang, Li", 'a "b" c', ""]
)
def test_a_senders_name_is_read_as_it_was_written(name: str) -> None:
    (sender,) = read(("From", mailbox("From", name, "zt@example.cn")))["From"].addresses
    assert sender.addr_spec == "zt@example.cn"
    # Not its display_name: up to Python 3.12 that keeps a blank between encoded words.
    shown, _ = parseaddr(mailbox("From", name, "zt@example.cn").replace("\r\n", ""))
    assert str(make_header(decode_header(shown))) == name


@pytest.mark.parametrize(
    "subject", ["【知推】3 件新公开专利：" + "一种固态电池" * 9, "plain ASCII", "混 mixed 合 " * 9, "𠮷野家"]
)
def test_a_subject_is_read_as_it_was_written_and_no_line_is_too_long(subject: str) -> None:
    raw = assemble([("Subject", words("Subject", subject))], "x")
    assert max(map(len, raw.partition(b"MIME-Version")[0].split(b"\r\n"))) <= 78
    assert read(("Subject", words("Subject", subject)))["Subject"] == subject


def test_both_parts_are_read_as_they_were_written() -> None:
    text, html = "第一行\n.\n--=_b\n" + "长" * 5000, "<p>“引号”</p>\n"
    mail = read(text=text, html=html)
    plain, rich = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert rich is not None
    assert plain.get_content() == text
    assert rich.get_content() == html
    assert read(text=text).get_content() == text


@pytest.mark.parametrize("value", ["a\r\nBcc: evil@example.com", "a\nBcc: x", "a\rb", "x" * 999])
def test_a_header_cannot_begin_another_one_or_be_too_long(value: str) -> None:
    with pytest.raises(ValueError, match="List-Id"):
        assemble([("List-Id", value)], "x")
