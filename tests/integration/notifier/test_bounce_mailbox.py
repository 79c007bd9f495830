"""From a mail that went out, over the report that comes back, to the destination that is not written to any more."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from services.notifier.bounces import imap as client
from services.notifier.bounces.reading import Bounce, read_bounce
from services.notifier.bounces.settling import SOFT_LIMIT, Settler
from services.notifier.bounces.watch import BounceWatch
from services.notifier.channels.email_proof import Proof
from shared.errors import ChannelMisconfiguredError, RetryLaterError
from shared.runtime.ownership import Alone
from shared.settings import Settings
from shared.store.records import Delivery
from shared.testing.imap import FakeImap
from shared.wire.subscription import Destination, DestinationState
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.bounce_mails import in_words, report
from tests.unit.notifier.making import alert, mailbox, publication


def no_room(named: str) -> bytes:
    return report(named, status="5.2.2", diagnostic="smtp; 552 5.2.2 mailbox full")


@pytest.fixture
async def imap() -> AsyncIterator[FakeImap]:
    async with FakeImap() as server:
        yield server


@pytest.fixture
def watch(bench: Bench, imap: FakeImap) -> Callable[..., BounceWatch]:
    def make(**changes: object) -> BounceWatch:
        values = {
            "data_dir": bench.around.settings.data_dir,
            "bounce_imap_host": "127.0.0.1",
            "bounce_imap_port": imap.port,
            "bounce_imap_security": "none",
            "bounce_imap_username": imap.username,
            "bounce_imap_password": imap.password,
            "send_timeout_seconds": 2,
            **changes,
        }
        settings = Settings(**values)  # type: ignore[arg-type]
        proof = Proof(bench.around.secrets)
        return BounceWatch(settings, proof, Settler(bench.around.store, bench.around.clock), Alone(), bench.patience)

    return make


async def sent(bench: Bench, number: int = 0) -> tuple[Delivery, str]:
    """Send a mail; return its delivery and what its Message-ID names."""
    told = alert(publication(f"CN11008{number:04}A"), created_at=bench.clock.now())
    delivery = (await bench.plan(mailbox(), told))[0]
    await bench.send(delivery)
    named = str(bench.mailbox.mails[-1].message["Message-ID"]).strip("<>").partition("@")[0]
    assert named.startswith(delivery.id + ".")
    return delivery, named


async def box(bench: Bench) -> Destination:
    found = await bench.around.store.destinations.get("box")
    assert found is not None
    return found


async def test_a_mailbox_that_does_not_exist_is_disabled_with_the_reason_and_the_report_marked(
    bench: Bench, imap: FakeImap, watch: Callable[..., BounceWatch]
) -> None:
    _, named = await sent(bench)
    reported = imap.add(report(named))
    assert await watch().look() == 1
    found = await box(bench)
    assert found.state is DestinationState.DISABLED
    assert found.state_reason is not None
    assert "收到退信" in found.state_reason
    assert "550" in found.state_reason
    assert "wang@example.com" not in found.state_reason
    assert reported.seen


async def test_a_crash_before_the_mark_reads_it_again_and_nothing_changes(
    bench: Bench, imap: FakeImap, watch: Callable[..., BounceWatch]
) -> None:
    _, named = await sent(bench)
    reported = imap.add(report(named))
    imap.fail_store = 1
    with pytest.raises(RetryLaterError):
        await watch().look()
    before = await box(bench)
    assert before.state is DestinationState.DISABLED
    assert imap.seen() == []
    assert await watch().look() == 1
    assert imap.seen() == [reported.uid]
    assert await box(bench) == before
    assert await watch().look() == 0


async def test_only_so_many_soft_failures_disable_and_one_report_counts_once(
    bench: Bench, imap: FakeImap, watch: Callable[..., BounceWatch]
) -> None:
    for number in range(SOFT_LIMIT):
        assert (await box(bench)).state is DestinationState.ACTIVE if number else True
        _, named = await sent(bench, number)
        imap.add(no_room(named))
        imap.add(no_room(named))
        await watch().look()
    found = await box(bench)
    assert found.state is DestinationState.DISABLED
    assert "14 天内有 5 封" in (found.state_reason or "")


async def test_soft_failures_of_long_ago_are_forgotten(
    bench: Bench, imap: FakeImap, watch: Callable[..., BounceWatch]
) -> None:
    for number in range(SOFT_LIMIT):
        _, named = await sent(bench, number)
        imap.add(no_room(named))
        await watch().look()
        await bench.clock.advance(timedelta(days=4).total_seconds())
    assert (await box(bench)).state is DestinationState.ACTIVE


async def test_reports_that_are_not_about_this_mailbox_change_nothing_and_stay_unseen(
    bench: Bench, imap: FakeImap, watch: Callable[..., BounceWatch]
) -> None:
    delivery, named = await sent(bench)
    imap.add(report(delivery.id))
    imap.add(report(f"{delivery.id}.{'0' * 16}"))
    imap.add(report(named, recipient="other@example.com"))
    imap.add(report(f"d-{'f' * 24}.{Proof(bench.around.secrets).of('d-' + 'f' * 24)}"))
    imap.add(b"From: li@example.com\r\nSubject: 550 5.1.1 user unknown\r\n\r\nwang@example.com")
    assert await watch().look() == 0
    assert (await box(bench)).state is DestinationState.ACTIVE
    assert imap.stores == 0


async def test_a_report_about_a_mailbox_that_was_put_right_since_is_late(
    bench: Bench, imap: FakeImap, watch: Callable[..., BounceWatch]
) -> None:
    _, named = await sent(bench)
    await bench.clock.advance(60)
    await bench.around.store.destinations.put(
        Destination(**{**_fields(await box(bench)), "created_at": bench.clock.now()})  # type: ignore[arg-type]
    )
    imap.add(report(named))
    assert await watch().look() == 0
    assert (await box(bench)).state is DestinationState.ACTIVE


async def test_qqs_own_words_are_acted_on(bench: Bench, imap: FakeImap, watch: Callable[..., BounceWatch]) -> None:
    _, named = await sent(bench)
    imap.add(in_words(named, "您发给 wang@example.com 的邮件被退回。550 Mailbox not found"))
    assert await watch().look() == 1
    assert (await box(bench)).state is DestinationState.DISABLED


async def test_mails_that_were_looked_at_are_not_fetched_again_until_the_folder_is_another(
    bench: Bench, imap: FakeImap, watch: Callable[..., BounceWatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    imap.add(b"Subject: hello\r\n\r\nhello")
    looking = watch()
    fetched: list[int] = []
    original = client.ImapMailbox.fetch

    def fetch(self: client.ImapMailbox, uid: int) -> bytes:
        fetched.append(uid)
        return original(self, uid)

    monkeypatch.setattr(client.ImapMailbox, "fetch", fetch)
    await looking.look()
    await looking.look()
    assert fetched == [7]
    imap.validity += 1
    await looking.look()
    assert fetched == [7, 7]


async def test_a_mail_that_breaks_the_reader_holds_nothing_up(
    bench: Bench, imap: FakeImap, watch: Callable[..., BounceWatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, named = await sent(bench)
    imap.add(b"Subject: breaks\r\n\r\n")
    imap.add(report(named))

    def fragile(raw: bytes, proof: Proof) -> Bounce | None:
        if b"breaks" in raw:
            raise RecursionError
        return read_bounce(raw, proof)

    monkeypatch.setattr("services.notifier.bounces.watch.read_bounce", fragile)
    assert await watch().look() == 1


async def test_a_mail_that_the_server_gives_no_more_holds_nothing_up(
    bench: Bench, imap: FakeImap, watch: Callable[..., BounceWatch]
) -> None:
    _, named = await sent(bench)
    imap.withheld.add(imap.add(b"Subject: deleted meanwhile\r\n\r\n").uid)
    imap.add(report(named))
    assert await watch().look() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bounce_imap_password": "wrong-code"}, "ZHITUI_BOUNCE_IMAP_PASSWORD"),
        ({"bounce_imap_folder": "没有"}, "ZHITUI_BOUNCE_IMAP_FOLDER"),
        ({"bounce_imap_folder": "Nope"}, "ZHITUI_BOUNCE_IMAP_FOLDER"),
    ],
)
async def test_what_the_mailbox_refuses_is_told_with_its_setting_and_no_secret(
    watch: Callable[..., BounceWatch], changes: dict[str, object], said: str
) -> None:
    with pytest.raises(ChannelMisconfiguredError, match=said) as caught:
        await watch(**changes).look()
    assert "wrong-code" not in repr(caught.value)
    assert caught.value.__cause__ is None


async def test_a_server_that_is_not_there_or_offers_no_tls_is_told(
    imap: FakeImap, watch: Callable[..., BounceWatch]
) -> None:
    with pytest.raises((RetryLaterError, ChannelMisconfiguredError)):
        await watch(bounce_imap_security="tls").look()
    with pytest.raises(RetryLaterError):
        await watch(bounce_imap_security="starttls").look()
    with pytest.raises(RetryLaterError):
        await watch(bounce_imap_port=1).look()


async def test_the_watch_goes_on_after_trouble_and_says_what_it_is(
    bench: Bench, imap: FakeImap, watch: Callable[..., BounceWatch]
) -> None:
    _, named = await sent(bench)
    looking = watch()
    imap.password, right = "another", imap.password
    running = asyncio.create_task(looking.run())
    async with asyncio.timeout(5):
        while looking.problem is None:  # noqa: ASYNC110 - it has no event, on purpose
            await asyncio.sleep(0.005)
        imap.password = right
        imap.add(report(named))
        while not imap.seen():
            await bench.clock.advance(300)
            await asyncio.sleep(0.005)
        bench.patience.stop.set()
        await running
    assert (await box(bench)).state is DestinationState.DISABLED


def _fields(destination: Destination) -> dict[str, object]:
    return {name: getattr(destination, name) for name in destination.__struct_fields__}
