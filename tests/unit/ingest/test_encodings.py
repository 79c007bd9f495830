"""Text in the Chinese encodings."""

from services.ingest.formats.lines import decode_block


def test_what_can_be_read_as_gbk_is_the_same_in_gb18030() -> None:
    pairs = [bytes((first, second)) for first in range(0x81, 0xFF) for second in range(0x40, 0xFF)]
    assert [pair for pair in pairs if (text := _read(pair, "gbk")) and text != _read(pair, "gb18030")] == []


def test_characters_that_only_gb18030_has_are_read() -> None:
    text = "一种䶮字𠀀结构"
    assert decode_block(text.encode("gb18030"), "gb18030") == text


def _read(pair: bytes, encoding: str) -> str | None:
    try:
        return pair.decode(encoding)
    except UnicodeDecodeError:
        return None
