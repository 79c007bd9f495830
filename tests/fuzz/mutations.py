"""Ways to spoil an input; each is a function of the content and a source of chance, so that a number repeats it."""

import gzip
import random
import re
import struct
import zlib
from collections.abc import Callable
from functools import cache

from tests.fuzz.seeds import ODD_NAMES, Seed, kind_of, tarred, zipped
from tests.fuzz.xls_mutations import further_record, lie_in_compound_file, lie_in_records

Mutation = Callable[[bytes, random.Random], bytes]

LARGEST_BYTES = 24 * 1024 * 1024
"""A mutated input is cut there: the time limit is for what people send."""

_LARGE_BYTES = 2 * 1024 * 1024
_ZEROS = bytes(30 * 1024 * 1024)

CANARY = "CANARY-3f9c"
"""Lies in a file beside the input; nobody may ever read it."""

_ENCODINGS = ("utf-8", "gb18030", "utf-16", "utf-16-be", "utf-8-sig", "big5", "latin-1", "utf-32")
_ODD_VALUES = (
    *(
        "",
        "0",
        "-1",
        "NaN",
        "1e999",
        "9" * 400,
        "2.02E+12",
        "0000-00-00",
        "2019-02-30",
        "99999999",
        "２０１９年７月９日",
    ),
    *("CN" + "1" * 60 + "A", "CN110007813X9", "ZL", "CN", "US2019/0001A1", "EP0000000A0", "WO2019/999999A1"),
    *(
        "\x00",
        "\x1b[2J",
        "\u202e",
        "\ufeff",
        "\u2028",
        "\U0001f600" * 50,
        "e\u0301" * 100,
        "\ud7ff",
        "；" * 200,
        ";;;;",
        " | " * 99,
    ),
    *("'; DROP TABLE", "=1+1", "${jndi:x}", "%s%n", "../../etc/passwd", "<b>", "&amp;", "]]>", '"', "电" * 70_000),
)


def _span(content: bytes, chance: random.Random, most: int = 4096) -> tuple[int, int]:
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.randrange(most))


def flip(content: bytes, chance: random.Random) -> bytes:
    """Change bytes."""
    spoilt = bytearray(content)
    for _ in range(chance.choice((1, 2, 8, 64))):
        if spoilt:
            spoilt[chance.randrange(len(spoilt))] = chance.choice((0, 255, 10, 34, 44, 60, chance.randrange(256)))
    return bytes(spoilt)


def cut(content: bytes, chance: random.Random) -> bytes:
    """Leave out the end, the beginning or the middle."""
    start, end = _span(content, chance, len(content) + 1)
    return chance.choice((content[:start], content[start:], content[:start] + content[end:]))


def duplicate(content: bytes, chance: random.Random) -> bytes:
    """Repeat a piece, or all."""
    start, end = _span(content, chance)
    times = chance.choice((1, 2, 10, 1000))
    return chance.choice((content * 2, content[:end] + content[start:end] * times + content[end:]))


def insert(content: bytes, chance: random.Random) -> bytes:
    """Put in something that does not belong there."""
    start, _ = _span(content, chance)
    odd = chance.choice(_ODD_VALUES).encode(chance.choice(("utf-8", "gb18030")), "replace")
    noise = chance.choice((odd, chance.randbytes(chance.randrange(300)), bytes(chance.choice((1, 5000, 2_000_000)))))
    return content[:start] + noise + content[start:]


def reencode(content: bytes, chance: random.Random) -> bytes:
    """Write all or a part in another encoding, or call it what it is not."""
    source, target = chance.choice(("utf-8", "gb18030")), chance.choice(_ENCODINGS)
    start, end = (0, len(content)) if chance.random() < 0.5 else _span(content, chance)
    piece = content[start:end].decode(source, "replace").encode(target, "replace")
    named = re.sub(rb'encoding="[^"]*"', f'encoding="{chance.choice(_ENCODINGS)}"'.encode(), content, count=1)
    return chance.choice((content[:start] + piece + content[end:], named, piece))


def odd_value(content: bytes, chance: random.Random) -> bytes:
    """Replace a value by one that no office wrote: what stands between marks of any format."""
    values = list(re.finditer(rb"(?<=[>,\t\":|])[^<>,\t\"\r\n|]{1,200}(?=[<,\t\"\r\n|])", content[:200_000]))
    if not values:
        return content
    value = chance.choice(values)
    return content[: value.start()] + chance.choice(_ODD_VALUES).encode("utf-8", "replace") + content[value.end() :]


def shuffle_lines(content: bytes, chance: random.Random) -> bytes:
    """Move, repeat or join lines."""
    lines = content.split(b"\n")
    what = chance.randrange(4)
    if what == 0:
        chance.shuffle(lines)
    elif what == 1:
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    elif what == 2:
        return content.replace(b"\n", chance.choice((b"\r", b"\r\n", b"", b"\n\n", b"\x0b", b"\x85")))
    else:
        lines = lines[:1] + lines[1:] * chance.choice((20, 300))
    return b"\n".join(lines)


def shift_columns(content: bytes, chance: random.Random) -> bytes:
    """Leave out, add, swap or part cells otherwise, in one line or all."""
    mark = chance.choice((b",", b"\t")) if b"\t" in content else b","
    lines = content.split(b"\n")
    chosen = range(len(lines)) if chance.random() < 0.3 else [chance.randrange(len(lines))]
    what, place, other = chance.randrange(7), chance.randrange(40), chance.randrange(40)
    for number in chosen:
        cells = lines[number].split(mark)
        here, there = place % len(cells), other % len(cells)
        match what:
            case 0:
                del cells[here]
            case 1:
                cells.insert(here, b"")
            case 2:
                cells[here], cells[there] = cells[there], cells[here]
            case 3:
                cells[here] = b'"' + cells[here]
            case 4:
                cells *= 30
            case 5:
                cells[here] = b'"' + cells[here].replace(b'"', b'""') + b'\n"'
            case _:
                cells = [chance.choice((b";", b"|", b"\t", b", ")).join(cells)]
        lines[number] = mark.join(cells)
    return b"\n".join(lines)


def cross_tags(content: bytes, chance: random.Random) -> bytes:
    """Leave out, swap, repeat or rename tags."""
    tags = list(re.finditer(rb"<[^<>]{1,300}>", content[:500_000]))
    if len(tags) < 2:
        return content
    one, two = sorted(chance.sample(tags, 2), key=lambda tag: tag.start())
    before, between, after = content[: one.start()], content[one.end() : two.start()], content[two.end() :]
    return chance.choice(
        (
            before + between + two[0] + after,
            before + two[0] + between + one[0] + after,
            before + one[0] * chance.choice((2, 50)) + between + two[0] + after,
            before + one[0] + (between + two[0]) * chance.choice((2, 40)) + after,
            before + one[0].replace(b":", b"", 1) + between + two[0] + after,
            content.replace(one[0], one[0].swapcase()),
        )
    )


def deepen(content: bytes, chance: random.Random) -> bytes:
    """Put something into something into something ..."""
    depth = chance.choice((100, 300, 5000, 200_000))
    start, _ = _span(content, chance)
    kind = kind_of(content)
    if kind == "xml":
        name = chance.choice((b"a", b"p", b"b:Text"))
        middle = chance.choice((b"<%b>" % name * depth, b"<%b>" % name * depth + b"</%b>" % name * depth))
        place = content.rfind(b"</")
        start = place if place > 0 and chance.random() < 0.7 else start
        return content[:start] + middle + content[start:]
    opened = chance.choice((b"[", b'{"a":'))
    return chance.choice((opened * depth, content[:start] + opened * depth + content[start:]))


def hostile_markup(content: bytes, chance: random.Random) -> bytes:
    """Give it what attackers give: entities, outside files, huge attributes, other people's instructions."""
    boundary = re.search(rb"<(?![?!])[^\s/>]+", content[:10_000])
    if boundary is None:
        return content
    root, place = boundary[0][1:], boundary.start()
    laughs = b"".join(b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    outside = chance.choice((b"file:///proc/self/cwd/canary.txt", b"canary.txt", b"http://127.0.0.1:9/x.dtd"))
    declared = chance.choice(
        (
            b'<!ENTITY l0 "lol">' + laughs,
            b'<!ENTITY l9 SYSTEM "%b">' % outside,
            b'<!ENTITY %% l9 SYSTEM "%b"> %%l9;' % outside,
            b'<!ENTITY l9 "%b">' % (b"x" * 100_000),
            b'<!ATTLIST %b lang CDATA "%b">' % (root, b"y" * 5000),
        )
    )
    used = re.sub(rb">[^<>]{1,80}</", b">&l9;</", content[place:], count=chance.choice((1, 200)))
    huge = b" x='%b'" % (b"z" * chance.choice((1000, 12_000_000)))
    many = b"".join(b" a%d='1'" % n for n in range(chance.choice((50, 60_000))))
    after = place + 1 + len(root)
    return chance.choice(
        (
            content[:place] + b"<!DOCTYPE %b [%b]>" % (root, declared) + used,
            content[:place] + b'<!DOCTYPE %b SYSTEM "%b">' % (root, outside) + content[place:],
            content[:after] + chance.choice((huge, many)) + content[after:],
            content[:after]
            + b' xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include parse="text" href="canary.txt"/'
            + content[after:],
            content[:place] + b'<?xml-stylesheet href="%b"?>' % outside + content[place:],
            content[:place] + b"<!--" + b"-" * chance.choice((2, 100_000)) + b">" + content[place:],
            re.sub(rb">[^<>]{1,80}</", b"><![CDATA[" + b"x" * 1000 + b"]]></", content, count=3),
            re.sub(rb">[^<>]{1,80}</", chance.choice((b">&#0;</", b">&#xD800;</", b">&#x10FFFF;</")), content, count=3),
        )
    )


def odd_json(content: bytes, chance: random.Random) -> bytes:
    """Write values of other types, keys twice, numbers that are too large, halves of characters."""
    values = list(re.finditer(rb'(?<=":)\s*("[^"]*"|null|\[|\{|\d+)', content[:100_000]))
    if not values:
        return content
    value = chance.choice(values)
    odd = (
        b"1e999999",
        b"-0",
        b"NaN",
        b"9" * 5000,
        b'"\\ud800"',
        b'"\\u0000"',
        b"[[]]",
        b"{}",
        b"true",
        b'"' + b"x" * 1_200_000 + b'"',
    )
    return content[: value.start()] + chance.choice(odd) + content[value.end() :]


def lie_in_zip(content: bytes, chance: random.Random) -> bytes:
    """Change what the headers of a zip say: sizes, checks, methods, flags, places."""
    spoilt = bytearray(content)
    for signature, width in ((b"PK\x03\x04", 30), (b"PK\x01\x02", 46), (b"PK\x05\x06", 22), (b"PK\x06\x06", 56)):
        places = [found.start() for found in re.finditer(re.escape(signature), content)]
        if not places or chance.random() < 0.4:
            continue
        for at in chance.sample(places, min(len(places), chance.choice((1, 3)))):
            field = at + chance.randrange(4, width - 3)
            odd = struct.pack("<I", chance.choice((0, 1, 99, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, chance.getrandbits(32))))
            size = chance.choice((1, 2, 4))
            if field + size <= len(spoilt):
                spoilt[field : field + size] = odd[:size]
    return bytes(spoilt)


def pack(content: bytes, chance: random.Random) -> bytes:
    """Put it into an archive, under an odd name, with a bomb beside it or none."""
    name = chance.choice(ODD_NAMES)
    entries = {name: content, **({"bomb.csv.gz": _bombs()[0]} if chance.random() < 0.3 else {})}
    packed = chance.choice((zipped, tarred))(entries) if len(content) < _LARGE_BYTES else _gzipped(content)
    for _ in range(chance.choice((0, 0, 1, 5, 40))):
        packed = zipped({"a.zip": packed}) if chance.random() < 0.5 else _gzipped(packed)
    return packed


def bomb(_content: bytes, chance: random.Random) -> bytes:
    """Return what is small, and a thousand times as large when it is opened."""
    return chance.choice(_bombs())


def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, 1, mtime=0)


@cache
def _bombs() -> tuple[bytes, ...]:
    packed = _gzipped(_ZEROS)
    sheet = {"xl/workbook.xml": b"<x/>", "[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": _ZEROS}
    return (
        packed,
        _gzipped(_gzipped(packed)),
        _gzipped(tarred({"a.csv": _ZEROS})),
        zipped({"a.csv": _ZEROS}),
        zipped({f"{n}.csv": _ZEROS[: 2**23] for n in range(8)}),
        zipped(sheet),
        zipped({f"{n}.xml": b"" for n in range(20_000)}),
    )


def refit_deflate(content: bytes, chance: random.Random) -> bytes:
    """Change what is inside a packed stream and pack it again, so that checks are right and the content is not."""
    if content.startswith(b"\x1f\x8b"):
        try:
            return _gzipped(chance.choice(ANYWHERE)(gzip.decompress(content), chance))
        except (OSError, EOFError, zlib.error):
            return content
    return content


ANYWHERE: tuple[Mutation, ...] = (flip, cut, duplicate, insert, reencode, odd_value, shuffle_lines)
BY_KIND: dict[str, tuple[Mutation, ...]] = {
    "xml": (cross_tags, cross_tags, hostile_markup, hostile_markup, deepen, odd_value),
    "json": (odd_json, odd_json, deepen, odd_value),
    "table": (shift_columns, shift_columns, shift_columns, odd_value, odd_value),
    "zip": (lie_in_zip, lie_in_zip, lie_in_zip, flip, cut),
    "packed": (refit_deflate, flip, cut),
    "xls": (lie_in_compound_file, lie_in_records, lie_in_records, further_record, flip, cut),
}
RARELY: tuple[Mutation, ...] = (pack, bomb, deepen)
_RARE_SHARE = 0.06


def mutated(seed: Seed, chance: random.Random) -> tuple[bytes, list[str]]:
    """Return a spoilt input, and the names of what was done to it."""
    content, done = seed.content, []
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        ways = RARELY if chance.random() < _RARE_SHARE else (*ANYWHERE, *BY_KIND.get(seed.kind, ()) * 2)
        way = chance.choice(ways)
        content = way(content, chance)[:LARGEST_BYTES]
        done.append(way.__name__)
    return content, done
