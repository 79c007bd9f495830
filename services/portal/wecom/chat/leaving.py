"""``退订``: which one is meant, the question, and what is left of the subscription."""

from typing import TYPE_CHECKING

from services.portal.desk.refusals import RefusalError
from services.portal.wecom.chat import own, replies
from services.portal.wecom.chat.commands import Verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.portal.desk.actor import Actor
    from services.portal.desk.desk import Desk
    from services.portal.wecom.members import Members
    from shared.filing.wecom_members import WecomMember
    from shared.wire.subscription import Subscription

_BY_ID = "#"
_ALL = {"全部", "所有", "都退", "全退"}
_NAMED = 5


class Leaving:
    """Ends subscriptions of one member; those of others go on."""

    def __init__(self, desk: "Desk", members: "Members") -> None:
        self._desk = desk
        self._members = members

    async def take(
        self, actor: "Actor", member: "WecomMember", reaching: own.Reaching, text: str, *, is_confirmed: bool
    ) -> str:
        """End what a text names, after a question has been answered."""
        if is_confirmed:
            return await self._leave(actor, reaching, text)
        return await self._ask(member, reaching, text)

    async def _ask(self, member: "WecomMember", reaching: own.Reaching, text: str) -> str:
        if not reaching.entries:
            return replies.NO_SUBSCRIPTIONS
        found = chosen(reaching.entries, text)
        if not found:
            return self._which(reaching)
        named = "、".join(replies.name_of(one) for one in found[:_NAMED])
        await self._members.ask(member, " ".join((Verb.LEAVE, *(f"{_BY_ID}{one.key}" for one in found))))
        count = f"这 {len(found)} 个订阅" if len(found) > 1 else "订阅"
        return f"要退订{count}“{named}”吗？回复“确认”就退订。"

    async def _leave(self, actor: "Actor", reaching: own.Reaching, text: str) -> str:
        found = chosen(reaching.entries, text)
        if not found:
            return self._which(reaching)
        alone = {destination.id for destination in reaching.alone}
        left = [one for one in found if await self._left(actor, one, alone)]
        if not left:
            return replies.SHARED
        return f"已退订：{'、'.join(replies.name_of(one) for one in left[:_NAMED])}。"

    def _which(self, reaching: own.Reaching) -> str:
        return "\n".join((*replies.numbered(reaching.entries), replies.WHICH))

    async def _left(self, actor: "Actor", one: own.Entry, alone: set[str]) -> bool:
        subscription: Subscription = one.own.subscription
        mine = alone.intersection(subscription.destinations)
        if not mine:
            return False
        if own.is_own(actor, one.own, alone):
            given_up = (one.profile_id,) if one.profile_id else subscription.profiles
            await self._desk.joining_subscriptions.leave(actor, subscription.id, given_up)
            await self._forget_profiles(actor, given_up)
            return True
        for destination_id in mine:
            await self._desk.around.store.subscriptions.opt_out(subscription.id, destination_id)
        await self._desk.audit.record(actor, "subscription.left", subscription.id)
        return True

    async def _forget_profiles(self, actor: "Actor", profiles: "Sequence[str]") -> None:
        """Forget what was made for this subscription alone; others may have come to use it."""
        for profile_id in profiles:
            try:
                profile = await self._desk.profiles.get(actor, profile_id)
                if profile.card.made_by == actor.account_id:
                    await self._desk.profiles.remove(actor, profile_id)
            except RefusalError:
                continue


def chosen(owned: tuple[own.Entry, ...], text: str) -> list[own.Entry]:
    """Return what a text names: by key, by number, by name, or all; none when it is not clear."""
    if text.startswith(_BY_ID):
        ids = {part.removeprefix(_BY_ID) for part in text.split()}
        return [one for one in owned if one.key in ids]
    if text in _ALL:
        return list(owned)
    if not text:
        return list(owned) if len(owned) == 1 else []
    digits = text.removeprefix("第").rstrip("个号条.、")
    if digits.isascii() and digits.isdigit():
        number = int(digits[:6])
        return [owned[number - 1]] if 1 <= number <= len(owned) else []
    named = [one for one in owned if text.casefold() in one.name.casefold()]
    return named if len(named) == 1 else []
