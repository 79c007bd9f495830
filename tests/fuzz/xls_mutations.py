"""Ways to spoil an xls file where it tells how much is in it: what reads it believes that, and reserves as much."""

import random
import struct

_SECTOR_BYTES = 512
_HEADER_COUNTS = (24, 26, 30, 32, 40, 44, 48, 56, 60, 64, 68, 72, 76)
"""Places of the counts, sizes and first sectors in the header of a compound file ([MS-CFB] 2.2)."""

_TELLING = (b"\x04\x02", b"\x03\x02", b"\x85\x00", b"\x09\x08", b"\xe5\x00", b"\xfc\x00", b"\x00\x02")
"""Records that tell places, lengths and counts ([MS-XLS]): LABEL, NUMBER, BOUNDSHEET, BOF, MERGECELLS, SST, DIMENSIONS."""


def lie_in_compound_file(content: bytes, chance: random.Random) -> bytes:
    """Change a count, a size or a sector's number in the header, or the number of the sector that follows another."""
    spoilt = bytearray(content)
    if len(spoilt) <= _SECTOR_BYTES:
        return content
    if chance.random() < 0.6:
        at = chance.choice(_HEADER_COUNTS)
    else:  # the table of sectors lies at the end
        at = len(spoilt) - 4 * chance.randrange(1, 1 + min(len(spoilt), _SECTOR_BYTES) // 4)
    spoilt[at : at + 4] = struct.pack("<I", _odd(chance))
    return bytes(spoilt)


def lie_in_records(content: bytes, chance: random.Random) -> bytes:
    """Change the length of some records, or the place or count that stands behind it."""
    spoilt = bytearray(content)
    kind = chance.choice(_TELLING)
    places: list[int] = []
    at = content.find(kind, _SECTOR_BYTES)
    while at >= 0 and len(places) < 400:
        places.append(at)
        at = content.find(kind, at + 1)
    for place in chance.sample(places, min(len(places), chance.choice((1, 2, 8)))):
        field = place + chance.choice((2, 4, 6, 8, 10))
        spoilt[field : field + 2] = struct.pack("<I", _odd(chance))[:2]
    return bytes(spoilt[: len(content)])


def further_record(content: bytes, chance: random.Random) -> bytes:
    """Put in a record that claims much: merged cells, a table of texts, a cell in the last corner."""
    places = [at for at in range(_SECTOR_BYTES, len(content) - 4) if content[at : at + 2] == b"\x04\x02"][:400]
    if not places:
        return content
    count = chance.choice((1, 0xFF, 0xFFFF))
    record = chance.choice(
        (
            struct.pack("<HHHHHHH", 0x00E5, 10, count, 0, 0xFFFF, 0, 0xFF),
            struct.pack("<HHII", 0x00FC, 8, 0xFFFFFFFF, chance.choice((1, 0x7FFFFFFF, 0xFFFFFFFF))),
            struct.pack("<HHHHHd", 0x0203, 14, 0xFFFF, chance.choice((0, 0xFF, 0xFFFF)), 0, 1.5),
            struct.pack("<HHIIHHH", 0x0200, 14, 0, 0xFFFFFFFF, 0, 0xFFFF, 0),
        )
    )
    at = chance.choice(places)
    return content[:at] + record + content[at + len(record) :]


def _odd(chance: random.Random) -> int:
    return chance.choice((0, 1, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFF0, 0xFFFFFFFE, 0xFFFFFFFF, chance.getrandbits(32)))
