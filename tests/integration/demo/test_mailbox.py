"""The mailbox to try things with."""

import asyncio
from contextlib import suppress
from pathlib import Path

import aiosmtplib
import pytest

from services.demo.mailbox import keep, serve
from tests.unit.demo.made import mail
from tools.services import free_port


async def test_a_mail_is_printed_as_text_and_kept_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    serving = asyncio.create_task(serve(port, tmp_path / "inbox"))
    while "等待邮件" not in capsys.readouterr().out:  # noqa: ASYNC110 - that it prints is what a person waits for
        await asyncio.sleep(0.01)
    sent = mail("d-1")
    await aiosmtplib.send(
        sent.raw, sender=sent.sender, recipients=list(sent.recipients), hostname="127.0.0.1", port=port
    )
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving
    assert "CN110007813A 一种终端图标整理方法" in capsys.readouterr().out
    assert b"X-Zhitui-Delivery: d-1" in (tmp_path / "inbox/d-1.eml").read_bytes()


def test_an_id_from_outside_never_names_another_folder(tmp_path: Path) -> None:
    keep(mail("../../etc/passwd"), tmp_path / "inbox")
    keep(mail("../.."), tmp_path / "inbox")
    assert {path.name for path in (tmp_path / "inbox").iterdir()} == {"etcpasswd.eml", "mail.eml"}
    assert [path.name for path in tmp_path.iterdir()] == ["inbox"]
