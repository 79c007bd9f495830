"""What advice on profiles says, in Chinese and in English: every sentence of checks, of "why not", and of what tightens a profile."""

from typing import TYPE_CHECKING

from shared.wording.advice.changes import CHANGES
from shared.wording.advice.conditions import CONDITIONS
from shared.wording.advice.lists import LISTS
from shared.wording.advice.names import CHINESE, ENGLISH
from shared.wording.advice.terms import TERMS
from shared.wording.advice.volume import VOLUME
from shared.wording.said import Said, Wording, say

if TYPE_CHECKING:
    from shared.advice import Condition, Remark, Tightening

TEMPLATES = {**TERMS, **LISTS, **VOLUME, **CONDITIONS, **CHANGES}
"""Code → the sentence in both languages."""

_WORDINGS = {
    "zh": Wording({code: template.zh for code, template in TEMPLATES.items()}, CHINESE),
    "en": Wording({code: template.en for code, template in TEMPLATES.items()}, ENGLISH),
}
_ON_PAGES = Wording({code: template.page or template.zh for code, template in TEMPLATES.items()}, CHINESE)


def in_words(said: Said, language: str = "zh") -> str:
    """Return a sentence in ``en`` or, for everything else, in Chinese.

    Raises:
        KeyError: there is no such sentence.
    """
    return _WORDINGS.get(language, _WORDINGS["zh"]).text(said)


def at_its_place(said: Said, rule: int | None, group: int | None = None) -> Said:
    """Return a sentence with the rule, and the group of it, that it is about before it (both counted from 0)."""
    if rule is None:
        return said
    if group is None:
        return say("in-rule", rule=rule + 1, what=(said,))
    return say("in-group", rule=rule + 1, group=group + 1, what=(said,))


def text_in(told: "Remark | Condition | Tightening", language: str) -> str:
    """Return the text of what advice says in a language, as who writes profiles by hand knows it."""
    return told.text if told.said is None else in_words(told.said, language)


def page_text(told: "Remark | Condition | Tightening", language: str) -> str:
    """Return the text of what advice says in a language, as the console's pages call things."""
    if told.said is None or language == "en":
        return text_in(told, language)
    return _ON_PAGES.text(told.said)
