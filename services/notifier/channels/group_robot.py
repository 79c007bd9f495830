"""What the robots of group chats have in common, whoever the vendor is; the vendors offer no idempotency."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from services.notifier.channels.robot_options import lane_of
from services.notifier.channels.robot_signature import wrong_clock
from shared.vendors.http import VendorApi

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from services.notifier.channels.port import Means
    from shared.vendors.codes import Vendor
    from shared.wire.subscription import Destination


class GroupRobot(ABC):
    """Sends to the robots of one vendor; the address of a destination is its robot's key.

    Args:
        vendor: its table.
        base_url: where it is reached.
        means: what channels are built from.
    """

    idempotent = False
    asks_first = True

    def __init__(self, vendor: "Vendor", base_url: str, means: "Means") -> None:
        self._api = VendorApi(vendor, base_url, timeout_seconds=means.settings.send_timeout_seconds)
        self._list_url = means.settings.front_page

    def lane(self, destination: "Destination") -> str:
        """Return a hash of the key: the vendors count by robot."""
        return lane_of(destination.address)

    async def send_test(self, destination: "Destination", now: "datetime") -> None:
        """Post a line that says that it works."""
        await self.say(destination, f"知推测试消息：这个群机器人可以收到专利推送。{now:%Y-%m-%d %H:%M}")

    @abstractmethod
    async def say(self, destination: "Destination", sentence: str) -> None:
        """Post one sentence; raises as `send` does."""

    async def close(self) -> None:
        """Close connections."""
        await self._api.close()


class SecuredRobot(GroupRobot):
    """Sends to robots that may want a signature, or a keyword in every message.

    Attributes:
        signature_refused: the code for a signature that the vendor does not take.
    """

    signature_refused: ClassVar[int]

    def __init__(self, vendor: "Vendor", base_url: str, means: "Means") -> None:
        super().__init__(vendor, base_url, means)
        self._clock = means.clock

    async def say(self, destination: "Destination", sentence: str) -> None:
        """Post one sentence, with the keyword that the robot wants; raises as `send` does."""
        await self._post_line(destination, f"{sentence} {destination.options.get('keyword', '')}".rstrip())

    @abstractmethod
    async def _post_line(self, destination: "Destination", line: str) -> None:
        """Post a text."""

    async def _call(
        self,
        destination: "Destination",
        path: str,
        body: bytes,
        now: "datetime",
        *,
        params: "Mapping[str, str] | None" = None,
    ) -> None:
        """Post a body, signed where the destination has a secret.

        Args:
            destination: whose key and secret nobody must read.
            path: see `VendorApi.exchange`.
            body: JSON.
            now: the time in the signature.
            params: see `VendorApi.exchange`.
        """
        secret, vendor = destination.options.get("secret", ""), self._api.vendor
        answer = await self._api.exchange(path, body, params=params, secrets=(destination.address, secret))
        failure = vendor.judge(answer.code, answer.text)
        if secret and answer.code == self.signature_refused:
            failure = wrong_clock(answer, now, vendor.name) or failure
        if failure is not None:
            raise failure
