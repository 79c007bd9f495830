"""Everything that the console says in Chinese, it says in English, too."""

import re
from collections import Counter
from pathlib import Path

import pytest

from services.portal.console.translations import CHINESE, ENGLISH, catalogues, translations
from tools.translations import PAGES, Message, first, said, translated

HAN = re.compile(r"[\u4e00-\u9fff]")
QUOTED = re.compile("“.*?”")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def in_english(message: Message) -> list[str]:
    english = translations(ENGLISH)
    if isinstance(message, str):
        return [english.gettext(message)]
    return [english.ngettext(message[0], message[1], count) for count in (1, 2)]


FROM_BEFORE = {"base.html", "centre.html", "notice.html"}
"""Pages in Chinese alone: the operator's, and those that Chinese mails lead to."""


def test_nothing_is_left_in_chinese() -> None:
    assert sorted(set(said()) - set(translated()), key=str) == []


def test_nothing_is_translated_that_nobody_says() -> None:
    assert sorted(set(translated()) - set(said()), key=str) == []


def test_a_text_has_one_english_wherever_it_stands() -> None:
    texts = Counter(str(message.id) for _, catalogue in catalogues() for message in catalogue if message.id)
    assert [text for text, times in texts.items() if times > 1] == []


def test_the_english_is_english_and_holds_the_same_values() -> None:
    wrong = [
        chinese
        for chinese in said()
        for english in in_english(chinese)
        if HAN.search(QUOTED.sub("", english))
        or sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(first(chinese)))
    ]
    assert wrong == []


def test_one_and_several_are_told_apart() -> None:
    assert in_english(("%(count)s 件", "%(count)s 件")) == ["%(count)s publication", "%(count)s publications"]
    assert translations(CHINESE).ngettext("%(count)s 件", "%(count)s 件", 1) == "%(count)s 件"


def test_chinese_stays_as_it_is_written() -> None:
    assert translations(CHINESE).gettext("跳到内容") == "跳到内容"


@pytest.mark.parametrize(
    "template", [p for p in sorted(PAGES.rglob("*.html")) if p.name not in FROM_BEFORE], ids=lambda p: p.name
)
def test_a_template_says_nothing_past_its_translations(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", template.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"_\((\"[^\"]*\"|'[^']*')", "", text)
    text = re.sub(r"\{% trans .*?%\}.*?\{% endtrans %\}", "", text, flags=re.DOTALL)
    told = [line.strip() for line in text.splitlines() if HAN.search(line) and "is_english" not in line]
    assert told == []
