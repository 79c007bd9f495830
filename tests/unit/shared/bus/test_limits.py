"""How large a record may be."""

import pytest

from shared.bus.limits import MAX_RECORD_BYTES, check_sizes, size_of
from shared.bus.port import Record
from shared.errors import InvalidInputError


def test_key_value_and_headers_count_in_bytes() -> None:
    assert size_of(Record(key="键", value=b"12", headers={"h": "值"})) == 3 + 2 + 1 + 3
    assert size_of(Record(key="k", value=None)) == 1


def test_the_largest_passes_and_one_byte_more_is_named() -> None:
    check_sizes([Record(key="k", value=b"x" * (MAX_RECORD_BYTES - 1))])
    with pytest.raises(InvalidInputError, match="big"):
        check_sizes([Record(key="a", value=b"1"), Record(key="big", value=b"x" * (MAX_RECORD_BYTES - 2))])


def test_headers_alone_can_be_too_large() -> None:
    with pytest.raises(InvalidInputError):
        check_sizes([Record(key="k", value=None, headers={"h": "x" * 100})], limit_bytes=100)
