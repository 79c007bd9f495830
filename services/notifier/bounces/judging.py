"""What a report of a mail that did not arrive means for its receiver: a pure function."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from services.notifier.channels.email_replies import hide_address, judge_reply
from shared.errors import DestinationGoneError, RetryLaterError

if TYPE_CHECKING:
    from services.notifier.bounces.reading import Bounce


class Weight(StrEnum):
    """``HARD``: the mailbox does not exist. ``SOFT``: not now. ``OTHER``: this mail, or us, not the mailbox."""

    HARD = "hard"
    SOFT = "soft"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a report means, and the sentence that says so without an address."""

    weight: Weight
    sentence: str


def judge_bounce(bounce: "Bounce", address: str) -> Judgement:
    """Return what it means, by the same table as a server's answer while a mail is handed over.

    Args:
        bounce: the report.
        address: the receiver's, kept out of the sentence.
    """
    error = judge_reply(bounce.code, hide_address(bounce.said, address), "RCPT")
    if isinstance(error, DestinationGoneError):
        weight = Weight.HARD
    else:
        weight = Weight.SOFT if isinstance(error, RetryLaterError) else Weight.OTHER
    return Judgement(weight, str(error))
