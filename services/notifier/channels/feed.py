"""``feed``: readers come for it; the portal serves it from the deliveries themselves.

So there is nobody to call: a delivery counts as sent when it is written down as sent, and nothing is stored a second time.
"""

from typing import TYPE_CHECKING

import msgspec

from services.notifier.channels.no_options import check_no_options
from services.notifier.templates.cutting import by_number
from shared.errors import InvalidInputError
from shared.feed_address import feed_urls, new_token
from shared.outlets import Prepared
from shared.unsubscribe import token_hash
from shared.wire.subscription import Channel, DestinationState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from services.notifier.channels.port import Frame, Means, Message
    from shared.store.records import Alert
    from shared.wire.subscription import Destination

ADDRESS = "self"
"""What is written in place of an address: it is made here."""

MAX_ITEMS = 100


class FeedChannel:
    """Sends nothing: what was sent is what a feed shows."""

    name = Channel.FEED
    idempotent = True
    shuns_round_minutes = False
    rate = None

    def __init__(self, means: "Means") -> None:
        settings = means.settings
        self._base = settings.public_url or f"http://127.0.0.1:{settings.http_port}"
        self._is_public = settings.public_url is not None

    def lane(self, destination: "Destination") -> str:
        """Return the destination's id: nothing is counted by."""
        return destination.id

    def check(self, address: str, options: "Mapping[str, str]") -> str:
        """Return the only word that may stand in place of an address."""
        check_no_options(self.name, options)
        if address != ADDRESS:
            raise InvalidInputError("feed 的地址由知推生成。请写 self，例如 zhitui destination add news feed self。")
        return address

    async def prepare(self, destination: "Destination", previous: "Destination | None") -> Prepared:
        """Give the feed its address, the one it had if it had one. Nobody else is told of it, so there is nothing to verify."""
        active = msgspec.structs.replace(destination, state=DestinationState.ACTIVE)
        if previous is not None:
            return Prepared(msgspec.structs.replace(active, address=previous.address, created_at=previous.created_at))
        return await self.rotate(active)

    async def rotate(self, destination: "Destination") -> Prepared:
        """Give the feed a new address; the old one is gone at once."""
        token = new_token(destination.id)
        urls = feed_urls(self._base, token)
        where = "" if self._is_public else "\n别的机器要读它，请设置 ZHITUI_PUBLIC_URL，并把上面的网址换成那个开头。"
        return Prepared(
            msgspec.structs.replace(destination, address=token_hash(token)),
            f"订阅源的地址只显示这一次，请现在记下；谁有地址谁就能看，不要公开：\nAtom：{urls.atom}\nJSON Feed：{urls.json}{where}",
            {"atom": urls.atom, "json": urls.json},
        )

    def paginate(
        self,
        destination: "Destination",  # noqa: ARG002 - the port's
        frame: "Frame",  # noqa: ARG002 - the port's
        alerts: "Sequence[Alert]",
    ) -> "list[tuple[Alert, ...]]":
        """Cut at `MAX_ITEMS`."""
        return by_number(alerts, MAX_ITEMS)

    async def send(self, message: "Message") -> None:
        """Leave it to the store: what it has as sent is in the feed."""

    async def send_test(self, destination: "Destination", now: "datetime") -> None:
        """Leave it at that: a feed that is empty is a feed."""

    async def close(self) -> None:
        """Nothing is open."""
