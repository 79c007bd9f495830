"""The content hash of a publication: what tells at once that a record says what is known."""

import hashlib
import re

import msgspec

from shared.wire.publication import Publication

_encoder = msgspec.json.Encoder(order="deterministic")

_NOT_SAID = re.compile(rb',"event_on":null,"event_detail":null|,"(?:country|type)":(?:null|"[^"\\]*")')
"""Of the JSON: a document has no event, and an applicant's type and country are derived. In a text every quote has a backslash
before it, so that nothing said looks like this. Records have the hash that they had before these keys were there."""


def content_hash(publication: Publication) -> str:
    """Hash everything a publication says, but not where it was read nor what was derived from it.

    The source is left out: the same record read from another file is the same record. So is the family, which what
    comes later may change.

    Returns:
        32 hexadecimal digits (128 bits of BLAKE2b).
    """
    said = msgspec.structs.replace(publication, source="", family_id=None)
    return hashlib.blake2b(_NOT_SAID.sub(b"", _encoder.encode(said)), digest_size=16).hexdigest()
