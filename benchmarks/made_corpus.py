"""Texts of the reference data's shape, made of what the repository ships and the segmenter's dictionary."""

import gzip
import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from benchmarks.corpus import Corpus, gazette_titles
from benchmarks.draws import lots

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "gazette"
_WORDS_OF_A_FIELD = 150
_FIELDS = 500
_TECHNICAL = re.compile(
    r".*[器机膜板剂管池泵阀件箱架车仪层杆轮料液网线片柱炉桩罐槽锅台环座笼轴筒塔带布胶漆油粉酸醇酯胺钢铁铜铝门镜针刀钻锯锁盖套圈簧齿臂链绳极芯栅腔酶菌肥盐炭砖率法]"
)
_TITLES = ("一种{0}{1}", "一种{0}的{1}{2}", "{0}用{1}", "一种带有{0}的{1}", "{0}{1}及其{2}方法", "基于{0}的{1}{2}")
_SENTENCES = (
    "本发明公开了{title}，属于{0}技术领域。",
    "包括{1}、{2}和{3}，所述{1}的一端设有{4}，",
    "所述{2}与{3}之间通过{5}相连接，",
    "{6}安装于{7}的上方，",
    "其中，{8}由{9}驱动，并对{10}进行调节；",
    "当{11}到达预定的位置时，{12}随之开启，",
    "从而避免了{13}对{14}造成的影响，",
    "与现有技术相比，提高了{15}的效率，",
    "同时{16}的结构得到简化。",
    "经过{17}处理之后，得到{18}含量较高的{19}；",
)


def made_corpus(*, titles: int = 24_000, abstracts: int = 2_500, seed: int = 1) -> Corpus:
    """Make texts of technical fields: each field has its words, taken from the segmenter's dictionary and the sample gazette.

    A field's first words are used most; a word that is common in the dictionary belongs to several fields.
    """
    real = gazette_titles(SAMPLES)
    words = _technical_words([title for title, _ in real])
    fields = [
        [words[int(len(words) * lot**1.5)] for lot in row] for row in lots(seed, 0, _FIELDS, _WORDS_OF_A_FIELD).tolist()
    ]
    subclasses = _subclasses()[:: max(1, len(_subclasses()) // _FIELDS)][:_FIELDS]
    made = [_titled(fields, subclasses, lot) for lot in lots(seed, 0, titles, 8).tolist()]
    texts = [_abstract(fields[int(lot[0] * _FIELDS)], lot[1:]) for lot in lots(seed, 0, abstracts, 64).tolist()]
    return Corpus(titles=[*real, *made], places=[], abstracts=texts)


def _titled(fields: list[list[str]], subclasses: list[str], lot: list[float]) -> tuple[str, tuple[str, ...]]:
    number = int(lot[0] * _FIELDS)
    symbol = f"{subclasses[number]}{1 + int(lot[1] ** 2 * 30)}/{2 * int(lot[2] * 30):02}"
    return _title(fields[number], lot[3:]), (symbol,)


def _title(field: list[str], lot: list[float]) -> str:
    pattern = _TITLES[int(lot[0] * len(_TITLES))]
    return pattern.format(*(_word(field, one) for one in lot[1:]))


def _abstract(field: list[str], lot: list[float]) -> str:
    characters = 220 + int(lot[0] * 110)
    words = [_word(field, one) + (_word(field, other) if one > 0.5 else "") for one, other in pairwise(lot[8:])]
    text = ""
    for again in range(3):
        for sentence in _SENTENCES[bool(again) :]:
            text += sentence.format(*words[again * 17 :], title=_title(field, lot))
            if len(text) >= characters:
                return text[:-1] + "。"
    return text


def _word(field: list[str], lot: float) -> str:
    return field[int(lot**1.75 * len(field))]


def _technical_words(titles: list[str]) -> list[str]:
    """Return nouns of two or three characters that name a thing or a way of making: the sample titles' first, then by frequency."""
    dictionary = (files("jieba") / "dict.txt").read_text("utf-8").splitlines()
    found = []
    for line in dictionary:
        word, frequency, kind = line.split(" ")
        if 2 <= len(word) <= 3 and kind in {"n", "vn", "nz"} and _TECHNICAL.fullmatch(word):
            found.append((word, int(frequency)))
    text = "\n".join(titles)
    return [word for word, _ in sorted(found, key=lambda item: (item[0] not in text, -item[1], item[0]))]


def _subclasses() -> list[str]:
    packed = (files("services.matcher.resources") / "ipc_levels.txt.gz").read_bytes()
    return sorted({line[:4] for line in gzip.decompress(packed).decode().splitlines()})
