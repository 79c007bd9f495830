"""Who is told in the demonstration: two mailboxes, two WeCom groups, and what they subscribed to."""

from typing import TYPE_CHECKING

from shared.wire.subscription import Channel, Destination, DestinationState, Subscription

if TYPE_CHECKING:
    from datetime import datetime

GROUPS = {
    "6f1d2c3b-0000-4000-8000-0000000000a1": "研发一部群",
    "6f1d2c3b-0000-4000-8000-0000000000b2": "市场情报群",
}
"""WeCom robot key → the group that it speaks in."""

_ADDRESSES = (
    ("rd-mail", Channel.EMAIL, "rd@sme.example"),
    ("market-mail", Channel.EMAIL, "market@sme.example"),
    *zip(("rd-group", "market-group"), (Channel.WECOM_ROBOT,) * 2, GROUPS, strict=True),
)

# Robots take twenty messages a minute, so the groups get the two narrow subscriptions only.
_SUBSCRIPTIONS = (
    ("新能源", ("solid-battery", "battery-equipment", "charging-pile"), ("rd-mail",)),
    ("智能装备", ("gripper", "additive", "mould", "guangzhou-smart"), ("rd-mail",)),
    ("北斗导航", ("beidou",), ("rd-mail", "rd-group")),
    ("日化与食品", ("cosmetic-pack", "skin-care", "food-machine"), ("market-mail",)),
    ("环保照明医疗", ("water-membrane", "led-display", "wound-dressing"), ("market-mail",)),
    ("竞争对手", ("competitor",), ("market-mail", "market-group")),
)


def destinations(now: "datetime") -> list[Destination]:
    """Return the addresses, verified."""
    return [
        Destination(id=id_, channel=channel, address=address, state=DestinationState.ACTIVE, created_at=now)
        for id_, channel, address in _ADDRESSES
    ]


def subscriptions(now: "datetime") -> list[Subscription]:
    """Return what is told at once, whenever something matches."""
    return [
        Subscription(id=id_, profiles=profiles, destinations=told, schedule="immediate", created_at=now)
        for id_, profiles, told in _SUBSCRIPTIONS
    ]
