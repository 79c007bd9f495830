"""The filter of the inbox, between a page's address and the desk."""

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from services.portal.desk.inbox import Opinion, Wanted
from services.portal.desk.refusals import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

WEEKS = 12
"""How many are offered to choose from; others can be asked for by address."""

_CHARACTERS = 80
_REGION = re.compile(r"\d{2}(?:\d{2}){0,2}")

OPINIONS = {
    Opinion.OPEN: Text("还没判断", "Not judged yet"),
    Opinion.RELEVANT: Text("相关", "Relevant"),
    Opinion.IRRELEVANT: Text("不相关", "Not relevant"),
}

PROVINCES = {
    "11": Text("北京", "Beijing"), "12": Text("天津", "Tianjin"), "13": Text("河北", "Hebei"),
    "14": Text("山西", "Shanxi"), "15": Text("内蒙古", "Inner Mongolia"), "21": Text("辽宁", "Liaoning"),
    "22": Text("吉林", "Jilin"), "23": Text("黑龙江", "Heilongjiang"), "31": Text("上海", "Shanghai"),
    "32": Text("江苏", "Jiangsu"), "33": Text("浙江", "Zhejiang"), "34": Text("安徽", "Anhui"),
    "35": Text("福建", "Fujian"), "36": Text("江西", "Jiangxi"), "37": Text("山东", "Shandong"),
    "41": Text("河南", "Henan"), "42": Text("湖北", "Hubei"), "43": Text("湖南", "Hunan"),
    "44": Text("广东", "Guangdong"), "45": Text("广西", "Guangxi"), "46": Text("海南", "Hainan"),
    "50": Text("重庆", "Chongqing"), "51": Text("四川", "Sichuan"), "52": Text("贵州", "Guizhou"),
    "53": Text("云南", "Yunnan"), "54": Text("西藏", "Tibet"), "61": Text("陕西", "Shaanxi"),
    "62": Text("甘肃", "Gansu"), "63": Text("青海", "Qinghai"), "64": Text("宁夏", "Ningxia"),
    "65": Text("新疆", "Xinjiang"), "71": Text("台湾", "Taiwan"), "81": Text("香港", "Hong Kong"),
    "82": Text("澳门", "Macao"),
}  # fmt: skip
"""The first level of GB/T 2260; deeper divisions can be asked for by address (``region=4401``)."""


def wanted_in(query: "Mapping[str, str]") -> Wanted:
    """Return what an address or a form asks for; what cannot be is left out."""

    def said(name: str) -> str:
        return query.get(name, "").strip()[:_CHARACTERS]

    return Wanted(
        subscription_id=said("subscription"),
        profile_id=said("profile"),
        opinion=said("opinion") if said("opinion") in OPINIONS else "",
        monday=_monday(said("week")),
        region=said("region") if _REGION.fullmatch(said("region")) else "",
        applicant=said("applicant"),
        assigned_to=said("assigned"),
        unread=said("unread") == "yes",
    )


def query_of(wanted: Wanted, **changes: str) -> str:
    """Return the part of an address that asks for it, ``""`` for everything; changes replace fields, ``""`` leaves one out."""
    said = {
        "subscription": wanted.subscription_id,
        "profile": wanted.profile_id,
        "opinion": wanted.opinion,
        "week": wanted.monday.isoformat() if wanted.monday else "",
        "region": wanted.region,
        "applicant": wanted.applicant,
        "assigned": wanted.assigned_to,
        "unread": "yes" if wanted.unread else "",
        **changes,
    }
    return urlencode({name: value for name, value in said.items() if value})


def weeks_until(now: datetime, zone: "ZoneInfo") -> list[tuple[str, str]]:
    """Return the last weeks to choose from, the newest first: the Monday, and the days (``11-23–11-29``)."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    days = [monday - timedelta(weeks=n) for n in range(WEEKS)]
    return [(day.isoformat(), f"{day:%m-%d}–{day + timedelta(days=6):%m-%d}") for day in days]


def _monday(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day - timedelta(days=day.weekday()) if 2000 <= day.year <= 2100 else None  # noqa: PLR2004 - others are made up
