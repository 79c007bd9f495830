"""What the benchmarks work on: the reference gazette where it is at hand, else made rows of the same shape."""

import csv
import io
import itertools
import random
from collections import Counter
from pathlib import Path

import rjieba

from shared.wire.profile import Profile, Rule

GAZETTE = Path(__file__).resolve().parents[2] / "shared" / "data" / "gazette-2019-07-09"
HEADER = "item,name,authorization_notice_id,authorized_announcement_date,filing_id,filing_date,patentee,designer,address,Int.Cl."
MADE_ROWS = 36_956
MAX_SHARE = 0.02
"""A word in more of the titles than this (一种, 装置) is too common for a subscriber."""

_OBJECTS = (
    "固态电池",
    "数控机床",
    "充电桩",
    "激光雷达",
    "注塑模具",
    "污水处理",
    "显示面板",
    "机械手",
    "传感器",
    "图像识别",
)
_PARTS = ("隔膜", "支架", "控制器", "散热结构", "检测装置", "外壳", "密封圈", "驱动电路", "夹具", "过滤网")
_HEADS = ("一种", "基于神经网络的", "便于拆装的", "一种新型", "具有自清洁功能的", "用于汽车的", "防水型", "高精度")


def gazette_files(folder: Path) -> tuple[list[Path], str]:
    """Return the gazette's files and a word on where they come from; made ones are written to the folder."""
    found = sorted(GAZETTE.glob("*.csv"))
    if found:
        return found, "reference gazette"
    path = folder / "made.csv"
    chance = random.Random(7)
    with path.open("w", encoding="gb18030", newline="") as file:
        file.write(f"{HEADER}\r\n")
        for row in range(MADE_ROWS):
            title = chance.choice(_HEADS) + chance.choice(_OBJECTS) + chance.choice(_PARTS)
            file.write(
                f"{row},{title},CN{110000000 + row}A,2026.01.06,2.02E+12,2025.06.01,广州某某科技有限公司;,,"
                f"510663广东省广州市黄埔区科学大道{row % 300}号,H01M10/0562(2010.01)I;??H01M50/40(2021.01)I\r\n"
            )
    return [path], "made gazette"


def titles(files: list[Path]) -> list[str]:
    """Return the titles of gazette files."""
    found = []
    for path in files:
        rows = csv.DictReader(io.StringIO(path.read_bytes().decode("gb18030", "replace")))
        found += [row["name"] for row in rows if row["name"]]
    return found


def make_profiles(texts: list[str], count: int, *, seed: int = 7) -> list[Profile]:
    """Make profiles of the shape SMEs write: two groups of 2 + 3 terms; 20 % exclude a word, 30 % name an IPC class.

    Terms are words, and runs of two words, of the texts themselves, of 2 to 6 Chinese characters.
    """
    chance = random.Random(seed)
    lines = [
        [word for word in rjieba.cut(text) if len(word) > 1 and "\u4e00" <= word[0] <= "\u9fff"]
        for text in chance.sample(texts, min(len(texts), 4 * count + 50))
    ]
    spread = Counter(word for line in lines for word in set(line))
    words = [[word for word in line if spread[word] <= MAX_SHARE * len(lines)] for line in lines]
    pool = [run for line in words for run in (*line, *(a + b for a, b in itertools.pairwise(line))) if len(run) <= 6]
    seeds = [line for line in words if len(line) > 1]
    return [_profile(index, chance, chance.choice(seeds), pool) for index in range(count)]


def _profile(index: int, chance: random.Random, seed: list[str], pool: list[str]) -> Profile:
    first, second = chance.sample(seed, 2)
    return Profile(
        id=f"p-{index:07d}",
        name=f"{first} {second}",
        rules=(
            Rule(
                groups=((first, chance.choice(pool)), (second, chance.choice(pool), chance.choice(pool))),
                none=(chance.choice(pool),) if chance.random() < 0.2 else (),
                ipc=(f"{chance.choice('ABCEFGH')}*",) if chance.random() < 0.3 else (),
            ),
        ),
    )
