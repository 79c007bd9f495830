"""Make ``services/matcher/resources/sounds.txt``: which Chinese characters sound alike.

Usage: ``python -m tools.make_sounds`` (pypinyin is a development dependency). One line for each syllable, ``ji1 几击机…``; the
digit is the tone, 5 the light one. Characters are the 6,763 of GB 2312, which is all that typists mix up in simplified texts.
Of a character's readings only those stay that at least 15 % of pypinyin's phrases with it have: 车 is chē, never jū.
"""

from collections import Counter, defaultdict
from pathlib import Path

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from pypinyin.contrib.tone_convert import to_tone3

TARGET = Path(__file__).resolve().parents[1] / "services" / "matcher" / "resources" / "sounds.txt"

COMMON = 0.15
"""The least share of the phrases with a character that makes one of its readings common."""
ENOUGH = 5
"""Fewer phrases than this say nothing of readings; the dictionary's first is taken."""
_ROWS, _CELLS = range(0xB0, 0xF8), range(0xA1, 0xFF)


def characters() -> list[str]:
    """Return the Chinese characters of GB 2312."""
    cells = (bytes((row, cell)).decode("gb2312", "ignore") for row in _ROWS for cell in _CELLS)
    return [character for character in cells if character]


def readings(character: str, spoken: Counter[str]) -> list[str]:
    """Return a character's common readings, with tone marks.

    Args:
        character: one ideograph.
        spoken: how many phrases have it with each reading.
    """
    total = spoken.total()
    if total < ENOUGH:
        return [PINYIN_DICT[ord(character)].split(",")[0]]
    return [reading for reading, times in spoken.items() if times >= COMMON * total]


def make() -> str:
    """Return the table, in order of the syllables."""
    spoken: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for phrase, sounds in PHRASES_DICT.items():
        if len(phrase) == len(sounds):
            for character, sound in zip(phrase, sounds, strict=True):
                spoken[character][sound[0]] += 1
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for character in characters():
        for reading in readings(character, spoken[character]):
            alike[to_tone3(reading, neutral_tone_with_five=True, v_to_u=False)].append(character)
    return "".join(f"{syllable} {''.join(sorted(alike[syllable]))}\n" for syllable in sorted(alike))


if __name__ == "__main__":
    TARGET.write_text(make(), "utf-8")
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")
