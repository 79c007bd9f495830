"""Make shared/divisions/divisions.tsv: codes and names of China's provinces, cities and districts.

Run as ``python -m tools.make_division_codes areas.csv cities.csv``, with the two files of the folder ``dist/`` of
github.com/modood/Administrative-divisions-of-China (MIT): what the National Bureau of Statistics publishes.

The statistical codes of development zones (from 71 on within a city) are left out: a zone is no administrative
division. So are the placeholders (市辖区, 省直辖县级行政区划) and the pseudo districts of cities that have none (441900).
Names of dissolved divisions are added below, where their whole area went to one that exists.
"""

import csv
import sys
from operator import itemgetter
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "shared" / "divisions" / "divisions.tsv"

PROVINCES = """
11 北京市|12 天津市|13 河北省|14 山西省|15 内蒙古自治区|21 辽宁省|22 吉林省|23 黑龙江省|31 上海市|32 江苏省|33 浙江省
34 安徽省|35 福建省|36 江西省|37 山东省|41 河南省|42 湖北省|43 湖南省|44 广东省|45 广西壮族自治区|46 海南省|50 重庆市
51 四川省|52 贵州省|53 云南省|54 西藏自治区|61 陕西省|62 甘肃省|63 青海省|64 宁夏回族自治区|65 新疆维吾尔自治区
71 台湾省|81 香港特别行政区|82 澳门特别行政区
"""

FORMER = """
110101 崇文区 2010|110102 宣武区 2010|120116 塘沽区 2009|120116 汉沽区 2009|120116 大港区 2009|310101 卢湾区 2011
310106 闸北区 2015|310115 南汇区 2009|320104 白下区 2013|320106 下关区 2013|320213 崇安区 2015|320213 南长区 2015
320213 北塘区 2015|320508 沧浪区 2012|320508 平江区 2012|320508 金阊区 2012|320613 港闸区 2020|321003 维扬区 2011
330105 下城区 2021|330212 江东区 2016|370203 四方区 2012|370211 胶南市 2012|3701 莱芜市 2019|370116 莱城区 2019
440112 萝岗区 2014|440104 东山区 2005|440307 大鹏新区 2011|440309 龙华新区 2016|440310 坪山新区 2016|440311 光明新区 2018
4206 襄樊市 2010|5308 思茅市 2007|500110 万盛区 2011|500111 双桥区 2011|120119 蓟县 2016|510117 郫县 2016
450181 横县 2021|420304 郧县 2014|610118 户县 2016|371403 陵县 2014|130284 滦县 2018|511703 达县 2013|520281 盘县 2017
210112 浑南新区 2014|130503 桥西区 2020|130503 邢台县 2020|130505 任县 2020|340210 芜湖县 2020|410308 吉利区 2021
350404 梅列区 2021|360112 湾里区 2019|361104 上饶县 2019|360404 九江县 2017|360483 星子县 2016|520304 遵义县 2016
511504 宜宾县 2018|430212 株洲县 2018|411003 许昌县 2016|410212 开封县 2014|320803 楚州区 2012|320812 清河区 2016
320812 清浦区 2016|340706 铜陵县 2015|340705 铜官山区 2015|340705 狮子山区 2015|140404 长治县 2018|370614 长岛县 2020
330212 鄞县 2002|320412 戚墅堰区 2015|330603 绍兴县 2013|440103 芳村区 2005
"""


def main(areas: Path, cities: Path) -> None:
    """Write the table."""
    rows = [(code, name) for code, name in map(tuple, _entries(PROVINCES))]
    rows += [(row["code"], row["name"]) for row in _read(cities) if row["name"].endswith(("市", "州", "盟", "地区"))]
    rows += [(row["code"], row["name"]) for row in _read(areas) if row["code"][4:] != "00" and row["code"][4] != "7"]
    known = {code for code, _ in rows}
    for code, name, _year in _entries(FORMER):
        if code not in known:
            sys.exit(f"{code} {name}: no such division to belong to")
        rows.append((code, name))
    OUT.write_text("".join(f"{code}\t{name}\n" for code, name in sorted(rows, key=itemgetter(0))), "utf-8")
    print(f"{OUT}: {len(rows)} names")


def _entries(table: str) -> list[list[str]]:
    return [entry.split() for entry in table.replace("\n", "|").split("|") if entry]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
