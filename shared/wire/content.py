"""The content hash of a publication: what decides between "known", "new" and "corrected"."""

import hashlib

import msgspec

from shared.wire.publication import Publication

_encoder = msgspec.json.Encoder(order="deterministic")


def content_hash(publication: Publication) -> str:
    """Hash everything a publication says, but not where it was read.

    The source is left out: the same record read from another file is the same record.

    Returns:
        32 hexadecimal digits (128 bits of BLAKE2b).
    """
    said = msgspec.structs.replace(publication, source="")
    return hashlib.blake2b(_encoder.encode(said), digest_size=16).hexdigest()
