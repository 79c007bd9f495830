"""What the portal asks for is done once, and what came of it is told."""

import asyncio
from datetime import timedelta

import msgspec
import pytest
from structlog.testing import capture_logs

from services.notifier.errands.watch import REST_SECONDS, ErrandWatch
from services.notifier.verification.asking import sentence
from shared.filing.errands import ERRANDS, Errand, ErrandState, Task
from shared.runtime.ownership import Alone
from shared.runtime.patience import Patience
from shared.wire.subscription import DestinationState
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.making import mailbox

CODE = "您的验证码是 1234 5678"


@pytest.fixture
def watch(bench: Bench) -> ErrandWatch:
    patience = Patience("notifier", bench.clock, bench.around.metrics, asyncio.Event())
    return ErrandWatch(bench.around, bench.channels, Alone(), patience)


async def ask(bench: Bench, errand_id: str = "e-1", task: Task = Task.MAIL, **fields: str) -> None:
    now = bench.clock.now()
    if task is Task.MAIL:
        fields = {"address": "wang@example.cn", "subject": "登录验证码", "text": CODE, **fields}
    bare = Errand(id=errand_id, task=task, created_at=now, expires_at=now + timedelta(minutes=30))
    made = msgspec.structs.replace(bare, **fields)
    assert await bench.around.store.shelf(ERRANDS).add([made])


async def outcome(bench: Bench, errand_id: str = "e-1") -> Errand:
    filed = await bench.around.store.shelf(ERRANDS).get(errand_id)
    assert filed
    return filed.document


async def test_a_letter_is_sent_once_with_its_subject_and_forgets_its_code(bench: Bench, watch: ErrandWatch) -> None:
    await ask(bench)
    assert not await watch.is_idle()
    await watch.look()
    await watch.look()
    (mail,) = bench.mailbox.mails
    assert mail.recipients == ("wang@example.cn",)
    assert mail.message["Subject"] == "登录验证码"
    assert mail.message["Message-ID"].startswith("<e-1@")
    assert mail.body("plain").strip() == CODE
    done = await outcome(bench)
    assert (done.state, done.text, done.address) == (ErrandState.DONE, "", "")
    assert await watch.is_idle()


async def test_a_letter_waits_while_the_server_is_busy_and_holds_up_no_other(bench: Bench, watch: ErrandWatch) -> None:
    bench.mailbox.rcpt_replies.append("451 4.3.0 busy")
    await ask(bench)
    await watch.look()
    assert (await outcome(bench)).state is ErrandState.WAITING
    await ask(bench, "e-2", address="li@example.cn")
    assert await watch.look() == 1
    assert [mail.recipients for mail in bench.mailbox.mails] == [("li@example.cn",)]
    await bench.clock.advance(REST_SECONDS)
    await watch.look()
    assert len(bench.mailbox.mails) == 2


async def test_a_letter_that_nobody_takes_is_given_up_with_the_reason(bench: Bench, watch: ErrandWatch) -> None:
    bench.mailbox.rcpt_replies.append("550 5.1.1 user unknown")
    await ask(bench)
    with capture_logs() as logs:
        await watch.look()
    assert [line["event"] for line in logs] == ["errand_refused"]
    assert not any(secret in str(logs) for secret in ("wang", "1234", "5678"))
    given_up = await outcome(bench)
    assert given_up.state is ErrandState.REFUSED
    assert "收件邮箱不存在" in given_up.outcome
    assert "wang" not in given_up.outcome


async def test_a_header_is_not_broken_by_a_subject(bench: Bench, watch: ErrandWatch) -> None:
    await ask(bench, subject="hello\r\nBcc: everybody@example.cn")
    await watch.look()
    assert bench.mailbox.mails == []
    assert (await outcome(bench)).state is ErrandState.REFUSED


async def test_a_mailbox_that_must_consent_is_sent_a_code(bench: Bench, watch: ErrandWatch) -> None:
    await bench.around.store.destinations.put(mailbox(DestinationState.UNVERIFIED))
    await ask(bench, task=Task.VERIFY, destination_id="box")
    await watch.look()
    assert sentence("", None)[:10] in bench.mailbox.mails[0].body("plain")
    done = await outcome(bench)
    assert (done.state, done.proven) == (ErrandState.DONE, False)


async def test_a_test_message_that_cannot_be_sent_says_why_at_once(bench: Bench, watch: ErrandWatch) -> None:
    await bench.around.store.destinations.put(mailbox(DestinationState.ACTIVE))
    bench.mailbox.rcpt_replies.append("451 4.3.0 busy")
    await ask(bench, task=Task.TEST, destination_id="box")
    await watch.look()
    done = await outcome(bench)
    assert done.state is ErrandState.REFUSED
    assert "请过一会儿再试" in done.outcome
    await ask(bench, "e-2", task=Task.TEST, destination_id="nowhere")
    await watch.look()
    assert "已删除" in (await outcome(bench, "e-2")).outcome
