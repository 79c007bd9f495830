"""A day of CNIPA: 3,900 full texts in inner zips in an outer zip with its index, from the file to bus and store.

The full texts are made: three genuine ones have 17 to 69 KiB, 200 to 480 elements, 154 to 359 characters of abstract, 976 to
6,460 of claims and 2,264 to 20,104 of description; these have the same shape, with facts and sentences of their own.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from benchmarks.city.children import peak_bytes
from benchmarks.installation import open_installation
from services.ingest.normalise.applications import check_digit
from services.ingest.sources.files import ingest_file
from services.ingest.wiring import make_pipeline

FILES = 3_900
FILES_A_ZIP = 100
DAY = "20190712"
NOBODYS_PORT = 9
GOAL_SECONDS = 60
GOAL_MIB = 250

_THINGS = (
    "固态电池",
    "数控机床",
    "充电桩",
    "激光雷达",
    "注塑模具",
    "污水处理设备",
    "显示面板",
    "机械手",
    "传感器",
    "图像识别系统",
)
_PARTS = (
    "隔膜",
    "支架",
    "控制器",
    "散热结构",
    "检测装置",
    "外壳",
    "密封圈",
    "驱动电路",
    "夹具",
    "过滤网",
    "处理模块",
    "连接杆",
)
_DOES = (
    "与{}相连接",
    "设置在{}的一侧",
    "通过{}固定",
    "用于驱动{}",
    "与{}之间留有间隙",
    "根据{}的信号进行调节",
    "套设于{}的外部",
)
_STREETS = ("天河区五山路", "南沙区丰泽东路", "黄埔区科丰路", "番禺区迎宾路", "海珠区新港西路", "越秀区东风东路")


def run() -> list[tuple[str, str]]:
    """Make the day, read it in a process of its own, and return (name, figure) rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        day = folder / f"{DAY}.zip"
        unpacked = make_day(day)
        child = subprocess.run(
            [sys.executable, "-m", "benchmarks.cnipa_day", str(day), str(folder / "data")],
            check=True,
            capture_output=True,
            text=True,
        )
        told = json.loads(child.stdout.splitlines()[-1])
        packed = day.stat().st_size
    if (told["accepted"], told["rejected"]) != (FILES, 0):
        raise RuntimeError(f"not read whole: {told}")
    seconds = told["seconds"]
    return [
        (
            f"{told['accepted']:,} full texts, {unpacked / 2**20:,.0f} MiB, in zips of {packed / 2**20:,.0f} MiB, to bus and store",
            f"{seconds:.1f} s (goal at most {GOAL_SECONDS}), {told['cpu_seconds']:.1f} s CPU",
        ),
        ("files a second", f"{told['accepted'] / seconds:,.0f}"),
        (f"peak of resident memory (goal at most {GOAL_MIB} MiB)", f"{told['peak_bytes'] / 2**20:,.0f} MiB"),
    ]


def make_day(path: Path, files: int = FILES, files_a_zip: int = FILES_A_ZIP) -> int:
    """Write the outer zip; return the bytes of all full texts."""
    chance = random.Random(7)
    sentences = [_sentence(chance) for _ in range(4_000)]
    unpacked = 0
    listed = []
    with zipfile.ZipFile(path, "w") as outer:
        for first in range(0, files, files_a_zip):
            with tempfile.TemporaryFile() as inner_file:
                with zipfile.ZipFile(inner_file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as inner:
                    for n in range(first, min(first + files_a_zip, files)):
                        name, content = _full_text(n, chance, sentences)
                        inner.writestr(f"/{DAY}/{name}", content.encode())
                        unpacked += len(content.encode())
                        listed.append(f"<Document><File>/{DAY}/{name}</File></Document>")
                inner_file.seek(0)
                # As it comes: a name that begins with a slash, capitals, nothing packed twice.
                outer.writestr(f"/{DAY}-{first // files_a_zip:03}.ZIP", inner_file.read())
        outer.writestr("/INDEX.XML", f'<?xml version="1.0" encoding="UTF-8"?><INDEX>{"".join(listed)}</INDEX>')
    return unpacked


def _sentence(chance: random.Random) -> str:
    parts = chance.sample(_PARTS, 3)
    return f"所述{parts[0]}{chance.choice(_DOES).format(parts[1])}，并与所述{parts[2]}配合使用，从而提高了{chance.choice(_THINGS)}的可靠性。"


def _full_text(n: int, chance: random.Random, sentences: list[str]) -> tuple[str, str]:
    """Return (file name, content)."""
    number = 110_000_000 + n
    serial = f"2017{1}{n:07}"
    application = f"{serial}.{check_digit(serial)}"
    title = f"一种{chance.choice(_THINGS)}的{chance.choice(_PARTS)}及其{chance.choice(_PARTS)}"
    claims = "".join(_claim(i, title, chance, sentences) for i in range(1, chance.randint(6, 16)))
    paragraphs = "".join(
        f'<base:Paragraphs id="p{i}" num="{i:04}">{"".join(chance.choices(sentences, k=chance.randint(2, 6)))}</base:Paragraphs>'
        for i in range(1, chance.randint(25, 90))
    )
    people = "".join(
        f'<business:Inventor sequence="{i}"><base:AddressBook lang="zh"><base:Name>张{chance.choice("伟敏静强磊洋艳勇")}{n % 97}</base:Name>'
        "</base:AddressBook></business:Inventor>"
        for i in range(1, chance.randint(2, 6))
    )
    classes = "".join(
        f'<business:ClassificationIPCR sequence="{i}"><business:IPCVersionDate>20060101</business:IPCVersionDate><business:Section>H'
        f"</business:Section><business:MainClass>01</business:MainClass><business:Subclass>M</business:Subclass><business:MainGroup>10"
        f"</business:MainGroup><business:Subgroup>{chance.randint(10, 99)}</business:Subgroup><base:Text>H01M   10/{chance.randint(10, 99)}"
        "    (2006.01)</base:Text></business:ClassificationIPCR>"
        for i in range(1, chance.randint(2, 5))
    )
    published, filed = (
        f'<business:{kind}Reference dataFormat="{form}" sequence="1"><base:DocumentID><base:WIPOST3Code>CN</base:WIPOST3Code>'
        f"<base:DocNumber>{told}</base:DocNumber>{extra}<base:Date>{day}</base:Date></base:DocumentID></business:{kind}Reference>"
        for kind, form, told, extra, day in (
            ("Publication", "original", number, "<base:Kind>A</base:Kind>", DAY),
            ("Application", "original", application, "", "20170919"),
        )
    )
    name = f"CN1{serial[:4]}0{serial[4:]}00CN0000{number}0AFULZH{DAY}CN00X.XML"
    return name, (
        '<?xml version="1.0" encoding="utf-8" standalone="no"?>\n'
        '<!DOCTYPE business:PatentDocumentAndRelated SYSTEM "/DTDS/ExternalStandards/ipphdb-entities.dtd"[]>\n'
        '<business:PatentDocumentAndRelated xmlns:base="http://www.sipo.gov.cn/XMLSchema/base" '
        f'xmlns:business="http://www.sipo.gov.cn/XMLSchema/business" xsdVersion="V2.2.1" file="{name}" dateProduced="20190711" '
        f'status="C" lang="zh" country="CN" docNumber="{number}" kind="A" datePublication="{DAY}"><business:BibliographicData>'
        f"{published}{filed}<business:ClassificationIPCRDetails>{classes}</business:ClassificationIPCRDetails>"
        f'<business:InventionTitle lang="zh">{title}</business:InventionTitle><business:Parties><business:ApplicantDetails>'
        f'<business:Applicant sequence="1"><base:AddressBook lang="zh"><base:Name>某某{n % 3000}科技有限公司</base:Name><base:Address>'
        f"<base:Province>广东省</base:Province><base:City>广州市</base:City><base:County>0</base:County><base:PostCode>510000</base:PostCode>"
        f"<base:Text>510000 广东省广州市{_STREETS[n % 6]}{n}号</base:Text></base:Address></base:AddressBook></business:Applicant>"
        f"</business:ApplicantDetails><business:InventorDetails>{people}</business:InventorDetails></business:Parties>"
        f"</business:BibliographicData><business:Abstract><base:Paragraphs>{''.join(chance.choices(sentences, k=5))}</base:Paragraphs>"
        f"</business:Abstract><business:Description>{paragraphs}</business:Description><business:Claims>{claims}</business:Claims>"
        "</business:PatentDocumentAndRelated>"
    )


def _claim(i: int, title: str, chance: random.Random, sentences: list[str]) -> str:
    text = "".join(chance.choices(sentences, k=chance.randint(2, 7)))
    return f'<business:Claim id="cl{i:04}" num="{i:04}"><business:ClaimText>{i}.{title}，其特征在于，{text}</business:ClaimText></business:Claim>'


async def _ingest(day: Path, folder: Path) -> dict[str, float]:
    async with open_installation(folder, smtp_port=NOBODYS_PORT) as (around, clock):
        began, cpu = time.monotonic(), time.process_time()
        run = await ingest_file(day, pipeline=make_pipeline(around), clock=clock)
        seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    return {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "accepted": run.accepted,
        "rejected": run.rejected,
        "peak_bytes": peak_bytes(os.getpid()),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_ingest(Path(sys.argv[1]), Path(sys.argv[2])))))
