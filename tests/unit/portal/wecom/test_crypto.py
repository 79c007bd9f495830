"""Signature and cipher of callbacks, held to the vendor's own samples."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.wecom.crypto import WINDOW_SECONDS, CallbackCipher, ForgedError

TOKEN, KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
CIPHER = CallbackCipher(TOKEN, KEY, CORP)

ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
MESSAGE = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3"
    "TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gs"
    "ijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUa"
    "x5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIG"
    "HBZZIs2pDBS8R07+qN+E7Q=="
)
GOLDEN_PLAIN = (
    "<xml><ToUserName><![CDATA[mycreate]]></ToUserName><FromUserName><![CDATA[wx5823bf96d3bd56c7]]></FromUserName>"
    "<CreateTime>1348831860</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[this is a test]]></Content></xml>"
)
GOLDEN = (
    "sKqRbbiSUnDhFHOvPjtUMUNeky1yBjV3tIYfilQwj5fN/Js8KUsEWgVXPlHti2RHT6dIU70aNopY/r2YT/zocnNvNMINRv0id5aSeETI1s02SAEnZMI"
    "Wt6fVqyK7irt5+LzsEgzU2+PBfYup8ovuaCu+9taHYr8YVF6U9Up9iZ16WlEmu/k1FJF4bI/LICkN8lVX/Q33kLnZ0DWcKwZMCKslSAq62JMlRf5YN"
    "Uk+bnuHVW/OYk8e92Pbspu05Vey6KyBtAXHdWns7Z5HM4ri+Dx/5SqvZu0AjtIIoicwqzeadA2JeFdbjpMgCRTSX6F2ADH/rio9XbaiCvgpmF1qyjx"
    "SH4zOz32BCgpC46a07fWlqpD/+PxtMiWcMwSlrD+t"
)


def at(timestamp: str, seconds: float = 0.0) -> datetime:
    return datetime.fromtimestamp(int(timestamp), UTC) + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("timestamp", "nonce", "signature", "sealed"),
    [
        ("1409659589", "263014780", "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", ECHO),
        ("1409659813", "1372623149", "477715d11cdb4164915debcba66cb864d751f3e6", MESSAGE),
        ("1409659813", "1372623149", "68f5dc43743f9cc82ad8ea2a52b524c675af7803", GOLDEN),
    ],
)
def test_the_vendors_own_signatures_are_taken(timestamp: str, nonce: str, signature: str, sealed: str) -> None:
    CIPHER.check(signature, timestamp, nonce, sealed, now=at(timestamp))


def test_the_vendors_url_check_opens_to_its_number() -> None:
    assert CIPHER.open(ECHO) == b"1616140317555161061"


def test_the_vendors_message_opens_although_it_is_padded_by_more_than_aes_would() -> None:
    message = CIPHER.open(MESSAGE)
    assert len(message) == 284
    assert b"<Content><![CDATA[hello]]></Content>" in message


def test_what_is_sealed_is_what_the_vendor_would_write() -> None:
    assert CIPHER.seal(GOLDEN_PLAIN.encode(), b"0123456789abcdef") == GOLDEN


@given(st.binary(max_size=300))
def test_what_is_sealed_opens_to_itself_whatever_its_length(message: bytes) -> None:
    assert CIPHER.open(CIPHER.seal(message, bytes(16))) == message


@pytest.mark.parametrize("flipped", range(0, 88, 7))
def test_a_changed_character_is_found_by_the_signature(flipped: int) -> None:
    changed = ECHO[:flipped] + ("A" if ECHO[flipped] != "A" else "B") + ECHO[flipped + 1 :]
    with pytest.raises(ForgedError):
        CIPHER.check(
            "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780", changed, now=at("1409659589")
        )


@pytest.mark.parametrize("seconds", [-WINDOW_SECONDS - 1, WINDOW_SECONDS + 1, 86_400.0])
def test_what_was_listened_in_on_is_worth_nothing_later(seconds: float) -> None:
    with pytest.raises(ForgedError, match="replay"):
        CIPHER.check(
            "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780", ECHO, now=at("1409659589", seconds)
        )


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", "１４０９", "nan", "9" * 4000])
def test_a_signed_timestamp_that_is_none_is_refused(timestamp: str) -> None:
    with pytest.raises(ForgedError):
        CIPHER.check(CIPHER.signature(timestamp, "n", "e"), timestamp, "n", "e", now=at("1409659589"))


@pytest.mark.parametrize("signature", ["", "5C45FF5E21C57E6AD56BAC8758B79B1D9AC89FD3", "é" * 40, "\ud800"])
def test_a_signature_of_odd_characters_is_refused_not_a_fault(signature: str) -> None:
    with pytest.raises(ForgedError):
        CIPHER.check(signature, "1409659589", "263014780", ECHO, now=at("1409659589"))


@pytest.mark.parametrize("sealed", ["", "!", "AAAA", "é", ECHO[:-4], ECHO[4:], "A" * 128])
def test_what_is_not_sealed_with_the_key_is_refused(sealed: str) -> None:
    with pytest.raises(ForgedError):
        CIPHER.open(sealed)


def test_a_message_for_another_enterprise_is_refused_even_under_the_same_key() -> None:
    other = CallbackCipher(TOKEN, KEY, "ww-another")
    with pytest.raises(ForgedError):
        CIPHER.open(other.seal(b"hello", bytes(16)))


def test_keys_show_in_no_repr() -> None:
    assert TOKEN not in repr(CIPHER)
    assert KEY not in repr(CIPHER)
