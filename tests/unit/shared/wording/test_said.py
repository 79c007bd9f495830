"""How a sentence without its language is worded."""

import msgspec
import pytest

from shared.wording.advice import in_words
from shared.wording.advice.names import ENGLISH
from shared.wording.said import Said, Wording, rounded, say


def worded(template: str, **values: object) -> str:
    return Wording({"x": template}, ENGLISH).text(say("x", **values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("{n:|keyword|keywords}", {"n": 1}, "1 keyword"),
        ("{n:|keyword|keywords}", {"n": 0}, "0 keywords"),
        ("{n:|keyword|keywords}", {"n": 12_345}, "12,345 keywords"),
        ("{share:.0%}", {"share": 0.25}, "25%"),
        ("{n:~}", {"n": 1234.5}, "1,200"),
        ("{score:100}", {"score": 0.29}, "29"),
        ("{score:100}", {"score": 0.8199}, "81"),
        ("“{words:”, “}”", {"words": ("a", "b")}, "“a”, “b”"),
        ("{words!q}", {"words": tuple("abcdefgh")}, "“a”, “b”, “c”, “d”, “e”, “f” and others, 8 in all"),
        ("{words!l}", {"words": ()}, "(none)"),
        ("{where!p}", {"where": "440106"}, "Guangdong 广州市天河区"),
        ("{where!p:, }", {"where": ("44", "99")}, "Guangdong, 99"),
        ("{fields!f: or }", {"fields": ("title", "claim")}, "title or claims"),
        ("{what}", {"what": (say("x", what="{no} template"),)}, "{no} template"),
        ("{text}", {"text": "{text!q:x}"}, "{text!q:x}"),
    ],
)
def test_values_are_written_as_the_template_says(template: str, values: dict[str, object], text: str) -> None:
    assert worded(template, **values) == text


def test_what_nobody_wrote_a_sentence_for_is_an_error() -> None:
    with pytest.raises(KeyError):
        in_words(say("no-such-sentence"))
    with pytest.raises(KeyError, match="term"):
        in_words(say("empty-term"))


def test_a_sentence_survives_its_json_with_those_in_it() -> None:
    said = say("in-rule", rule=2, what=(say("flood", "counted", a_week=1.5, widest=(), ways=("x", say("silence"))),))
    assert msgspec.json.decode(msgspec.json.encode(said), type=Said) == said


def test_estimates_have_two_significant_digits() -> None:
    assert [rounded(number) for number in (0.0123, 4.56, 345.0, 67_890.0)] == ["0.012", "4.6", "340", "68,000"]
