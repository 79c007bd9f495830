"""Who did not answer rests, is probed, and is forgiven at its first word."""

from datetime import timedelta

import msgspec

from services.notifier.delivery.breakers import (
    FIRST_PROBE,
    LONGEST_PROBE,
    LONGEST_REST,
    OPENS_AFTER,
    Breakers,
    Standing,
    host_of,
)
from shared.errors import Reason
from shared.wire.subscription import Channel, Destination
from tests.contract.made import NOW, delivery

HOST = "hooks.example.cn"


def silence(breakers: Breakers, *, calls: int, destination_id: str = "d") -> list[bool]:
    return [breakers.unanswered(f"{destination_id}-{n}", HOST, NOW) for n in range(calls)]


def test_a_host_is_left_alone_after_five_silences_in_a_row() -> None:
    breakers = Breakers()
    assert silence(breakers, calls=OPENS_AFTER) == [False] * (OPENS_AFTER - 1) + [True]
    assert breakers.open_hosts == [HOST]
    assert breakers.closed_until(HOST, NOW) == NOW + FIRST_PROBE
    assert breakers.closed_until("another", NOW) is None


def test_one_word_in_between_forgives_all_silence_before() -> None:
    breakers = Breakers()
    silence(breakers, calls=OPENS_AFTER - 1)
    breakers.answered("d-9", HOST)
    assert silence(breakers, calls=OPENS_AFTER - 1) == [False] * (OPENS_AFTER - 1)


def test_while_one_destination_probes_an_open_host_the_others_wait() -> None:
    breakers = Breakers()
    silence(breakers, calls=OPENS_AFTER)
    now = NOW + FIRST_PROBE
    assert breakers.closed_until(HOST, now) is None
    breakers.begin("d-0", HOST)
    waits_until = breakers.closed_until(HOST, now)
    assert waits_until is not None
    assert waits_until > now
    breakers.end("d-0", HOST)
    assert breakers.closed_until(HOST, now) is None


def test_probes_come_ever_more_rarely_up_to_a_minute() -> None:
    breakers = Breakers()
    silence(breakers, calls=OPENS_AFTER)
    now, waits = NOW, []
    for _ in range(6):
        until = breakers.closed_until(HOST, now)
        assert until is not None
        waits.append(until - now)
        now = until
        breakers.begin("d-0", HOST)
        assert not breakers.unanswered("d-0", HOST, now)
        breakers.end("d-0", HOST)
    assert waits == [timedelta(seconds=s) for s in (5, 10, 20, 40, 60, 60)]
    assert waits[-1] == LONGEST_PROBE


def test_calls_that_began_before_the_host_was_left_alone_do_not_delay_its_probe() -> None:
    breakers = Breakers()
    silence(breakers, calls=OPENS_AFTER)
    breakers.unanswered("late", HOST, NOW + timedelta(seconds=4))
    assert breakers.closed_until(HOST, NOW) == NOW + FIRST_PROBE


def test_an_answered_probe_closes_the_breaker() -> None:
    breakers = Breakers()
    silence(breakers, calls=OPENS_AFTER)
    breakers.begin("d-0", HOST)
    breakers.answered("d-0", HOST)
    assert (breakers.open_hosts, breakers.closed_until(HOST, NOW)) == ([], None)


def test_standing_is_what_the_last_call_said_or_else_the_delivery() -> None:
    breakers = Breakers()
    fresh = delivery("m-1")
    failed = msgspec.structs.replace(fresh, reason=Reason.TIMEOUT)
    refused = msgspec.structs.replace(fresh, reason=Reason.SERVER)
    assert [breakers.standing(one, HOST) for one in (fresh, failed, refused)] == [
        Standing.UNKNOWN,
        Standing.SILENT,
        Standing.UNKNOWN,
    ]
    breakers.answered(fresh.destination_id, HOST)
    assert {breakers.standing(one, HOST) for one in (fresh, failed)} == {Standing.LIVING}
    breakers.unanswered(fresh.destination_id, HOST, NOW)
    assert breakers.standing(fresh, HOST) is Standing.SILENT
    breakers.forget(fresh.destination_id)
    assert breakers.standing(fresh, HOST) is Standing.UNKNOWN


def test_a_destination_rests_longer_after_each_silence_and_no_longer_than_five_minutes() -> None:
    breakers, rests = Breakers(), []
    soon = NOW + timedelta(seconds=1)
    for _ in range(5):
        breakers.unanswered("d", HOST, NOW)
        rests.append((breakers.rest_until("d", NOW, soon) - NOW).total_seconds())
    assert rests == [5, 60, 300, 300, 300]
    assert breakers.rest_until("other", NOW, soon) == soon
    assert breakers.rest_until("other", NOW, NOW + timedelta(hours=2)) == NOW + LONGEST_REST


def test_webhooks_are_told_apart_by_host_and_the_others_by_their_vendor() -> None:
    def destination(channel: Channel, address: str) -> Destination:
        return Destination(id="d", channel=channel, address=address, created_at=NOW)

    hook = msgspec.structs.replace(delivery("m-1"), channel=Channel.WEBHOOK)
    mail = msgspec.structs.replace(delivery("m-1"), channel=Channel.EMAIL)
    assert host_of(hook, destination(Channel.WEBHOOK, "https://me:pass@Hooks.Example.cn:8443/x")) == (
        "hooks.example.cn:8443"
    )
    assert host_of(mail, destination(Channel.EMAIL, "wang@example.cn")) == "email"
    assert host_of(hook, None) == "webhook"
