"""How a record became what it is: for each field the raw value, what it became, and by which rule; for people.

The values are those of `publication_of`; only the rules are found anew, by asking the same functions. Nothing here runs
unless somebody asks.
"""

from typing import TYPE_CHECKING, NamedTuple

from services.ingest.normalise.applicant_types import PERSON
from services.ingest.normalise.applicants import proof_of
from services.ingest.normalise.applications import judged_application
from services.ingest.normalise.countries import country_of_address, told_country
from services.ingest.normalise.divisions import divisions
from services.ingest.normalise.names import names_of
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import RawRecord, publication_of
from services.ingest.normalise.regions import BY_NAME, Proof
from shared.wire.identity import is_text
from shared.wire.publication import Applicant, Publication

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING = "（空）"
AS_IT_IS = "原样"
_MANY = " ; "
_TEXTS = {"title": "名称", "abstract": "摘要", "claim": "权利要求（审查后的授权文本除外）"}
_JOINED = "申请文件按申请号并入；公开还没有收到时先保存，等它到来"
_OFFICE_RULES = {
    "EP": "流水号补足七位",
    "JP": "日本年号与流水号统一写法",
    "KR": "去掉权利种类前缀",
    "US": "申请公布号补足七位流水号，去掉授权号前导零",
    "WO": "年份补足四位，流水号补足六位",
}


class Step(NamedTuple):
    """One field: as it was written, what it became, why; texts for people."""

    field: str
    raw: str
    became: str
    rule: str


def explained(raw: RawRecord) -> list[Step]:
    """Return the steps of a record, in the order of the pipeline; of one that is refused, why."""
    try:
        publication = publication_of(raw, lambda _: None)
    except WrongRecordError as error:
        said = (("公开号", raw.publication_number + raw.kind), ("名称", raw.title), ("公开日", raw.published_on))
        refused = Step("结论", "", "拒绝", f"{error.code}：{error}")
        return [*(Step(field, text or NOTHING, "", "") for field, text in said), refused]
    return [step for step in _steps(raw, publication) if step.raw or step.became]


def _steps(raw: RawRecord, one: Publication) -> "Iterator[Step]":
    yield Step(
        "公开号", (raw.publication_number + " " + raw.kind).strip(), one.publication_number, _number_rule(raw, one)
    )
    yield _text("名称", raw.title, one.title)
    yield _text("摘要", raw.abstract, one.abstract)
    yield _text("权利要求", raw.claim, one.claim)
    yield _text("代理机构", raw.agency, one.agency)
    for field, text, day in (
        ("公开日", raw.published_on, one.published_on),
        ("申请日", raw.filed_on, one.filed_on),
        ("生效日", raw.event_on, one.event_on),
    ):
        became = day.isoformat() if day else ""
        yield _step(field, text, became, "统一为 年-月-日" if day else "不是日期，留空")
    country = one.publication_number[:2] or "CN"
    _, rule = judged_application(raw.application_number, country) if raw.application_number else ("", "")
    yield _step("申请号", raw.application_number, one.application_number or "", rule)
    for place, applicant in enumerate(one.applicants):
        yield from _applicant(raw, place, applicant)
    yield _list("发明人", raw.inventors, one.inventors, "按分号拆分，去重复和空名")
    yield _list(
        "IPC", raw.ipc if one.ipc or not one.locarno else (), one.ipc, "去空格和版本，去重复，舍去不是分类号的部分"
    )
    yield _list(
        "洛迦诺", (raw.locarno or raw.ipc) if one.locarno else raw.locarno, one.locarno, "外观设计：去版次，去重复"
    )
    yield _event(raw, one)
    yield _text("事件说明", raw.event_detail, one.event_detail)
    yield Step("语种", raw.lang, one.lang, "来源所写" if raw.lang else "由国别和文字决定")


def _applicant(raw: RawRecord, place: int, one: Applicant) -> "Iterator[Step]":
    said = (
        raw.applicants[place] if len(raw.applicants) > 1 and place < len(raw.applicants) else _MANY.join(raw.applicants)
    )
    number = place + 1
    yield _step(f"申请人 {number}", said, one.name, "按分号拆分，去重复和空名")
    address = " ".join(part for part in (one.postcode, one.address) if part)
    written = raw.addresses[place] if place < len(raw.addresses) else ""
    yield _step(f"地址 {number}", written, address, "拆出邮编")
    told = raw.regions[place] if place < len(raw.regions) else ""
    proof = proof_of(one.address, told)
    if one.address or told:
        yield Step(f"地区 {number}", proof.words or one.address or told, one.region or "", _region_rule(proof))
    yield Step(f"类型 {number}", one.name, one.type or "", "由名称判断" if one.type else "名称不能证明，留空")
    yield Step(f"国别 {number}", "", one.country or "", _country_rule(one, told))


def _number_rule(raw: RawRecord, one: Publication) -> str:
    number = one.publication_number
    if number == raw.publication_number:
        return AS_IT_IS
    if number == raw.publication_number + raw.kind:
        return "接上种类码"
    if number in {letters_and_digits(raw.publication_number), letters_and_digits(raw.publication_number + raw.kind)}:
        return "去分隔符，统一大写"
    return "去分隔符；" + _OFFICE_RULES.get(one.publication_number[:2], "统一写法")


def letters_and_digits(text: str) -> str:
    """Return a number without what parts it, in capitals."""
    return "".join(filter(str.isalnum, text)).upper()


def _region_rule(proof: Proof) -> str:
    present = divisions().present.get(proof.code or "", "")
    if proof.rule == BY_NAME and present and present not in proof.words:
        return f"{proof.rule}：旧名或简称，今为{present}"
    return f"{proof.rule}：{present}" if present else proof.rule


def _country_rule(one: Applicant, told: str) -> str:
    if one.region:
        return "由地区决定"
    if one.address and country_of_address(one.address):
        return "由地址开头的国名决定"
    if told and told_country(told):
        return f"来源所写：{told}"
    if one.country:
        return "由名称开头的国名或地名决定"
    return "自然人的姓名不能证明国别，留空" if one.type == PERSON else "没有依据，留空"


def _event(raw: RawRecord, one: Publication) -> Step:
    if is_text(one):
        said = [called for field, called in _TEXTS.items() if getattr(one, field)]
        became = (
            f"申请 {one.application_number} 的公开文献：补上其中空缺的{'、'.join(said)}"
            if said
            else "没有文字，不需要并入"
        )
        return Step("并入", raw.event_detail, became, _JOINED if said else "附图只读取，不保存")
    if raw.event_said:
        return Step("事件", raw.event_said, one.event, "按法律事件名称和代码表")
    return Step("事件", raw.event, one.event, "来源所写" if raw.event else f"由种类码 {one.kind or NOTHING} 决定")


def _text(field: str, raw: str, became: str | None) -> Step:
    return _step(field, raw, became or "", "去网页标记、实体、控制字符和多余空白")


def _list(field: str, raw: tuple[str, ...], became: tuple[str, ...], rule: str) -> Step:
    same = raw == became or (len(raw) == 1 and names_of(raw) == became and raw[0] == _MANY.join(became))
    return Step(field, _MANY.join(raw), _MANY.join(became), AS_IT_IS if same else rule)


def _step(field: str, raw: str, became: str, rule: str) -> Step:
    return Step(field, raw, became, AS_IT_IS if raw == became else rule)
