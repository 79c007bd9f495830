"""What the owner of a DingTalk or Feishu robot set against strangers, as their stand-ins keep it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.testing.vendor import texts_of

if TYPE_CHECKING:
    from datetime import datetime

HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """What is set; at least one of these is compulsory at the vendors'."""

    secret: str = ""
    keywords: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def lacks_keyword(self, body: dict[str, Any]) -> bool:
        """Whether a message says none of the keywords."""
        words = "\n".join(texts_of(body))
        return bool(self.keywords) and not any(word in words for word in self.keywords)

    def refuses(self, address: str | None) -> bool:
        """Whether a call comes from elsewhere than it may."""
        return bool(self.addresses) and address not in self.addresses


def is_timely(stamp: str, now: "datetime", *, a_second: int = 1) -> bool:
    """Whether a signature's time is within an hour of the vendor's.

    Args:
        stamp: as it came.
        now: the vendor's time.
        a_second: how many of the stamp's units are one.
    """
    return stamp.isdigit() and abs(int(stamp) / a_second - now.timestamp()) <= HOUR_SECONDS
