"""Buttons under a card: a verdict or silence, then the card says what was done.

Source: https://developer.work.weixin.qq.com/document/path/94888 (a card is changed by a code that is good once, for 72 hours).
"""

from typing import TYPE_CHECKING

from services.portal.desk.refusals import MissingError, RefusalError
from services.portal.wecom.chat import own, replies
from shared.errors import RetryLaterError, ZhituiError
from shared.filing.destination_cards import DESTINATION_CARDS
from shared.filing.marks import Verdict
from shared.filing.subscription_cards import SUBSCRIPTION_CARDS
from shared.logs import get_logger
from shared.wire.card_buttons import CardButton
from shared.wire.identity import item_key

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.desk import Desk
    from services.portal.wecom.corps import Corps
    from services.portal.wecom.incoming import Touched
    from services.portal.wecom.members import Members
    from shared.filing.wecom_corps import WecomCorp
    from shared.store.records import Delivery
    from shared.wire.subscription import Destination

UPDATE_PATH = "/cgi-bin/message/update_template_card"
MUTE_DAYS = 7
TRIES, WAIT_SECONDS = 3, 2.0
"""The vendor asks that what it is too busy for is not tried more often."""

_VERDICTS = {
    CardButton.RELEVANT: (Verdict.RELEVANT, "已标记：相关"),
    CardButton.IRRELEVANT: (Verdict.IRRELEVANT, "已标记：不相关"),
}
_GONE = "这条提醒已不在知推里，没有记录。"
_OPERATORS = "信息中心代订，不收标记"
_OPERATORS_SILENCE = "信息中心代订，静音请找中心"
"""Of what an operator made at the command line: it is in no organisation's inbox, and nobody else may change it."""

_log = get_logger("wecom")


class Touches:
    """Takes what buttons say."""

    def __init__(self, desk: "Desk", corps: "Corps", members: "Members") -> None:
        self._desk = desk
        self._store = desk.around.store
        self._clock = desk.around.clock
        self._corps = corps
        self._members = members

    async def take(self, corp: "WecomCorp", touched: "Touched") -> None:
        """Do what a button says, and let the card show it.

        Raises:
            RetryLaterError: the store does not work; nothing was done.
        """
        try:
            said = await self._done(corp, touched)
        except MissingError:
            said = _GONE
        except RefusalError as error:
            said = error.text.zh
        await self._show(corp, touched, said)

    async def _done(self, corp: "WecomCorp", touched: "Touched") -> str:
        delivery = await self._store.deliveries.get(touched.task_id)
        destination = await self._store.destinations.get(delivery.destination_id) if delivery else None
        if delivery is None or destination is None:
            raise MissingError
        members = own.members_of(destination, corp)
        if touched.user_id.casefold() not in members:
            raise MissingError
        member = await self._members.seen(corp, touched.user_id)
        actor = await self._members.actor(corp, member)
        if touched.button == CardButton.MUTE_WEEK:
            return await self._mute(actor, destination, is_shared=len(members) > 1)
        if touched.button not in _VERDICTS:
            raise MissingError
        verdict, said = _VERDICTS[CardButton(touched.button)]
        return said if await self._judge(actor, delivery, verdict) else _OPERATORS

    async def _mute(self, actor: "Actor", destination: "Destination", *, is_shared: bool) -> str:
        if await self._store.shelf(DESTINATION_CARDS).get(destination.id) is None:
            return _OPERATORS_SILENCE
        await self._desk.destinations.get(actor, destination.id)
        if is_shared:
            return "发给多人，不能静音"
        until = replies.until(self._clock.now(), MUTE_DAYS)
        await own.mute(self._desk, actor, destination, until)
        return f"已静音到 {until.astimezone(self._desk.around.settings.zone):%m-%d}"

    async def _judge(self, actor: "Actor", delivery: "Delivery", verdict: Verdict) -> bool:
        """Mark what a delivery tells; false when it is of subscriptions that no organisation has: no inbox would show it."""
        alerts = await self._store.alerts.of_delivery(delivery.id)
        if not alerts:
            raise MissingError
        cards = await self._store.shelf(SUBSCRIPTION_CARDS).many([alert.key.subscription_id for alert in alerts])
        theirs = [alert for alert in alerts if alert.key.subscription_id in cards]
        for alert in theirs:
            for why in alert.whys:
                key = item_key(alert.publication)
                await self._desk.marking.mark(actor, key, verdict, profile_id=why.profile_id)
        return bool(theirs)

    async def _show(self, corp: "WecomCorp", touched: "Touched", said: str) -> None:
        """Change the card; its code is good once, so that doing it again does nothing."""
        body = {
            "userids": [touched.user_id],
            "agentid": corp.agent_id,
            "response_code": touched.response_code,
            "button": {"replace_name": said},
        }
        account = self._corps.account(corp)
        for left in reversed(range(TRIES)):
            try:
                await account.call(UPDATE_PATH, body)
            except RetryLaterError as error:
                if not left or error.ambiguous:
                    _log.warning("wecom_card_not_updated", connection=corp.id, error=str(error))
                    return
                await self._clock.sleep(error.after_seconds or WAIT_SECONDS)
            except ZhituiError as error:
                _log.warning("wecom_card_not_updated", connection=corp.id, error=str(error))
                return
            else:
                return
