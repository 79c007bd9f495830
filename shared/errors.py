"""One tree of errors; the class tells a loop what it must do.

::

    ZhituiError
    ├── RetryLaterError            the same work may succeed later: wait, then try again
    │   ├── RateLimitedError       the other side said "too fast": wait at least as long as it asks
    │   └── StorageFullError       the disk is full or read-only: hold everything, go on when there is room
    ├── InvalidInputError          this input can never succeed: dead-letter or quarantine it whole
    │   ├── UnrecognisedFormatError  no known format: nothing could be read at all
    │   └── FutureSchemaError      written by a newer version: park it, a later version will read it
    ├── RefusedMessageError        the vendor refuses this message, not its receiver: dead-letter the delivery
    ├── DestinationGoneError       this destination will not come back: disable it
    ├── ChannelMisconfiguredError  our account at the vendor is refused: stop the channel, tell the operator
    ├── SourceProblemError         a source gives nothing until somebody acts: tell the operator, look again much later
    ├── PartitionLostError         another member owns the partition now: drop the work, do not commit
    ├── NotFoundError              the named thing does not exist
    └── MisconfiguredError         a setting is wrong: stop and say which

Exceptions of libraries are translated where the library is called; none of them crosses a port.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why a delivery attempt failed: a closed set, used in logs, metrics and the delivery log alike."""

    AUTH = "auth"
    RATE_LIMITED = "rate_limited"
    REJECTED = "rejected"
    GONE = "gone"
    TOO_LONG = "too_long"
    SERVER = "server"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    GARBAGE = "garbage"
    INTERRUPTED = "interrupted"
    EXHAUSTED = "exhausted"
    CONFIGURATION = "configuration"


class ZhituiError(Exception):
    """Root of every error that Zhitui raises on purpose.

    Attributes:
        reason: machine-readable cause, where one applies.
        vendor_code: what the other side called it (``"93000"``, ``"550 5.1.1"``), for support.
    """

    def __init__(self, message: str, *, reason: Reason | None = None, vendor_code: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.vendor_code = vendor_code


class RetryLaterError(ZhituiError):
    """The same work may succeed later.

    Attributes:
        after_seconds: the least wait the other side asks for; ``None`` leaves it to the schedule.
        ambiguous: the other side may have done the work although no answer came.
        most_tries: how often it may be tried in all, where the vendor sets a limit of its own.
    """

    def __init__(
        self,
        message: str,
        *,
        after_seconds: float | None = None,
        ambiguous: bool = False,
        most_tries: int | None = None,
        reason: Reason | None = None,
        vendor_code: str | None = None,
    ) -> None:
        super().__init__(message, reason=reason, vendor_code=vendor_code)
        self.after_seconds = after_seconds
        self.ambiguous = ambiguous
        self.most_tries = most_tries


class RateLimitedError(RetryLaterError):
    """The other side said "too fast"."""


class StorageFullError(RetryLaterError):
    """The data folder cannot be written: full, read-only or gone."""


class InvalidInputError(ZhituiError):
    """This input can never succeed; keep it whole, with the reason."""


class UnrecognisedFormatError(InvalidInputError):
    """Nothing that Zhitui knows how to read."""


class FutureSchemaError(InvalidInputError):
    """A record written by a newer version of Zhitui."""


class RefusedMessageError(ZhituiError):
    """The vendor refuses this message; its receiver is fine."""


class DestinationGoneError(ZhituiError):
    """The destination will not come back."""


class ChannelMisconfiguredError(ZhituiError):
    """The vendor refuses our account, not this message and not its receiver."""


class SourceProblemError(ZhituiError):
    """A source gives nothing until somebody acts; the message says, for people, what is wrong and what to do."""


class PartitionLostError(ZhituiError):
    """Another member of the group owns the partition now."""


class NotFoundError(ZhituiError):
    """The named thing does not exist."""


class MisconfiguredError(ZhituiError):
    """A setting is missing or wrong; the message names it and says what to do."""
