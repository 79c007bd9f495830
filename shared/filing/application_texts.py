"""What files of an application say, kept under its number for the documents of it that come before, with or after them."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind

WAITING, JOINED = "waiting", "joined"


class SaidText(msgspec.Struct, frozen=True, kw_only=True):
    """One text.

    Attributes:
        words_of: which file says it, for people (``权利要求书 DA000002391714``).
        origin: where that was read, for people (``day.zip!application_….xml``).
    """

    text: str
    words_of: str = ""
    origin: str = ""


class ApplicationText(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of one application; ``None``: no file said that yet.

    Attributes:
        id: the application number (``201010241222.4``).
        claim: the first one.
        kept_at: when the first of them came.
        joined: whether a document of the application was known when it was last looked.
    """

    id: str
    title: SaidText | None = None
    abstract: SaidText | None = None
    claim: SaidText | None = None
    kept_at: datetime
    joined: bool = False


APPLICATION_TEXTS: Kind[ApplicationText] = Kind(
    name="application_texts",
    title="申请文件的文本",
    document=ApplicationText,
    owner=lambda one: JOINED if one.joined else WAITING,
    order=lambda one: by_moment(one.kept_at),
)
"""Kept for good, as publications are: the grant may follow the application by years."""
