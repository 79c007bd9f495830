"""Mails as clients read them that know little of CSS: Outlook on Windows (Word's engine), webmails that drop styles, text alone.

What Word's engine does with a property is from caniemail.com (padding, border, width, max-width, line-height: Outlook 2007 to
2019). QQ's and 163's webmails put a mail into a page of their own: nothing outside a cell may matter to what stands in it.
"""

import re
from typing import TYPE_CHECKING

import pytest
from lxml import html

from services.notifier.templates import mail
from tests.golden.notifier.examples import message
from tests.golden.notifier.test_two_subscriptions import of_two
from tests.unit.notifier.making import mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from services.notifier.channels.port import Message

MAILS = {"of-one": message(), "of-two": of_two(mailbox())}

EVERYWHERE = frozenset({"body", "table", "td", "span", "a"})
KNOWN_TO_WORD = {
    "background-color": EVERYWHERE,
    "color": EVERYWHERE,
    "font-family": EVERYWHERE,
    "font-size": EVERYWHERE,
    "font-weight": EVERYWHERE,
    "line-height": EVERYWHERE,
    "border-bottom": {"td"},
    "border-collapse": {"table"},
    "margin": {"body"},
    "padding": {"td", "body"},
}
"""Property → elements on which it does what it says."""

NO_HARM_IF_UNKNOWN = {"word-break"}
WIDTHS = {"width", "max-width"}
"""What Word reads otherwise or not at all: there the attribute ``width`` must say how wide."""

ELEMENTS = {"html", "head", "style", "meta", "title", "body", "table", "tbody", "tr", "td", "span", "br", "a"}
ON_TEXT = ("color", "background-color", "font-family", "font-size")


def page(told: "Message") -> "HtmlElement":
    return html.document_fromstring(mail.render(told, mail.items_of(told))[1])


def styles(element: "HtmlElement") -> dict[str, str]:
    pairs = (one.partition(":") for one in element.get("style", "").split(";") if one.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def elements(told: "Message") -> "Iterator[HtmlElement]":
    return (one for one in page(told).iter() if isinstance(one.tag, str))


def lines(told: "Message") -> list[str]:
    """What is read where styles, and with them all layout, are off: a line a break or cell."""
    body = mail.render(told, mail.items_of(told))[1].partition("<body")[2].partition(">")[2]
    broken = re.sub(r"<br>|</td>", "\r", re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL).replace("\n", " "))
    texts = ("".join(html.fragment_fromstring(one, create_parent="p").itertext()) for one in broken.split("\r"))
    return [line for line in (" ".join(text.split()) for text in texts) if line]


@pytest.fixture(params=MAILS)
def told(request: pytest.FixtureRequest) -> "Message":
    return MAILS[request.param]


def test_nothing_is_used_that_a_client_may_strip_with_what_stands_in_it(told: "Message") -> None:
    assert {one.tag for one in elements(told)} <= ELEMENTS
    assert {one.get("href", "https:")[:6] for one in elements(told)} == {"https:"}
    assert not re.search(r"url\(|@import|@font-face|expression", mail.render(told, mail.items_of(told))[1])


def test_every_style_stands_where_words_engine_does_what_it_says(told: "Message") -> None:
    wrong = [
        f"{one.tag} {name}"
        for one in elements(told)
        for name in set(styles(one)) - NO_HARM_IF_UNKNOWN - WIDTHS
        if one.tag not in KNOWN_TO_WORD.get(name, ())
    ]
    assert wrong == []
    assert [one.tag for one in elements(told) if WIDTHS & set(styles(one)) and not one.get("width")] == []


def test_tables_say_by_attributes_how_they_are_laid_out_and_words_engine_gets_one_of_a_fixed_width(
    told: "Message",
) -> None:
    for one in elements(told):
        if one.tag == "table":
            said = {name: one.get(name) for name in ("role", "cellpadding", "cellspacing", "border")}
            assert said == {"role": "presentation", "cellpadding": "0", "cellspacing": "0", "border": "0"}
            assert one.get("width") in {"100%", "600"}
    comments = [one.text for one in page(told).iter() if not isinstance(one.tag, str)]
    assert [comment.partition("]>")[0] for comment in comments] == ["[if mso", "[if mso"]
    assert 'width="600"' in comments[0]


def test_a_text_has_its_colours_and_its_letters_from_its_own_cell(told: "Message") -> None:
    bare = []
    for one in page(told).body.iter():
        if not isinstance(one.tag, str) or not (one.text or "").strip():
            continue
        said: dict[str, str] = {}
        for above in (one, *one.iterancestors()):
            said = {**styles(above), **said}
            if above.tag == "td":
                assert above.get("bgcolor") == styles(above)["background-color"]
                break
        bare += [f"{one.text.strip()[:20]}: {name}" for name in ON_TEXT if name not in said]
    assert bare == []


def test_without_styles_it_reads_line_by_line_in_the_order_of_the_text(told: "Message") -> None:
    read, frame = lines(told), told.frame
    assert read[0].startswith(f"知推 · {frame.count} 件")
    places = [0]
    for item in mail.items_of(told):
        title = " ".join("".join(part.text for part in item.title).split())
        number = next(line for line in read if line.startswith(f"{item.number} · "))
        about = [f"订阅：{item.told_for}"] if item.told_for else []
        whys = [f"为什么收到：{why}" for why in item.whys]
        for line in (title, number, *about, *whys):
            places.append(read.index(line, places[-1]))
    assert places == sorted(set(places))
    assert read[-1].startswith("您收到这封邮件，是因为订阅")
