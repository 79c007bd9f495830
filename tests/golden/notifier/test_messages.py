"""How messages look, held to stored files; ``ZHITUI_UPDATE_GOLDEN=1`` writes them anew."""

import html as html_lib
import re
from email import message_from_bytes, policy

import pytest

from services.notifier.channels.registry import CHANNELS
from services.notifier.templates import mail, robot
from services.notifier.templates.robot_forms import WECOM_MARKDOWN
from shared.wording.items import view
from tests.golden.notifier.examples import HERE, URL, alerts, held, message

ROOT = HERE.parents[2]


def test_a_mail_looks_as_stored() -> None:
    text, html = mail.render(message(), [view(one) for one in alerts()])
    held("email.txt", text)
    held("email.html", html)


def test_a_mails_headers_are_as_stored() -> None:
    raw = mail.compose(message(), mail_from="Zhitui 知推 <zhitui@alerts.example.cn>")
    held("email.headers.txt", raw.partition(b"\r\n\r\n")[0].decode("ascii"))


@pytest.mark.parametrize("channel", CHANNELS, ids=str)
def test_every_channel_has_a_module_a_golden_and_a_section_in_the_docs(channel: str) -> None:
    assert (ROOT / "services/notifier/channels" / f"{str(channel).replace('-', '_')}.py").is_file()
    assert list(HERE.glob(f"{channel}.*"))
    assert f"\n## `{channel}`\n" in (ROOT / "docs/channels.md").read_text("utf-8")


def test_one_click_headers_are_whole_on_one_line_however_long_the_address() -> None:
    raw = mail.compose(message(), mail_from="Zhitui 知推 <zhitui@alerts.example.cn>")
    lines = raw.split(b"\r\n")
    assert b"List-Unsubscribe: <" + URL.encode() + b">" in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert all(len(line) <= 998 for line in lines)


def test_without_a_public_address_no_unsubscribe_header_is_promised() -> None:
    raw = mail.compose(message(unsubscribe_url=None), mail_from="zhitui@alerts.example.cn")
    assert b"List-Unsubscribe" not in raw


def test_a_mail_client_reads_chinese_in_subject_and_sender() -> None:
    raw = mail.compose(message(), mail_from="Zhitui 知推 <zhitui@alerts.example.cn>")
    raw.decode("ascii")
    read = message_from_bytes(raw, policy=policy.SMTP)
    assert read["From"].addresses[0].display_name == "Zhitui 知推"
    assert read["Subject"].startswith("【知推】3 件新公开专利：一种固态电池的隔膜及其制备方法")
    assert read["X-Zhitui-Delivery"] == "d-0123456789abcdef01234567"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read.get_content_type() == "multipart/alternative"


def test_text_and_html_say_the_same() -> None:
    items = [view(one) for one in alerts()]
    text, html = mail.render(message(), items)
    shown = html_lib.unescape(re.sub(r"<[^>]+>", "", html.partition("<body")[2]))
    said = [URL, "另有 37 件", "订阅：battery", "（2/3）", "2026-01-05 10:00"]
    for item in items:
        said += [item.number, *item.facts, item.applicants, *item.whys, "".join(part.text for part in item.title)]
    assert [one for one in said if one not in text] == []
    assert [one for one in said if one not in shown and one != URL] == []
    assert f'href="{URL}"' in html


def test_by_night_a_mail_has_colours_of_its_own_for_everything_that_has_one_by_day() -> None:
    _, html = mail.render(message(), [view(one) for one in alerts()])
    night = html.partition("@media (prefers-color-scheme: dark)")[2].partition("</style>")[0]
    for name in ("back", "card", "item", "foot", "hit", "facts", "why"):
        assert re.search(rf"\.{name}\b[^{{]*{{[^}}]*!important", night), name
        assert re.search(rf'class="{name}\b[^>]* style="[^"]*color: ?#', html), name
    assert "<style" not in html.partition("</style>")[2]


def test_a_title_cannot_forge_markup() -> None:
    _, html = mail.render(message(), [view(one) for one in alerts()])
    assert "<b>" not in html
    content = robot.render(WECOM_MARKDOWN, message().frame, alerts())
    title = next(line for line in content.splitlines() if "LiPF" in line)
    assert not set("[]`_&") & set(title)
    assert "<b>" not in title
