"""Compile every kernel of the matcher now, so that nobody waits for it later: ``python -m services.matcher.warm``.

It matches a publication against profiles that use everything there is, lets them change and merge, keeps their index, and looks back.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from services.matcher.engine import storage
from services.matcher.engine.live import FEW, LiveEngine
from services.matcher.lookback.segment import build
from services.matcher.rings import Rings
from shared.wire.profile import Fuzziness, Profile, Rule, Term, TermMatch
from shared.wire.publication import Applicant, Publication

_PUBLICATION = Publication(
    publication_number="CN1A",
    kind="A",
    title="一种锂离子动力电池的LED灯与机床",
    abstract="图象识别，手机床头；failed，bluetoth。" * 40,
    ipc=("H01M10/0525",),
    applicants=(Applicant(name="华为技术有限公司", region="440106"),),
)


def _profile(number: int, fuzziness: Fuzziness) -> Profile:
    words = Rule(
        groups=(
            ("锂离子电池", Term(text="LED", match=TermMatch.ANYWHERE, synonyms=("灯",))),
            ("机床", "图像识别", "bluetooth"),
        ),
        none=("水管",),
    )
    rest = Rule(ipc=("H01M*",), applicants=("华为",), regions=("44",), kinds=("A",), not_ipc=("A*",))
    return Profile(id=f"p-{number:06}", name="预热", rules=(words, rest), fuzziness=fuzziness)


def main() -> None:
    """Go once through everything."""
    began = time.perf_counter()
    sys.stderr.write("正在编译匹配引擎（每台机器、每个版本只有一次）……\n")
    rings = Rings.shipped()
    live = LiveEngine(rings)
    for round_of_changes in range(3):
        many = range(round_of_changes, round_of_changes + FEW + 1)
        live.apply([(f"p-{n:06}", _profile(n, tuple(Fuzziness)[n % 3])) for n in many])
        live.apply([("p-000001", None)])
        for found in live.match([_PUBLICATION]):
            found.json()
            found.json_lines()
            found.names()
        if (merge := live.begin_merge()) is not None:
            merged = merge.build()
            live.end_merge(merged)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        storage.save(merged.index, path, provenance="", note={})
        index, _ = storage.load(path, provenance="")
        for found in LiveEngine(rings, index).match([_PUBLICATION]):
            found.json()
    segment = build([_PUBLICATION])
    segment.boundary(np.arange(len(segment)))
    sys.stderr.write(f"完成，用了 {time.perf_counter() - began:.0f} 秒。\n")


if __name__ == "__main__":
    main()
