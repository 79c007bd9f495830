"""A chat with the app: what a member says, done and answered."""

from typing import TYPE_CHECKING

from services.portal.desk.refusals import RefusalError
from services.portal.wecom.chat import own, replies
from services.portal.wecom.chat.binding import Binding
from services.portal.wecom.chat.commands import Command, Verb, days_in, number_in, parse
from services.portal.wecom.chat.leaving import Leaving
from services.portal.wecom.chat.subscribing import Subscribing
from shared.errors import RetryLaterError

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.desk import Desk
    from services.portal.wecom.members import Members
    from shared.filing.wecom_corps import WecomCorp
    from shared.filing.wecom_members import WecomMember

RECENT, MOST_RECENT = 5, 10

_CHANGES = {Verb.MUTE, Verb.RESUME, Verb.LEAVE, Verb.BIND}
"""What is done only when it was understood for certain."""

_OWN = {Verb.LIST, Verb.RECENT, Verb.MUTE, Verb.RESUME, Verb.LEAVE}
"""What is about subscriptions that a member has."""


class Conversation:
    """Answers members.

    Args:
        desk: does what they ask for.
        members: who they are.
    """

    def __init__(self, desk: "Desk", members: "Members") -> None:
        self._desk = desk
        self._around = desk.around
        self._members = members
        self._subscribing = Subscribing(desk, members)
        self._leaving = Leaving(desk, members)
        self._binding = Binding(desk.around, members)

    async def answer(self, corp: "WecomCorp", user_id: str, text: str) -> str:
        """Do what a message asks for, and return what its sender is told.

        Raises:
            RetryLaterError: the store does not work; nothing was promised.
        """
        member = await self._members.seen(corp, user_id)
        try:
            return replies.fitted(await self._told(corp, member, parse(text)))
        except RefusalError as error:
            return replies.fitted(error.text.zh)

    async def _told(self, corp: "WecomCorp", member: "WecomMember", command: Command) -> str:
        if command.verb in {Verb.YES, Verb.NO}:
            asked = await self._members.asked(member)
            if not asked:
                return replies.NOTHING_ASKED
            return await self._agreed(corp, member, asked) if command.verb is Verb.YES else replies.DROPPED
        if command.verb in _CHANGES and not command.sure:
            await self._members.ask(member, command.corrected)
            return replies.is_it(command.corrected)
        return await self._asked(corp, member, command, is_confirmed=False)

    async def _agreed(self, corp: "WecomCorp", member: "WecomMember", asked: str) -> str:
        try:
            return await self._confirmed(corp, member, parse(asked))
        except RetryLaterError:
            await self._members.ask(member, asked)  # who says yes once more is not told that nobody asked
            raise

    async def _confirmed(self, corp: "WecomCorp", member: "WecomMember", command: Command) -> str:
        if command.verb is Verb.SUBSCRIBE:
            return await self._subscribing.subscribe(corp, member, command.rest)
        return await self._asked(corp, member, command, is_confirmed=True)

    async def _asked(self, corp: "WecomCorp", member: "WecomMember", command: Command, *, is_confirmed: bool) -> str:
        if command.verb in _OWN:
            return await self._about_own(corp, member, command, is_confirmed=is_confirmed)
        match command.verb:
            case Verb.SUBSCRIBE:
                return await self._subscribing.offer(member, command.rest)
            case Verb.BIND:
                return await self._binding.bind(corp, member, command.rest)
            case Verb.UNKNOWN:
                return await self._subscribing.guess(member, command.rest)
            case _:
                return replies.HELP

    async def _about_own(
        self, corp: "WecomCorp", member: "WecomMember", command: Command, *, is_confirmed: bool
    ) -> str:
        account = await self._members.account(corp, member.user_id)
        if account is None:
            return replies.NO_SUBSCRIPTIONS
        actor = self._members.as_actor(account)
        reaching = await own.reaching(self._desk, actor, corp, member.user_id)
        match command.verb:
            case Verb.LEAVE:
                return await self._leaving.take(actor, member, reaching, command.rest, is_confirmed=is_confirmed)
            case Verb.RECENT:
                return await self._recent(reaching, command.rest)
            case Verb.MUTE:
                return await self._mute(actor, reaching, days_in(command.rest))
            case Verb.RESUME:
                return await self._resume(actor, reaching)
            case _:
                return self._list(reaching)

    def _list(self, reaching: own.Reaching) -> str:
        if not reaching.subscriptions:
            return replies.NO_SUBSCRIPTIONS
        muted_until = reaching.muted_until
        is_muted = muted_until is not None and muted_until > self._around.clock.now()
        return replies.listing(reaching.entries, muted_until if is_muted else None, self._around.settings.zone)

    async def _recent(self, reaching: own.Reaching, text: str) -> str:
        wanted = number_in(text, default=RECENT, most=MOST_RECENT)
        ids = [one.subscription.id for one in reaching.subscriptions]
        alerts = await self._around.store.alerts.inbox(ids, limit=wanted) if ids else []
        if not alerts:
            return replies.NOTHING_RECENT if ids else replies.NO_SUBSCRIPTIONS
        return "\n".join((f"最近 {len(alerts)} 条：", *(replies.item(alert.publication) for alert in alerts)))

    async def _mute(self, actor: "Actor", reaching: own.Reaching, days: int) -> str:
        if not reaching.alone:
            return replies.SHARED if reaching.shared else replies.MUTED_NOTHING
        until = replies.until(self._around.clock.now(), days)
        for destination in reaching.alone:
            await own.mute(self._desk, actor, destination, until)
        return replies.muted(until, self._around.settings.zone)

    async def _resume(self, actor: "Actor", reaching: own.Reaching) -> str:
        for destination in reaching.alone:
            if destination.muted_until is not None:
                await own.mute(self._desk, actor, destination, None)
        return "已恢复推送，攒下的马上发给您。" if reaching.alone else replies.NO_SUBSCRIPTIONS
