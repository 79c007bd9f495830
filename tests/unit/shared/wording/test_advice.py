"""Every sentence of advice, in both languages."""

import re
from string import Formatter

import pytest

from shared.advice import Remark
from shared.wording.advice import TEMPLATES, at_its_place, in_words, page_text, text_in
from shared.wording.said import say
from tools import make_sentences

SAMPLES: dict[str, object] = {
    "least": 0.5, "share": 0.123, "part": 0.9, "publications": 10_000, "held": 12, "counted": 1, "group": 2, "rule": 1,
    "min_score": 0.6, "highest": 0.5, "in_title": 0.5, "found": 20, "a_week": 1_234.5, "left": 45.6, "score": 0.5,
    "synonyms": ("synonym",), "parts": ("one", "two"), "names": ("name",), "meant": ("one", "two"), "terms": ("a", "b"),
    "longer": ("longer",), "kinds": ("C",), "now": ("B",), "fields": ("title", "claim"), "asked": ("a", "b"),
    "given": ("44",), "patterns": ("4401",), "where": (say("silence"),), "more": (), "widest": (), "ways": (),
    "change": (say("silence"),), "field": "title", "what": "ipc", "value": "44", "pattern": "4401",
}  # fmt: skip
"""Of values that are no plain text."""

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
WHOLE_SENTENCES = {"in-rule", "in-group"}


def sample(code: str, name: str) -> object:
    if name == "what" and code in WHOLE_SENTENCES:
        return (say("silence"),)
    if name == "excluded":
        return 18 if code == "wide-exclusion" else ("one", say("lies-in", one="a", other="b"))
    return SAMPLES.get(name, "word")


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", TEMPLATES)
def test_each_sentence_is_said_in_both_languages_with_the_same_values(code: str) -> None:
    template = TEMPLATES[code]
    said = say(code, **{name: sample(code, name) for name in names(template.zh) | names(template.en)})  # type: ignore[arg-type]
    chinese, english = in_words(said, "zh"), in_words(said, "en")
    assert CHINESE.search(chinese)
    assert not CHINESE.search(english.replace("广东省", "").replace("广州市", "").replace("天河", "")), english
    assert "{" not in chinese + english
    assert names(template.en) <= names(template.zh) | {"fields", "what", "given"}
    assert names(template.page) <= names(template.zh)


@pytest.mark.parametrize("code", TEMPLATES)
def test_pages_name_nothing_as_the_files_of_profiles_do(code: str) -> None:
    template = TEMPLATES[code]
    shown = re.sub(r"\{[^}]*\}", "", template.page or template.zh)
    assert not re.search(r"[a-z]{3,}|规则|得分", shown), shown


def test_texts_come_in_the_language_and_the_words_of_whoever_reads_them() -> None:
    said = at_its_place(say("short-term", "excluded", term="泵"), 0)
    remark = Remark(code="short-term", level="warning", text=in_words(said), said=said)
    assert remark.text.startswith("第 1 条规则：none 里的“泵”")
    assert text_in(remark, "zh") == remark.text
    assert page_text(remark, "zh").startswith("条件 1：排除词“泵”")
    assert page_text(remark, "en") == text_in(remark, "en")
    assert text_in(remark, "en").startswith("Rule 1: The excluded word “泵”")


def test_a_remark_of_an_older_program_keeps_its_text() -> None:
    old = Remark(code="x", level="hint", text="旧的说法")
    assert (text_in(old, "en"), page_text(old, "zh")) == ("旧的说法", "旧的说法")


def test_the_page_of_sentences_lists_them_all() -> None:
    assert make_sentences.TARGET.read_text("utf-8") == make_sentences.page()
