"""What lies among the dead letters although nothing is wrong with it: a newer version wrote it, and this one can read it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.bus.lags import OPERATOR_GROUP
from shared.bus.port import Record
from shared.bus.topics import MATCHES, PROFILES, PUBLICATIONS
from shared.errors import InvalidInputError
from shared.wire.events import ProfileSaved, PublicationMatched, PublicationSeen, decode_event

if TYPE_CHECKING:
    from shared.bus.port import Bus, Received
    from shared.bus.topics import Topic

_BATCH = 200
_WAIT_SECONDS = 5.0

_ADDED = ("original-topic", "original-partition", "original-offset", "error-class", "error-text")
"""Headers that a dead letter has besides its own, see `dead_letter_of`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What became of a topic's dead letters.

    Attributes:
        again: put back on their topic, to be processed.
        done: profiles, which every start reads from the log itself: putting an old one back would undo later changes.
        left: this version cannot read them either; still among the dead letters.
    """

    again: int = 0
    done: int = 0
    left: int = 0


async def replay_dead_letters(bus: "Bus", topic: "Topic") -> Replayed:
    """Put what this version can read back on its topic.

    Whoever gets a record twice does nothing the second time, so that a crash in the middle does no harm: begin again.

    Args:
        bus: where all is.
        topic: one of the publications, the matches and the profiles.
    """
    letters = topic.dead_letters
    waiting = await bus.lag(letters, OPERATOR_GROUP)
    again = done = left = 0
    async with bus.consumer(letters, OPERATOR_GROUP) as consumer:
        while waiting > 0 and (received := await consumer.poll(min(_BATCH, waiting), _WAIT_SECONDS)):
            waiting -= len(received)
            good = [letter for letter in received if _is_readable(topic, letter)]
            bad = [letter for letter in received if letter not in good]
            if topic is not PROFILES:
                await bus.append(topic, [_as_it_was(letter) for letter in good])
                again += len(good)
            else:
                done += len(good)
            # They move to the end, so that they are still counted when these are done with.
            await bus.append(letters, [Record(key=r.key, value=r.value, headers=r.headers) for r in bad])
            left += len(bad)
            await consumer.commit(received)
    return Replayed(again=again, done=done, left=left)


def _is_readable(topic: "Topic", letter: "Received") -> bool:
    raw = letter.value or b""
    try:
        if topic is PUBLICATIONS:
            decode_event(raw, PublicationSeen)
        elif topic is MATCHES:
            decode_event(raw, PublicationMatched)
        else:
            decode_event(raw, ProfileSaved)
    except InvalidInputError:
        return False
    return True


def _as_it_was(letter: "Received") -> Record:
    headers = {name: value for name, value in letter.headers.items() if name not in _ADDED}
    return Record(key=letter.key, value=letter.value, headers=headers)
