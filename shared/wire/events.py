"""What lies on the bus: facts in the past tense, each whole in itself, each with its version."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import msgspec

from shared.errors import FutureSchemaError, InvalidInputError
from shared.wire.match import Match
from shared.wire.profile import Profile
from shared.wire.publication import Publication

if TYPE_CHECKING:
    from collections.abc import Sequence


class Change(StrEnum):
    """Why a publication is told: it is new, or a later record of the same number says something else."""

    NEW = "new"
    CORRECTED = "corrected"


class PublicationSeen(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Ingest accepted a publication (topic ``zhitui.publications.v1``, key: publication number).

    Attributes:
        content_hash: of the publication, see `content_hash`.
        changed: the fields that say something else than before or something for the first time; empty: not known which.
        enriched: of what is ``corrected``: only what was empty was filled in. (Beside ``change``, so that matchers of an older
            version read it as a correction, which it was to them.)
        difference: what a correction changed, for people.
    """

    v: int = 1
    publication: Publication
    content_hash: str
    change: Change
    seen_at: datetime
    changed: tuple[str, ...] = ()
    enriched: bool = False
    difference: str | None = None


class ProfileSaved(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A profile was added or replaced (topic ``zhitui.profiles.v1``, compacted, key: profile id; removal: tombstone)."""

    v: int = 1
    profile: Profile
    saved_at: datetime


class PublicationMatched(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The matcher found profiles in a publication (topic ``zhitui.matches.v1``, key: `matched_key`).

    One record holds a publication and all its matches, in chunks of `MAX_MATCHES_PER_EVENT`,
    so that whoever reads it needs nothing else.

    Attributes:
        difference: what a correction changed, for people; ``None`` when it is none.
    """

    v: int = 1
    publication: Publication
    content_hash: str
    change: Change
    matches: tuple[Match, ...]
    profile_names: dict[str, str]
    matched_at: datetime
    difference: str | None = None


def matched_key(publication: Publication) -> str:
    """Return the key under which matches are told: the family, so that it comes in order to one reader.

    What is told of a family decides what else of it is told; who decides that must know what was decided before.
    """
    return publication.family_id or publication.application_number or publication.publication_number


MAX_MATCHES_PER_EVENT = 200
MAX_MATCH_BYTES_PER_EVENT = 400_000
"""Matches beyond are told in a further event, so that a record stays well below what the bus takes."""
CURRENT_VERSION = 1


class _Version(msgspec.Struct):
    v: int


_encoder = msgspec.json.Encoder()
_version_decoder = msgspec.json.Decoder(_Version)

Event = PublicationSeen | ProfileSaved | PublicationMatched
E = TypeVar("E", PublicationSeen, ProfileSaved, PublicationMatched)


def encode_event(event: Event) -> bytes:
    """Return the event's JSON, the form in which it lies on the bus."""
    return _encoder.encode(event)


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    """A `PublicationMatched` whose matches are written already."""

    v: int = CURRENT_VERSION
    publication: Publication
    content_hash: str
    change: Change
    matches: msgspec.Raw
    profile_names: msgspec.Raw
    matched_at: datetime
    difference: str | None


def encode_matched(
    seen: PublicationSeen, matches: "Sequence[bytes]", names: "Sequence[bytes]", matched_at: datetime
) -> bytes:
    """Return the JSON of a `PublicationMatched`.

    Args:
        seen: the publication.
        matches: each a `Match` in JSON.
        names: for each match ``"profile id":"profile name"`` in JSON.
        matched_at: aware UTC.
    """
    return _encoder.encode(
        _Written(
            publication=seen.publication,
            content_hash=seen.content_hash,
            change=seen.change,
            matches=msgspec.Raw(b"[" + b",".join(matches) + b"]"),
            profile_names=msgspec.Raw(b"{" + b",".join(names) + b"}"),
            matched_at=matched_at,
            difference=seen.difference,
        )
    )


def decode_event(raw: bytes, kind: type[E]) -> E:
    """Read an event back.

    Raises:
        FutureSchemaError: its version is newer than `CURRENT_VERSION`; park it.
        InvalidInputError: it is not an event of this kind; dead-letter it.
    """
    try:
        version = _version_decoder.decode(raw).v
        if version > CURRENT_VERSION:
            raise FutureSchemaError(
                f"{kind.__name__} 的版本 {version} 比本程序认识的 {CURRENT_VERSION} 新；请升级知推后重放。"
            )
        return msgspec.json.decode(raw, type=kind)
    except msgspec.MsgspecError as error:
        raise InvalidInputError(f"不是合法的 {kind.__name__}：{error}") from error
