"""What a vendor's code means: a table a vendor, read in one way."""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from shared.errors import (
    ChannelMisconfiguredError,
    DestinationGoneError,
    RateLimitedError,
    Reason,
    RefusedMessageError,
    RetryLaterError,
    ZhituiError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Kind(Enum):
    """What the loop must do."""

    BUSY = auto()
    TOO_FAST = auto()
    REFUSED = auto()
    TOO_LONG = auto()
    GONE = auto()
    MISCONFIGURED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What one code stands for.

    Attributes:
        advice: what is wrong and what to do, for people; without a full stop at its end.
        after_seconds: least wait; of ``TOO_FAST`` the vendor's `Vendor.blocked_seconds` when ``None``.
        most_tries: where the vendor sets a limit of its own.
    """

    kind: Kind
    advice: str = ""
    after_seconds: float | None = None
    most_tries: int | None = None


TOO_FAST = Meaning(kind=Kind.TOO_FAST)
TOO_LONG = Meaning(kind=Kind.TOO_LONG)
REFUSED = Meaning(kind=Kind.REFUSED)


def gone(advice: str) -> Meaning:
    """Return the meaning of a destination that must be registered anew."""
    return Meaning(kind=Kind.GONE, advice=advice)


def misconfigured(advice: str) -> Meaning:
    """Return the meaning of settings that must be put right."""
    return Meaning(kind=Kind.MISCONFIGURED, advice=advice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """How a vendor answers.

    Attributes:
        name: as people call it.
        official_url: base address.
        setting: the variable that replaces it.
        blocked_seconds: how long "too fast" lasts.
        codes: of the answer's body; those that are missing are tried three times.
        texts: of a code that stands for several things, (words in small letters, meaning) in order; the first whose words
            stand in the vendor's text counts, else ``codes``.
        code_field, text_field: where in the body they stand.
        silent_success: an answer without a code is a good one.
        wait_header: in which HTTP 429 says how long to wait, as ``Retry-After`` does.
    """

    name: str
    official_url: str
    setting: str
    blocked_seconds: float
    codes: "Mapping[int, Meaning]"
    texts: "Mapping[int, Sequence[tuple[str, Meaning]]]" = field(default_factory=dict)
    code_field: str = "errcode"
    text_field: str = "errmsg"
    silent_success: bool = False
    wait_header: str = "Retry-After"

    def judge(self, code: int, text: str) -> ZhituiError | None:
        """Return the error that a code means, ``None`` for 0.

        Args:
            code: of the body.
            text: what the vendor says to it, without secrets.
        """
        if code == 0:
            return None
        meaning = self._meaning(code, text)
        said = f"{self.name}错误 {code}：{text}"
        if meaning is None:
            return RetryLaterError(said, reason=Reason.REJECTED, vendor_code=str(code))
        return self._error(meaning, f"{meaning.advice}（{said}）" if meaning.advice else said, str(code))

    def _meaning(self, code: int, text: str) -> Meaning | None:
        folded = text.casefold()
        return next((meaning for words, meaning in self.texts.get(code, ()) if words in folded), self.codes.get(code))

    def _error(self, meaning: Meaning, sentence: str, code: str) -> ZhituiError:
        match meaning.kind:
            case Kind.BUSY:
                return RetryLaterError(
                    sentence,
                    after_seconds=meaning.after_seconds,
                    most_tries=meaning.most_tries,
                    reason=Reason.SERVER,
                    vendor_code=code,
                )
            case Kind.TOO_FAST:
                wait_seconds = meaning.after_seconds or self.blocked_seconds
                return RateLimitedError(
                    sentence, after_seconds=wait_seconds, reason=Reason.RATE_LIMITED, vendor_code=code
                )
            case Kind.GONE:
                return DestinationGoneError(sentence, reason=Reason.GONE, vendor_code=code)
            case Kind.MISCONFIGURED:
                return ChannelMisconfiguredError(sentence, reason=Reason.CONFIGURATION, vendor_code=code)
            case Kind.TOO_LONG:
                return RefusedMessageError(sentence, reason=Reason.TOO_LONG, vendor_code=code)
            case Kind.REFUSED:
                return RefusedMessageError(sentence, reason=Reason.REJECTED, vendor_code=code)
