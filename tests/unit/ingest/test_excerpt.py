"""What a person sees of a quarantined content: its beginning, readable, and harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.excerpt import SHOWN_CHARACTERS, excerpt, readable


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_shown_whatever_its_encoding(encoding: str) -> None:
    assert excerpt("一种固态电池,CN1A\r\n二".encode(encoding)) == "一种固态电池,CN1A\n二"


def test_what_is_left_out_is_told() -> None:
    assert excerpt(b"abc") == "abc"
    assert excerpt(b"abc", is_whole=False) == "abc……"
    assert excerpt("电".encode() * (SHOWN_CHARACTERS + 1)) == "电" * SHOWN_CHARACTERS + "……"
    assert excerpt(b"PK\x03\x04" + bytes(1000)).endswith("……")


def test_a_character_that_the_cut_went_through_is_no_trouble() -> None:
    assert excerpt("电池".encode()[:-1], is_whole=False).startswith("电")


@pytest.mark.parametrize(
    "told",
    [
        "Authorization: Basic d2FuZzpzZWNyZXQ=",
        '{"access_token": "hunter2hunter2"}',
        "client_secret=hunter2hunter2&x=1",
        "Set-Cookie: hunter2hunter2; path=/",
        "https://wang:hunter2hunter2@example.cn/",
        "https://open.feishu.cn/hook/hunter2hunter2",
    ],
)
def test_a_secret_that_its_name_gives_away_is_hidden(told: str) -> None:
    assert "***" in readable(told)
    assert "hunter2" not in readable(told)
    assert "d2Fu" not in readable(told)


@given(st.binary(max_size=400))
def test_nothing_that_moves_the_cursor_or_turns_the_writing_is_left(content: bytes) -> None:
    shown = excerpt(content)
    assert all(character.isprintable() or character in "\n\t\u3000" or character.isspace() for character in shown)
    assert not set(shown) & set("\x1b\r\x07\x08\u202e\u2066\u200f\u2028")
