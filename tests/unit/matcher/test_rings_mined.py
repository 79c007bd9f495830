"""What is mined from 3,024 real abstracts, read by a person, one by one; the figures of docs/synonyms.md.

``pytest tests/unit/matcher/test_rings_mined.py -s`` prints the proposals, the wrong ones marked.
"""

import json

import pytest

from services.matcher.rings import Rings
from services.matcher.rings.mining.miner import Miner
from shared.wire.publication import Publication
from tests.reference import reference

pytestmark = pytest.mark.data

WRONG = {
    ("原生全球分销系统", "GDS"),  # a modifier too much
    ("订阅网络功能虚拟化", "NFV"),
    ("医用聚醚醚酮", "PEEK"),
    ("水溶性聚乙烯醇", "PVA"),
    ("纳米二氧化硅", "SiO2"),
    ("C20直链烷基苯磺酸盐", "LAS"),
    ("旋翼无人机", "UAV"),  # a word too few
    ("免疫缺陷病毒", "HIV"),
    ("乙氧基硫酸盐", "AES"),
    ("丁二烯橡胶", "eSBR"),
    ("聚丁二烯橡胶", "eBR"),
    ("访问扫描", "OAS"),
    ("覆盖优化", "CCO"),  # 容量和覆盖优化
    ("服务", "ProSe"),
    ("各向异性导电", "ACF"),  # the name covers the word after the bracket
    ("聚羧酸醚系", "PCE"),
    ("假捻", "DTY"),  # related, not the same
}


@pytest.mark.parametrize("rings", [Rings.shipped(), Rings()], ids=["shipped", "none"])
def test_four_of_five_proposals_say_what_the_publication_says(rings: Rings) -> None:
    records = json.loads(reference("kppatent", "abstracts_with_keywords.json").read_text("utf-8"))
    publications = [
        Publication(publication_number=f"KP{number}", kind="A", title="", abstract=record["input"])
        for number, record in enumerate(records)
    ]
    miner = Miner(rings)
    miner.read(publications)
    miner.count(publications)
    found = miner.proposals()
    wrong = [one for one in found if one.members[:2] in WRONG]
    for one in found:
        print("错" if one in wrong else "　", " = ".join(one.members), one.examples[0].text)  # noqa: T201
    print(f"{len(found)} 个提议，{len(wrong)} 个错，另有 {miner.known} 处已在词环里")  # noqa: T201
    assert len(found) >= 50
    assert len(wrong) <= 0.2 * len(found)
