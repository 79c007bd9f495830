"""What people can say of a message with one touch: the keys of a card's buttons, as they come back."""

from enum import StrEnum


class CardButton(StrEnum):
    """A button under a delivery; the card's task id is the delivery's."""

    RELEVANT = "relevant"
    IRRELEVANT = "irrelevant"
    MUTE_WEEK = "mute-week"
