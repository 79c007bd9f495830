"""The vendor's XML, and what pretends to be it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.wecom.incoming import (
    Came,
    Chose,
    Incoming,
    Other,
    Said,
    Sent,
    Touched,
    answer_xml,
    read,
    sealed_part,
)
from shared.errors import InvalidInputError

_BASE = {"corp_id": "ww1", "user_id": "u", "agent_id": "7"}


def xml(rest: str) -> bytes:
    return (
        "<xml><ToUserName><![CDATA[ww1]]></ToUserName><FromUserName><![CDATA[u]]></FromUserName>"
        f"<CreateTime>9</CreateTime>{rest}<AgentID>7</AgentID></xml>"
    ).encode()


READ = {
    "<MsgType>text</MsgType><Content><![CDATA[hi <b> &amp;]]></Content><MsgId>5</MsgId>": Said(
        **_BASE, key="5", text="hi <b> &amp;"
    ),
    "<MsgType>image</MsgType><MsgId>5</MsgId>": Sent(**_BASE, key="5", kind="image"),
    "<MsgType>event</MsgType><Event>click</Event><EventKey>帮助</EventKey>": Chose(
        **_BASE, key="u 9 click 帮助 ", entry="帮助"
    ),
    "<MsgType>event</MsgType><Event>subscribe</Event>": Came(**_BASE, key="u 9 subscribe  "),
    "<MsgType>event</MsgType><Event>LOCATION</Event>": Other(**_BASE, key="u 9 LOCATION  "),
    "<MsgType>event</MsgType><Event>template_card_event</Event><EventKey>relevant</EventKey><TaskId>d-1</TaskId>"
    "<ResponseCode>rc</ResponseCode>": Touched(
        **_BASE, key="u 9 template_card_event relevant d-1", button="relevant", task_id="d-1", response_code="rc"
    ),
}


@pytest.mark.parametrize("rest", READ, ids=[type(one).__name__ for one in READ.values()])
def test_what_members_say_and_do_is_read(rest: str) -> None:
    assert read(xml(rest)) == READ[rest]


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><xml><FromUserName>&j;</FromUserName><MsgId>1</MsgId></xml>"
)


@pytest.mark.parametrize(
    "raw",
    [
        BOMB,
        b'<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><FromUserName>&f;</FromUserName><MsgId>1</MsgId></xml>',
        b'<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/x.dtd"><xml><FromUserName>u</FromUserName><MsgId>1</MsgId></xml>',
        b"<xml>" * 5_000,
        b"<other><FromUserName>u</FromUserName><MsgId>1</MsgId></other>",
        b"<xml><FromUserName>u</FromUserName></xml>",
        b"<xml><MsgId>1</MsgId></xml>",
        b"\x00\x01",
        b"",
    ],
    ids=["bomb", "file", "dtd", "deep", "other", "no time", "nobody", "bytes", "empty"],
)
def test_what_is_no_message_is_refused_without_being_expanded_or_fetched(raw: bytes) -> None:
    began = time.process_time()
    with pytest.raises(InvalidInputError):
        read(raw)
    assert time.process_time() - began < 1.0


def test_a_body_without_a_sealed_part_is_refused() -> None:
    assert sealed_part(b"<xml><Encrypt><![CDATA[ab\ncd]]></Encrypt></xml>") == "abcd"
    with pytest.raises(InvalidInputError):
        sealed_part(b"<xml><Encrypt/></xml>")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        read(raw)
    except InvalidInputError:
        return


@pytest.mark.parametrize("text", ["]]></Content><MsgType>news</MsgType>", "<a>&b;", "一\n二"])
def test_an_answer_says_its_text_and_nothing_else(text: str) -> None:
    to = Incoming(corp_id="ww1", user_id="u]]>", key="", agent_id="7")
    raw = answer_xml(to, text, at_seconds=9)
    assert raw.count(b"<MsgType>") == 1
    back = read(raw.replace(b"</xml>", b"<MsgId>1</MsgId></xml>"))
    assert isinstance(back, Said)
    assert (back.text, back.corp_id, back.user_id) == (text, "u]]>", "ww1")
