"""How messages look, held to stored files; ``ZHITUI_UPDATE_GOLDEN=1`` writes them anew."""

import os
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from services.notifier.channels.port import Frame, Message
from services.notifier.channels.registry import CHANNELS
from services.notifier.templates import mail, robot
from services.notifier.templates.items import view
from shared.store.records import Alert
from shared.wire.match import Evidence, HitKind
from shared.wire.publication import Applicant
from tests.unit.notifier.making import NOW, ZONE, alert, mailbox, publication, why

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
URL = "https://ip-information-centre.guangzhou.example.cn/zhitui/u/AbCdEfGhIjKlMnOpQrStUv"


def alerts() -> tuple[Alert, ...]:
    plain = alert()
    nasty = alert(
        publication(
            "CN210012345U",
            '一种<b>"LiPF_6"</b> & [固态电池]*测试*`装置`\n（https://evil.example）',
            applicants=tuple(Applicant(name=f"第{n}家<公司>") for n in range(1, 6)),
        ),
        why(start=25),
        why("p-2", score=0.5, term="测试", start=34),
    )
    bare = alert(
        publication("CN301234567S", "电池包", published_on=None, applicants=(), ipc=(), locarno=("13-02",)),
        why().__class__(
            profile_id="p-3",
            profile_name="",
            rule=2,
            score=0.4,
            evidence=(
                Evidence(term="4401", field="applicants[0].address", start=0, end=3, kind=HitKind.REGION, score=1.0),
                Evidence(term="蓄电池", field="title", start=0, end=2, kind=HitKind.SYNONYM, score=0.8),
            ),
        ),
    )
    return plain, nasty, bare


def message(**changes: object) -> Message:
    values: dict[str, object] = {
        "subscription_id": "battery",
        "count": 3,
        "page": 2,
        "pages": 3,
        "left_out": 37,
        "unsubscribe_url": URL,
    }
    return Message(
        id="d-0123456789abcdef01234567",
        destination=mailbox(),
        frame=Frame(**{**values, **changes}),  # type: ignore[arg-type]
        alerts=alerts(),
        created_at=NOW.astimezone(ZONE),
    )


def held(name: str, text: str) -> None:
    path = HERE / name
    if os.environ.get("ZHITUI_UPDATE_GOLDEN"):
        path.write_text(text, "utf-8", newline="")
    assert path.read_bytes().decode() == text


def test_a_mail_looks_as_stored() -> None:
    text, html = mail.render(message(), [view(one) for one in alerts()])
    held("email.txt", text)
    held("email.html", html)


def test_a_mails_headers_are_as_stored() -> None:
    raw = mail.compose(message(), mail_from="Zhitui 知推 <zhitui@alerts.example.cn>")
    held("email.headers.txt", raw.partition(b"\r\n\r\n")[0].decode("ascii"))


def test_a_robots_messages_look_as_stored() -> None:
    frame = message(repeated=True).frame
    held("wecom-robot.markdown.txt", robot.render(robot.MARKDOWN, frame, alerts()))
    held("wecom-robot.text.txt", robot.render(robot.TEXT, Frame(subscription_id="battery", count=3), alerts()))


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


def test_a_title_cannot_forge_markup() -> None:
    _, html = mail.render(message(), [view(one) for one in alerts()])
    assert "<b>" not in html
    content = robot.render(robot.MARKDOWN, message().frame, alerts())
    title = next(line for line in content.splitlines() if "LiPF" in line)
    assert not set("[]`_&") & set(title)
    assert "<b>" not in title
