"""Choose the sample gazette anew from a full one: ``python tools/make_samples.py FOLDER``.

FOLDER holds the four files of one gazette issue as an operator saved them. What ships in ``samples/gazette`` is facts of
public record, chosen and written out here: no inventors, no natural persons, addresses down to the district. The
choice is made by rules alone, so that the same issue gives the same sample:

* what the sample profiles are about (`TOPICS`), from Guangzhou first, then from Guangdong, then from elsewhere;
* the rest of Guangzhou, until it has `GUANGZHOU_WANTED` rows, spread over the four kinds;
* rows that carry a defect which real feeds carry, too (`KEPT_FOR_THEIR_DEFECT`, duplicates, rows of another date);
* four copies of chosen rows, ruined on purpose as transfers ruin them: they belong into quarantine.
"""

import csv
import io
import re
import sys
from collections import Counter
from itertools import zip_longest
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "gazette"
FILES = ("invention_published", "invention_granted", "utility_model", "design")
NUMBER, DATE, APPLICANT, PERSONS, ADDRESS, CLASSES = 2, 3, 6, 7, 8, 9
TITLE = 1

TOPICS = (
    r"固态电池|固态电解质|电解质膜|隔膜|锂离子电池|锂电池",
    r"机械手|夹爪|抓手|机械爪|夹持",
    r"北斗|卫星导航|卫星定位|GNSS",
    r"充电桩|充电枪|充电站",
    r"LED|显示屏",
    r"3D打印|三维打印|增材制造",
    r"反渗透|超滤|纳滤|水处理|污水|净水",
    r"化妆品|面膜|护肤|香水|口红|精华液|精华乳",
    r"食品|饺子|面条|月饼|饼干|灌装",
    r"注塑|模具",
    r"敷料|伤口|创面|止血",
    r"无人机",
    r"试剂盒|引物",
)
A_TOPIC = 18
GUANGZHOU_WANTED = 230
A_COMPANY = 4
WATCHED_COMPETITOR = "广州视源电子科技股份有限公司"
A_COMPETITOR = 12

ORGANISATION = re.compile(r"(?:公司|大学|学院|研究院|研究所|中心|医院|厂|集团|株式会社)$")
DISTRICT = re.compile(
    r"(?P<postcode>\d{6})?"
    r"(?P<province>[^省市区]{2,3}省|[^省市区]{2,4}自治区|(?:北京|上海|天津|重庆)市)"
    r"(?P<city>[^省市区县路街道]{2,8}(?:市|自治州|地区))?"
    r"(?P<district>[^市区县镇乡路街道村号\d]{1,12}(?:开发区|区|县|市)|科学城|大学城|国际生物岛)?"
)

KEPT_FOR_THEIR_DEFECT = frozenset({
    "CN109988188A",  # told twice, first with another document's title: a correction
    "CN109996077A",  # the same
    "CN109996757A",  # a foreign address, no postcode
    "CN109996842A",
    "CN109996618A",
    "CN102955381B",
    "CN103490609B",
    "CN109985986A",  # the district Luogang, merged into Huangpu in 2014
    "CN109987320A",
    "CN109994758A",
    "CN209077583U",
    "CN209086977U",
    "CN305250228S",
})  # fmt: skip
DUPLICATES_WANTED = 6

Row = list[str]


def read(path: Path) -> list[Row]:
    """Return the rows of a gazette file without the header."""
    return list(csv.reader(io.StringIO(path.read_bytes().decode("gb18030"), newline="")))[1:]


def applicants(row: Row) -> list[str]:
    """Return the names in the applicant column."""
    return [name for name in (part.strip(" ?\u2002") for part in row[APPLICANT].split(";")) if name]


def of_organisations(row: Row) -> bool:
    """Whether every applicant is an organisation by its name."""
    return bool(names := applicants(row)) and all(ORGANISATION.search(name) for name in names)


def district_of(address: str) -> str:
    """Cut an address after the district; foreign ones are a country and a place already."""
    found = DISTRICT.match(address)
    if found is None:
        return address if not re.search(r"\d", address) else address[:6]
    return "".join(part or "" for part in found.groups())


def nearness(row: Row) -> int:
    """Return 0 for Guangzhou, 1 for Guangdong, 2 for elsewhere."""
    return 0 if is_guangzhou(row) else 1 if "广东省" in row[ADDRESS][:9] else 2


def is_guangzhou(row: Row) -> bool:
    """Whether the address lies in Guangzhou (a street of that name elsewhere does not count)."""
    return "广东省广州市" in row[ADDRESS][:12]


class Choice:
    """What was chosen so far; refuses a company its fifth document."""

    def __init__(self) -> None:
        self.numbers: set[str] = set()
        self._by_company: Counter[str] = Counter()

    def take(self, row: Row, *, always: bool = False) -> bool:
        """Choose a row, unless it is there or its company has enough."""
        company = applicants(row)[0]
        enough = A_COMPETITOR if company == WATCHED_COMPETITOR else A_COMPANY
        if row[NUMBER] in self.numbers or (self._by_company[company] >= enough and not always):
            return False
        self.numbers.add(row[NUMBER])
        self._by_company[company] += 1
        return True


def choose(issue: dict[str, list[Row]]) -> set[str]:
    """Return the publication numbers of the sample."""
    usable = {name: unambiguous(rows) for name, rows in issue.items()}
    everything = [row for rows in usable.values() for row in rows]
    choice = Choice()
    for row in (row for rows in issue.values() for row in rows):
        if row[NUMBER] in KEPT_FOR_THEIR_DEFECT or (row[DATE] != "2019.07.09" and of_organisations(row)):
            choice.take(row, always=True)
    for row in everything:
        if WATCHED_COMPETITOR in row[APPLICANT]:
            choice.take(row)
    for topic in TOPICS:
        about_it = sorted((r for r in everything if re.search(topic, r[TITLE])), key=lambda r: (nearness(r), r[NUMBER]))
        taken = 0
        for row in about_it:
            if taken < A_TOPIC or nearness(row) == 0:
                taken += choice.take(row)
    guangzhou = [[row for row in rows if is_guangzhou(row)] for rows in usable.values()]
    chosen_there = sum(row[NUMBER] in choice.numbers for rows in guangzhou for row in rows)
    for row in (row for turn in zip_longest(*guangzhou) for row in turn if row):
        if chosen_there < GUANGZHOU_WANTED:
            chosen_there += choice.take(row)
    return choice.numbers


def unambiguous(rows: list[Row]) -> list[Row]:
    """Return one row for each publication of organisations that the issue does not contradict itself about."""
    said: dict[str, set[tuple[str, ...]]] = {}
    for row in rows:
        said.setdefault(row[NUMBER], set()).add(tuple(row[1:]))
    once = {row[NUMBER]: row for row in rows if len(said[row[NUMBER]]) == 1}
    return [row for row in once.values() if of_organisations(row)]


def write(path: Path, header: Row, rows: list[Row]) -> None:
    """Write a file in the gazette's form: GB18030, line feeds, numbered rows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for item, row in enumerate(rows, start=1):
        facts = [str(item), *row[1:]]
        facts[PERSONS] = ""
        facts[ADDRESS] = district_of(row[ADDRESS])
        writer.writerow(facts)
    path.write_bytes(text.getvalue().encode("gb18030"))


def ruin(raw: bytes) -> bytes:
    """Append four ruined copies of the file's own rows."""
    lines = raw.splitlines()
    number, short, bytes_, empty = (lines[at] for at in (2, 3, 4, 5))
    fields = number.split(b",")
    fields[NUMBER] = fields[NUMBER].replace(b"0", b"O")  # the letter, as text recognition reads it
    without_number = empty.split(b",")
    without_number[NUMBER] = b""
    first_comma = bytes_.index(b",") + 1
    broken = (
        b",".join(fields),
        b",".join(short.split(b",")[:4]),  # torn off
        bytes_[:first_comma] + b"\xff\xfe" + bytes_[first_comma:],  # no character of GB18030
        b",".join(without_number),
    )
    return b"\n".join([*lines, *broken]) + b"\n"


def main(folder: Path) -> None:
    """Write the sample and say what is in it."""
    issue = {name: read(folder / f"{name}.csv") for name in FILES}
    header = next(csv.reader(io.StringIO((folder / "design.csv").read_bytes().decode("gb18030"))))
    numbers = choose(issue)
    SAMPLES.mkdir(parents=True, exist_ok=True)
    duplicates = DUPLICATES_WANTED
    for name, rows in issue.items():
        kept: list[Row] = []
        copies: Counter[tuple[str, ...]] = Counter()
        for row in rows:
            said = tuple(row[1:])
            if row[NUMBER] not in numbers or copies[said] > (duplicates > 0):
                continue
            duplicates -= copies[said]
            copies[said] += 1
            kept.append(row)
        path = SAMPLES / f"{name}.csv"
        write(path, header, kept)
        if name == "utility_model":
            path.write_bytes(ruin(path.read_bytes()))
        print(f"{path.name}: {len(kept)} rows, {sum(map(is_guangzhou, kept))} from Guangzhou")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
