"""Destinations by number: what is shared out among processes are buckets of destinations, which a query can name."""

from zlib import crc32

BUCKETS = 256
"""Many times more than there are processes, so that their shares are about equal. Stored documents depend on it."""


def bucket_of(destination_id: str) -> int:
    """Return the destination's bucket, 0 to `BUCKETS` - 1, the same for ever and everywhere."""
    return crc32(destination_id.encode("utf-8", "surrogatepass")) % BUCKETS
