"""From waiting alerts to deliveries: which are told, which are left out, on which pages."""

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from services.notifier.channels.port import Frame
from services.notifier.channels.sections import Section
from services.notifier.planning.flood import SUMMARY
from shared.ids import stable_id, stable_ids
from shared.store.records import Delivery, GroupPlan, Notice, Remark
from shared.unsubscribe import MOST_SECTIONS
from shared.wording.sections import shown_once

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from services.notifier.channels.port import ChannelAdapter
    from shared.store.records import Alert, AlertKey
    from shared.wire.subscription import Destination, Subscription

_NUMBER, _SCORE = attrgetter("key.publication_number"), attrgetter("score")

_NEXT_SECTION = ""
"""Parts subscriptions in what a delivery's id is made of; no id and no number is empty."""


class Portion(NamedTuple):
    """What one subscription tells.

    Attributes:
        subscription: whose cap and id count.
        alerts: what waits, not empty, in any order.
        name: what its people call the subscription; needed beside others only, where items say whose they are.
        unsubscribe_url: shown in every message.
        notice: what every message explains about it; of a flood only the best `SUMMARY` are told where there is no cap.
    """

    subscription: "Subscription"
    alerts: "Sequence[Alert]"
    unsubscribe_url: str | None = None
    notice: Notice | None = None
    name: str = ""

    def cut(self) -> "tuple[list[Alert], list[Alert]]":
        """Return what is told, the best first, and what the cap leaves out."""
        best_first = sorted(self.alerts, key=_NUMBER)
        best_first.sort(key=_SCORE, reverse=True)  # what scores alike stays in the order of its numbers
        cap = self.subscription.cap
        told = best_first[: SUMMARY if cap is None and self.notice is Notice.FLOOD else cap]
        return told, best_first[len(told) :]


class _Page(NamedTuple):
    """What becomes one delivery; ``remarks``: one of each subscription that stands on it, in order."""

    numbers: "tuple[str, ...]"
    keys: "list[AlertKey]"
    remarks: "list[Remark]"


def make_plan(
    portions: "Sequence[Portion]",
    destination: "Destination",
    channel: "ChannelAdapter",
    *,
    now: "datetime",
    unsubscribe_url: str | None = None,
) -> GroupPlan:
    """Plan the deliveries that tell these alerts: subscription by subscription, the best first.

    Args:
        portions: one a subscription, not empty; they are told in the order of the subscriptions' ids.
        destination: where they go.
        channel: knows how much goes into one message.
        now: when the deliveries are created and due.
        unsubscribe_url: under which all of several subscriptions are left; of one it is its own.

    Returns:
        One delivery a page; its id is the same whenever the same alerts are planned.
    """
    if len(portions) == 1:
        return _of_one(portions[0], destination, channel, now=now)
    in_order = sorted(portions, key=lambda portion: portion.subscription.id)
    parts = [in_order[start : start + MOST_SECTIONS] for start in range(0, len(in_order), MOST_SECTIONS)]
    cuts = {portion.subscription.id: portion.cut() for portion in in_order}
    pages = [page for part in parts for page in _pages(part, cuts, destination, channel, unsubscribe_url)]
    deliveries = [
        _delivery(page, destination, now=now, number=number, of=len(pages))
        for number, page in enumerate(pages, start=1)
    ]
    return GroupPlan(
        deliveries=tuple(deliveries),
        planned=tuple(
            (key, delivery.id) for page, delivery in zip(pages, deliveries, strict=True) for key in page.keys
        ),
        over_cap=tuple(alert.key for _, left_out in cuts.values() for alert in left_out),
    )


def _of_one(portion: Portion, destination: "Destination", channel: "ChannelAdapter", *, now: "datetime") -> GroupPlan:
    told, left_out = portion.cut()
    subscription_id, more, notice = portion.subscription.id, len(left_out), portion.notice
    destination_id, by = destination.id, destination.channel
    frame = Frame(
        subscription_id=subscription_id,
        left_out=more,
        count=len(told),
        unsubscribe_url=portion.unsubscribe_url,
        notice=notice,
    )
    pages = channel.paginate(destination, frame, told)
    last = len(pages)
    numbers = [tuple([alert.key.publication_number for alert in page]) for page in pages]
    in_order = [on_page if len(on_page) == 1 else sorted(on_page) for on_page in numbers]
    ids = stable_ids("d", (destination_id, subscription_id), in_order)
    deliveries = [
        Delivery(
            id=delivery_id,
            subscription_id=subscription_id,
            destination_id=destination_id,
            channel=by,
            publication_numbers=on_page,
            page=index,
            pages=last,
            left_out=more if index == last else 0,
            notice=notice,
            next_attempt_at=now,
            created_at=now,
        )
        for index, (delivery_id, on_page) in enumerate(zip(ids, numbers, strict=True), start=1)
    ]
    return GroupPlan(
        deliveries=tuple(deliveries),
        planned=tuple([(alert.key, of_page) for of_page, page in zip(ids, pages, strict=True) for alert in page]),
        over_cap=tuple([alert.key for alert in left_out]),
    )


def _pages(
    portions: "Sequence[Portion]",
    cuts: "Mapping[str, tuple[list[Alert], list[Alert]]]",
    destination: "Destination",
    channel: "ChannelAdapter",
    unsubscribe_url: str | None,
) -> "list[_Page]":
    """Return the pages of as many subscriptions as one message has."""
    remarks = [
        Remark(subscription_id=one.subscription.id, left_out=len(cuts[one.subscription.id][1]), notice=one.notice)
        for one in portions
    ]
    shown = shown_once(alert for one in portions for alert in cuts[one.subscription.id][0])
    frame = Frame(
        subscription_id=remarks[0].subscription_id,
        left_out=sum(remark.left_out for remark in remarks),
        count=len(shown.alerts),
        unsubscribe_url=unsubscribe_url,
        sections=tuple(
            Section(
                subscription_id=remark.subscription_id,
                name=portion.name,
                left_out=remark.left_out,
                unsubscribe_url=portion.unsubscribe_url,
                notice=remark.notice,
            )
            for portion, remark in zip(portions, remarks, strict=True)
        ),
        told_by=shown.told_by,
    )
    pages = channel.paginate(destination, frame, shown.alerts)
    made = []
    for number, page in enumerate(pages, start=1):
        keys = [key for alert in page for key in shown.stands_for[alert.key]]
        numbers = tuple(dict.fromkeys(key.publication_number for key in keys))
        made.append(_Page(numbers, keys, _on_page(remarks, keys, is_last=number == len(pages))))
    return made


def _on_page(remarks: "Sequence[Remark]", keys: "Sequence[AlertKey]", *, is_last: bool) -> "list[Remark]":
    """Return what is said of the subscriptions on a page; what caps left out is told on the last one."""
    told = {key.subscription_id for key in keys}
    if is_last:
        return [remark for remark in remarks if remark.left_out or remark.subscription_id in told]
    return [msgspec.structs.replace(remark, left_out=0) for remark in remarks if remark.subscription_id in told]


def _delivery(page: _Page, destination: "Destination", *, now: "datetime", number: int, of: int) -> Delivery:
    first, *others = page.remarks
    said = tuple([remark for remark in page.remarks if remark.left_out or remark.notice is not None])
    return Delivery(
        id=stable_id("d", destination.id, *_names(page)),
        subscription_id=first.subscription_id,
        subscription_ids=tuple([remark.subscription_id for remark in page.remarks]) if others else msgspec.UNSET,
        destination_id=destination.id,
        channel=destination.channel,
        publication_numbers=page.numbers,
        page=number,
        pages=of,
        left_out=sum([remark.left_out for remark in page.remarks]) if others else first.left_out,
        notice=None if others else first.notice,
        remarks=said if others and said else msgspec.UNSET,
        next_attempt_at=now,
        created_at=now,
    )


def _names(page: _Page) -> "list[str]":
    """Return what names a page's alerts at their destination: of one subscription the same as if it were alone."""
    names: list[str] = []
    for remark in page.remarks:
        numbers = sorted(key.publication_number for key in page.keys if key.subscription_id == remark.subscription_id)
        names += [*([_NEXT_SECTION] if names else []), remark.subscription_id, *numbers]
    return names
