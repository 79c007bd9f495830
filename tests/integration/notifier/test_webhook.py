"""A receiver of webhooks that checks what it gets, refuses, hangs, tears and redirects; and addresses that lead inside."""

import asyncio
import socket
import threading
import traceback
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from services.notifier.channels import outgoing_http
from services.notifier.channels.port import MakesKeys, Means
from services.notifier.channels.receiver_address import refuse_inside
from services.notifier.channels.registry import open_channels
from services.notifier.channels.webhook import WebhookChannel
from shared.errors import InvalidInputError, Reason, RetryLaterError, ZhituiError
from shared.outlets import Prepared
from shared.reach import Reach
from shared.store.records import DeliveryState
from shared.testing.receiver import FakeReceiver
from shared.testing.vendor import Misbehaviour
from shared.wire.subscription import Channel, Destination, DestinationState
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.making import NOW, SECRET, alert, publication

WAITING, DEAD, SENT = DeliveryState.WAITING, DeliveryState.DEAD, DeliveryState.SENT
PATH = "/zhitui?key=geheim"


@pytest.fixture
def changes() -> dict[str, object]:
    return {"intranet_receivers": "127.0.0.1"}


@pytest.fixture
async def receiver(bench: Bench) -> AsyncIterator[FakeReceiver]:
    async with FakeReceiver(clock=bench.clock, secrets=[SECRET]) as receiver:
        yield receiver


def hook(base_url: str, **options: str) -> Destination:
    return Destination(
        id="oa",
        channel=Channel.WEBHOOK,
        address=base_url + PATH,
        options={"secret": SECRET, **options},
        state=DestinationState.ACTIVE,
        created_at=NOW,
    )


ANSWERS = {
    "301": (Misbehaviour(status=301, headers={"Location": "/elsewhere"}), WAITING, Reason.SERVER, False, 5),
    "302 inside": (
        Misbehaviour(status=302, headers={"Location": "http://169.254.169.254/"}), WAITING, Reason.SERVER, False, 5,
    ),
    "400": (Misbehaviour(status=400), WAITING, Reason.REJECTED, False, 5),
    "401": (Misbehaviour(status=401), WAITING, Reason.SERVER, False, 5),
    "404": (Misbehaviour(status=404), WAITING, Reason.SERVER, False, 5),
    "410": (Misbehaviour(status=410), DEAD, Reason.GONE, False, None),
    "413": (Misbehaviour(status=413), DEAD, Reason.TOO_LONG, False, None),
    "429 with Retry-After": (
        Misbehaviour(status=429, headers={"Retry-After": "120"}), WAITING, Reason.RATE_LIMITED, False, 120,
    ),
    "500": (Misbehaviour(status=500), WAITING, Reason.SERVER, True, 5),
    "503 with Retry-After": (
        Misbehaviour(status=503, headers={"Retry-After": "300"}), WAITING, Reason.SERVER, True, 300,
    ),
    "nothing": (Misbehaviour(hang_seconds=60), WAITING, Reason.TIMEOUT, True, 5),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_receivers_answer_decides_and_no_failure_tells_secret_or_address(
    bench: Bench, receiver: FakeReceiver, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer, state, reason, ambiguous, wait = ANSWERS[name]
    (delivery,) = await bench.plan(hook(receiver.base_url))
    receiver.script.append(answer)
    await bench.send(delivery)
    stored = await bench.stored(delivery)
    assert (stored.state, stored.reason, stored.ambiguous) == (state, reason, int(ambiguous))
    if wait is not None:
        waited = (stored.next_attempt_at - bench.clock.now()).total_seconds()
        assert 0.8 * wait <= waited <= 1.2 * wait
    destination = await bench.around.store.destinations.get("oa")
    assert destination is not None
    assert (destination.state is DestinationState.DISABLED) == (reason is Reason.GONE)
    captured = capsys.readouterr()
    told = f"{stored}{captured.out}{captured.err}{destination!r}"
    assert "geheim" not in told
    assert SECRET not in told
    assert receiver.accepted == []  # a redirect was not followed


async def test_what_may_have_come_twice_has_the_same_id_and_the_same_bytes(
    bench: Bench, receiver: FakeReceiver
) -> None:
    (delivery,) = await bench.plan(hook(receiver.base_url))
    receiver.script.append(Misbehaviour(status=500, take=True))
    await bench.send(delivery)
    await bench.clock.advance(3600)
    assert (await bench.send(await bench.stored(delivery))).state is SENT
    assert receiver.ids == [delivery.id, delivery.id]
    assert receiver.bodies[0] == receiver.bodies[1]


async def test_a_status_that_came_counts_though_the_rest_of_the_answer_did_not(
    bench: Bench, receiver: FakeReceiver
) -> None:
    (delivery,) = await bench.plan(hook(receiver.base_url))
    receiver.script.append(Misbehaviour(take=True, close=True))
    assert (await bench.send(delivery)).state is SENT


async def test_an_endless_answer_is_not_read_to_its_end(bench: Bench, receiver: FakeReceiver) -> None:
    (delivery,) = await bench.plan(hook(receiver.base_url))
    receiver.script.append(Misbehaviour(status=500, body=b"x" * 5_000_000))
    assert (await bench.send(delivery)).reason is Reason.SERVER


async def test_hundreds_of_publications_come_in_bodies_that_a_receiver_takes(
    bench: Bench, receiver: FakeReceiver
) -> None:
    many = [alert(publication(f"CN{110000000 + n}A", "电池" * 90), destination_id="oa") for n in range(120)]
    deliveries = await bench.plan(hook(receiver.base_url), *many)
    for delivery in deliveries:
        assert (await bench.send(delivery)).state is SENT
    told = [number for message in receiver.accepted for number in message.numbers]
    assert sorted(told) == [one.publication.publication_number for one in many]
    assert 3 < len(deliveries) < 15
    assert receiver.refused == []


def keys_of(told: str) -> list[str]:
    return [word for word in told.replace("：", " ").split() if word.startswith(("whsec_", "whpk_"))]


def channel_of(bench: Bench) -> WebhookChannel:
    channel = WebhookChannel(Means(settings=bench.around.settings, clock=bench.clock))
    assert isinstance(channel, MakesKeys)
    return channel


@pytest.mark.parametrize("scheme", ["hmac", "ed25519"])
async def test_old_and_new_key_fit_for_a_day_after_a_rotation_then_only_the_new_one(
    bench: Bench, receiver: FakeReceiver, scheme: str
) -> None:
    channel = channel_of(bench)
    asked = msgspec.structs.replace(hook(receiver.base_url), options={"sign": scheme})
    made = await channel.prepare(asked, None)
    (old,) = keys_of(made.told)
    rotated = await channel.rotate(made.destination)
    (new,) = keys_of(rotated.told)
    assert old != new
    assert old not in repr(made) + repr(rotated)
    for known, works in (((old,), True), ((new,), True), ((SECRET,), False)):
        receiver.secrets = known
        assert await arrives(channel, rotated, bench) is works
    await bench.clock.advance(24 * 3600)
    for known, works in (((old,), False), ((new,), True)):
        receiver.secrets = known
        assert await arrives(channel, rotated, bench) is works
    await channel.close()


async def arrives(channel: WebhookChannel, prepared: Prepared, bench: Bench) -> bool:
    try:
        await channel.send_test(prepared.destination, bench.clock.now())
    except RetryLaterError as error:
        return error.vendor_code != "HTTP 401"
    return True


async def test_adding_a_destination_anew_keeps_its_key_unless_another_kind_is_wanted(bench: Bench) -> None:
    channel = channel_of(bench)
    bare = msgspec.structs.replace(hook("http://127.0.0.1:1"), options={})
    first = await channel.prepare(bare, None)
    again = await channel.prepare(bare, first.destination)
    assert (again.destination.options, again.told) == (first.destination.options, "")
    other = await channel.prepare(msgspec.structs.replace(bare, options={"sign": "ed25519"}), first.destination)
    assert keys_of(other.told)[0].startswith("whpk_")
    own = await channel.prepare(hook("http://127.0.0.1:1"), first.destination)
    assert (own.destination.options, own.told) == ({"secret": SECRET}, "")


@pytest.mark.parametrize("changes", [{}])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f000001"])
async def test_an_address_inside_is_not_called_even_when_it_got_past_the_check(
    bench: Bench, receiver: FakeReceiver, host: str
) -> None:
    (delivery,) = await bench.plan(hook(receiver.base_url.replace("127.0.0.1", host)))
    verdict = await bench.send(delivery)
    assert (verdict.state, verdict.reason, verdict.ambiguous) == (WAITING, Reason.UNREACHABLE, False)
    assert "ZHITUI_INTRANET_RECEIVERS" in str(verdict.detail)
    assert receiver.ids == []


@pytest.mark.parametrize("changes", [{"intranet_receivers": "oa.corp"}])
async def test_a_name_that_the_operator_gave_is_called_wherever_it_leads(
    bench: Bench, receiver: FakeReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead(monkeypatch, "127.0.0.1")
    port = receiver.base_url.rpartition(":")[2]
    (delivery,) = await bench.plan(hook(f"http://oa.corp:{port}"))
    assert (await bench.send(delivery)).state is SENT


@pytest.mark.parametrize("changes", [{}])
async def test_a_name_that_leads_inside_later_is_not_called(
    bench: Bench, receiver: FakeReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead(monkeypatch, "93.184.216.34")
    port = receiver.base_url.rpartition(":")[2]
    await refuse_inside(f"https://rebinding.example:{port}/", Reach())
    lead(monkeypatch, "127.0.0.1")
    with pytest.raises(InvalidInputError, match="内部网络"):
        await refuse_inside(f"https://rebinding.example:{port}/", Reach())
    (delivery,) = await bench.plan(hook(f"http://rebinding.example:{port}"))
    verdict = await bench.send(delivery)
    assert verdict.reason is Reason.UNREACHABLE
    assert receiver.ids == []


def lead(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    def resolve(_host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


async def test_names_that_nobody_resolves_do_not_hold_up_others(
    bench: Bench, receiver: FakeReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, real = threading.Event(), socket.getaddrinfo

    def resolve(host: str, *more: Any, **named: Any) -> Any:  # noqa: ANN401 - as the library's
        if host.endswith(".dead.example"):
            answered.wait(20)
            raise socket.gaierror("no answer")
        return real(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    channel = channel_of(bench)
    dead = [hook(f"https://{n}.dead.example") for n in range(40)]
    waiting = [asyncio.create_task(channel.send_test(one, NOW)) for one in dead]
    await asyncio.sleep(0)
    await channel.send_test(hook(receiver.base_url.replace("127.0.0.1", "localhost")), bench.clock.now())
    answered.set()
    failures = await asyncio.gather(*waiting, return_exceptions=True)
    assert {getattr(failure, "reason", None) for failure in failures} <= {Reason.UNREACHABLE, Reason.TIMEOUT}
    await channel.close()


async def test_an_address_that_is_none_ends_its_destination_and_is_not_told(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    (delivery,) = await bench.plan(hook("http://127.1"))
    verdict = await bench.send(delivery)
    assert verdict.state is DEAD
    assert verdict.disable is not None
    captured = capsys.readouterr()
    assert "geheim" not in f"{verdict}{captured.out}{captured.err}"


async def test_no_proxy_of_the_environment_comes_between(
    bench: Bench, receiver: FakeReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    (delivery,) = await bench.plan(hook(receiver.base_url))
    assert (await bench.send(delivery)).state is SENT


async def test_a_receiver_that_cannot_be_reached_is_told_without_its_address(bench: Bench) -> None:
    destination = hook("http://127.0.0.1:1")
    async with open_channels(bench.around.settings, bench.clock) as channels:
        with pytest.raises(ZhituiError) as caught:
            await channels[Channel.WEBHOOK].send_test(destination, NOW)
    told = "".join(traceback.format_exception(caught.value))
    assert "geheim" not in told
    assert caught.value.reason is Reason.UNREACHABLE
    assert outgoing_http.NAME in str(caught.value)
