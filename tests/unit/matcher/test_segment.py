import json
import re

import jieba  # type: ignore[import-untyped]
import pytest

from services.matcher.engine.batch import read_batch
from services.matcher.engine.segment import HAN, LETTER, OTHER, character_class, tokens
from services.matcher.engine.text import normalise
from tests.property.matcher.texts import ABSTRACTS, CLAIMS, ODD, TITLES
from tests.reference import reference
from tests.unit.matcher.made import publication

TEXTS = (*TITLES, *ABSTRACTS, *CLAIMS)


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in tokens(text)]


def test_ideographs_are_cut_as_jieba_cuts_them() -> None:
    jieba.setLogLevel("ERROR")
    for text in TEXTS:
        for run in re.findall(r"[\u4e00-\u9fa5]+", normalise(text)):
            assert cut(run) == jieba.lcut(run)


@pytest.mark.data
def test_real_abstracts_are_cut_as_jieba_cuts_them() -> None:
    jieba.setLogLevel("ERROR")
    records = json.loads(reference("kppatent", "abstracts_with_keywords.json").read_text("utf-8"))
    for record in records[:100]:
        for run in re.findall(r"[\u4e00-\u9fa5]+", normalise(record["input"])):
            assert cut(run) == jieba.lcut(run)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一种led灯", ["一种", "led", "灯"]),
        ("st-771型", ["st", "-", "771", "型"]),
        ("lifepo4", ["lifepo4"]),
        ("cafe\u0301", ["cafe\u0301"]),
        ("c++代码", ["c++", "代码"]),
        ("a+b", ["a", "+", "b"]),
        ("3++", ["3", "+", "+"]),
        ("c#语言", ["c#", "语言"]),
        ("1#电机", ["1", "#", "电机"]),
        ("2.5g光模块", ["2.5g", "光", "模块"]),
        ("pm2.5", ["pm2.5"]),
        ("lini0.8co0.1mn0.1o2", ["lini0.8co0.1mn0.1o2"]),
        ("1.一种", ["1", ".", "一种"]),
        ("led.5", ["led", ".", "5"]),
        ("2.", ["2", "."]),
        (".5", [".", "5"]),
        ("wi-fi", ["wi", "-", "fi"]),
        ("", []),
    ],
)
def test_scripts_letters_and_other_characters_are_kept_apart(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_a_batch_is_cut_as_each_of_its_texts_is() -> None:
    marks = ("C++.5", "c#", "#", "+", "++", ".", "1.2.3", "PM2.5、C++和C#", "c+", "1.")
    texts = [text for text in (*TEXTS, *ODD, *marks, "电池" + "".join(ODD) + "组") if text]
    batch = read_batch([publication(text) for text in texts])
    for number, text in enumerate(texts):
        begin, end = batch.starts[number], batch.starts[number + 1] - 1
        found = [at for at in range(len(text) + 1) if batch.boundary[begin + at]]
        spans = tokens(normalise(text))
        assert found == sorted({0, len(text), *(start for start, _ in spans)})
        assert end - begin == len(text)


@pytest.mark.parametrize(
    ("character", "kind"),
    [("电", HAN), ("𠮷", HAN), ("々", HAN), ("a", LETTER), ("7", LETTER), ("α", LETTER), ("\u0301", LETTER), ("-", OTHER), ("😀", OTHER)],
)  # fmt: skip
def test_characters_have_a_class(character: str, kind: int) -> None:
    assert character_class(character) == kind
