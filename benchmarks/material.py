"""What the benchmarks work on: the reference gazette where it is at hand, else made rows of the same shape."""

import random
import tempfile
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import rjieba

from services.ingest.reader import Reading
from services.ingest.records import Rejected
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication

GAZETTE = Path(__file__).resolve().parents[2] / "shared" / "data" / "gazette-2019-07-09"
HEADER = "item,name,authorization_notice_id,authorized_announcement_date,filing_id,filing_date,patentee,designer,address,Int.Cl."
MADE_ROWS = 36_956
TOO_COMMON = 0.01
"""A word in more of the titles than this (一种, 装置) is no subscriber's keyword."""

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
_STREETS = ("天河区五山路", "南沙区丰泽东路", "黄埔区科丰路", "番禺区迎宾路", "海珠区新港西路", "越秀区东风东路")


def gazette_files(folder: Path) -> list[Path]:
    """Return the files of the reference gazette, or of a made one that is written to the folder."""
    found = sorted(GAZETTE.glob("*.csv"))
    if found:
        return found
    chance = random.Random(7)
    rows = [
        f"{n},{chance.choice(_HEADS)}{chance.choice(_OBJECTS)}{chance.choice(_PARTS)},CN{110000000 + n}A,2019.07.09,2.02E+12,"
        f"2017.09.19,某某{n % 3000}科技有限公司;,张三;??李四{n % 999},510000广东省广州市{_STREETS[n % 6]}{n}号,"
        f"H01M10/{n % 700:04}(2010.01)I;??H01M4/{n % 90 + 10}(2010.01)I"
        for n in range(MADE_ROWS)
    ]
    path = folder / "made.csv"
    path.write_bytes("\n".join([HEADER, *rows]).encode("gb18030"))
    return [path]


@cache
def publications() -> list[Publication]:
    """Return what the gazette publishes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        items = (item for path in gazette_files(folder) for item in Reading.of_path(path, folder))
        return [item.publication for item in items if not isinstance(item, Rejected)]


def make_profiles(count: int, *, seed: int = 7) -> list[Profile]:
    """Make profiles of the shape SMEs write: two groups of 2 + 3 OR terms; 20 % exclude a word, 30 % name an IPC class.

    Terms are the rarer words of the gazette's titles, and runs of two of them of at most six characters.
    """
    chance = random.Random(seed)
    found = publications()
    lines = [rjieba.cut(publication.title) for publication in found]
    spread = Counter(word for words in lines for word in set(words))
    rare = {word for word, times in spread.items() if len(word) > 1 and times <= TOO_COMMON * len(found)}
    terms = []
    for words in lines:
        here = [word for word in words if word in rare]
        here += [a + b for a, b in pairwise(words) if {a, b} <= rare and len(a + b) <= 6]
        terms.append(here)
    usable = [number for number, here in enumerate(terms) if here]
    return [_make_profile(number, chance, found, terms, usable) for number in range(count)]


def _make_profile(
    number: int, chance: random.Random, found: list[Publication], terms: list[list[str]], usable: list[int]
) -> Profile:
    seed = chance.choice(usable)

    def other() -> str:
        return chance.choice(terms[chance.choice(usable)])

    rule = Rule(
        groups=((chance.choice(terms[seed]), other()), (chance.choice(terms[seed]), other(), other())),
        none=(other(),) if chance.random() < 0.2 else (),
        ipc=tuple(f"{symbol[:4]}*" for symbol in found[seed].ipc[:1]) if chance.random() < 0.3 else (),
    )
    return Profile(id=f"p-{number:07d}", name=rule.groups[0][0], rules=(rule,))  # type: ignore[arg-type]
