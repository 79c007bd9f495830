"""What the portal asks the notifier to do: only that one talks to the world outside.

An errand is filed, done once by a notifier, and its outcome read by whoever filed it. It waits in no queue of alerts: a person
sits in front of a page. Nothing here is kept longer than that person waits.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind


class Task(StrEnum):
    """What is to be done: mail a text to an address; ask a destination for its consent; send it a test."""

    MAIL = "mail"
    VERIFY = "verify"
    TEST = "test"


class ErrandState(StrEnum):
    """How far it is. ``REFUSED``: it cannot be done, and the outcome says why."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """One request.

    Attributes:
        destination_id: of what is verified or tested.
        address: that a mail goes to. Personal, never logged.
        subject, text: of the mail; may hold a code.
        outcome: what came of it, for people, in Chinese; ``""`` while it waits or when there is nothing to say.
        proven: of a verification, whether the other end answered by itself, so that no code need be typed.
    """

    id: str
    task: Task
    destination_id: str = ""
    address: str = ""
    subject: str = ""
    text: str = ""
    state: ErrandState = ErrandState.WAITING
    outcome: str = ""
    proven: bool = False
    created_at: datetime
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Errand(id={self.id!r}, task={self.task.value!r}, state={self.state.value!r})"


ERRANDS: Kind[Errand] = Kind(
    name="errands",
    title="待办事务",
    document=Errand,
    owner=lambda errand: errand.state.value,
    order=lambda errand: by_moment(errand.created_at),
    expires_at=lambda errand: errand.expires_at,
    sealed=True,
)
