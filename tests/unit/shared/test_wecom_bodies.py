"""The stand-in of WeCom refuses what the vendor refuses; a stand-in that takes everything would prove nothing."""

import json
from typing import Any

import pytest

from shared.testing.wecom_bodies import judge_body, texts_of_card

CARD: dict[str, Any] = {
    "card_type": "text_notice",
    "main_title": {"title": "3 件新公开专利"},
    "horizontal_content_list": [{"keyname": "发明公开", "value": "CN110083831A 隔膜"}],
    "jump_list": [{"type": 1, "title": "退订", "url": "https://zt.example.cn/u/x"}],
    "card_action": {"type": 1, "url": "https://zt.example.cn/"},
}


def content(kind: str, text: object) -> dict[str, object]:
    return {"msgtype": kind, kind: {"content": text}}


def card(**changes: object) -> dict[str, object]:
    return {"msgtype": "template_card", "template_card": {**CARD, **changes}}


@pytest.mark.parametrize(
    "body",
    [
        content("text", "汉" * 682),
        content("markdown", "汉" * 1365),
        content("markdown_v2", "汉" * 1365),
        card(),
        card(main_title={}, sub_title_text="只有正文"),
        {"msgtype": "file", "file": {"media_id": "m"}},
    ],
)
def test_what_the_vendor_documents_is_taken(body: dict[str, object]) -> None:
    assert judge_body(json.dumps(body).encode()) is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", 40058),
        ([], 40008),
        ({"msgtype": "voice", "voice": {}}, 40008),
        ({"msgtype": "text"}, 44004),
        (content("text", ""), 44004),
        (content("text", "汉" * 683), 45002),
        (content("markdown", "汉" * 1366), 40058),
        (content("markdown_v2", "汉" * 1366), 40058),
        ({"msgtype": "file", "file": {}}, 40007),
        (card(card_type="button_interaction"), 40058),
        (card(card_action={}), 40058),
        (card(card_action={"type": 1, "url": "zt.example.cn"}), 45034),
        (card(main_title={}), 40058),
        (card(horizontal_content_list=CARD["horizontal_content_list"] * 7), 40058),
        (card(horizontal_content_list=[{"value": "x"}]), 40058),
        (card(jump_list=CARD["jump_list"] * 4), 40058),
        (card(jump_list=[{"type": 1, "title": "退订", "url": "zt.example.cn/u/x"}]), 45034),
    ],
)
def test_what_the_vendor_refuses_is_refused_with_its_code(body: object, code: int) -> None:
    refusal = judge_body(body if isinstance(body, bytes) else json.dumps(body).encode())
    assert refusal is not None
    assert refusal.code == code


def test_a_cards_texts_are_what_people_read() -> None:
    assert texts_of_card(CARD).split("\n") == ["text_notice", "3 件新公开专利", "发明公开", "CN110083831A 隔膜", "退订"]
