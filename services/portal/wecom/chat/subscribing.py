"""``订阅``: what it would bring, the question, and the subscription."""

from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from services.portal.desk.drafts import SubscriptionDraft
from services.portal.desk.refusals import RefusalError
from services.portal.wecom.chat import own, replies
from services.portal.wecom.chat.commands import Verb
from services.portal.wecom.chat.terms import parse_terms
from shared.errors import RetryLaterError

if TYPE_CHECKING:
    from services.portal.desk.desk import Desk
    from services.portal.wecom.chat.terms import Wanted
    from services.portal.wecom.members import Members
    from shared.advice import Preview
    from shared.filing.wecom_corps import WecomCorp
    from shared.filing.wecom_members import WecomMember

SCHEDULE = "daily@09:00"
PREVIEW_WEEKS = 4


class Subscribing:
    """Makes subscriptions of one member, after it has said yes."""

    def __init__(self, desk: "Desk", members: "Members") -> None:
        self._desk = desk
        self._around = desk.around
        self._members = members

    async def offer(self, member: "WecomMember", text: str) -> str:
        """Show what these words would bring, and ask."""
        wanted = parse_terms(text)
        if wanted is None:
            return replies.NO_WORDS
        seen = await self._preview(wanted)
        await self._members.ask(member, f"{Verb.SUBSCRIBE} {text}")
        return replies.preview(wanted, seen)

    async def guess(self, member: "WecomMember", text: str) -> str:
        """Ask whether words that are no command are meant to be watched."""
        wanted = parse_terms(text)
        if wanted is None:
            return replies.HELP
        await self._members.ask(member, f"{Verb.SUBSCRIBE} {text}")
        return (
            f"没看懂。想订阅“{wanted.name}”的新专利吗？回复“确认”就订阅；发“订阅 {text}”先看预览；发“帮助”看能做什么。"
        )

    async def subscribe(self, corp: "WecomCorp", member: "WecomMember", text: str) -> str:
        """Watch these words from now on, as the member said yes."""
        wanted = parse_terms(text)
        if wanted is None:
            return replies.NO_WORDS
        actor = await self._members.actor(corp, member)
        if not actor.may(Permission.WRITE_PROFILES) or not actor.may(Permission.WRITE_SUBSCRIPTIONS):
            return replies.READ_ONLY
        if not await self._desk.consents.of(actor):
            account = await self._desk.people.me(actor)
            await self._desk.consents.give(account, how="wecom")  # the question that was answered asked for it
        destination_id = await own.destination_of(self._desk, self._members, actor, corp, member)
        profile = await self._desk.profiles.make(actor, wanted.profile("new"))
        draft = SubscriptionDraft(
            name=wanted.name, profiles=(profile.profile.id,), destinations=(destination_id,), schedule=SCHEDULE
        )
        try:
            done = await self._desk.joining_subscriptions.join_or_add(actor, draft)
        except RefusalError:
            await self._desk.profiles.remove(actor, profile.profile.id)
            raise
        return replies.subscribed(wanted, joined=done.joined)

    async def _preview(self, wanted: "Wanted") -> "Preview | None":
        advice = self._around.advice
        if advice is None:
            return None
        try:
            return await advice.preview(wanted.profile("preview"), weeks=PREVIEW_WEEKS, examples=replies.EXAMPLES)
        except RetryLaterError:
            return None
