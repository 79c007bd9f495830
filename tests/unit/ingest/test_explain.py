import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.formats.legal_table import LAYOUT
from services.ingest.normalise.explain import Step, explained
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import RawRecord, listening, publication_of

ROW = RawRecord(
    source="gazette-csv",
    publication_number="CN 110007813 A",
    title="一种&amp;电池 ",
    published_on="2019.07.09",
    filed_on="2017.13.01",
    application_number="201910302430.2",
    applicants=("甲公司;??乙大学",),
    addresses=("510000广东省广州市萝岗区科学城",),
    inventors=("张三;李四",),
    ipc=("H01M10/05(2010.01)I",),
)


def steps_of(raw: RawRecord) -> dict[str, tuple[str, str]]:
    return {step.field: (step.became, step.rule) for step in explained(raw)}


def test_each_field_is_told_with_what_it_became_and_the_rule() -> None:
    steps = steps_of(ROW)
    assert steps["公开号"] == ("CN110007813A", "去分隔符，统一大写")
    assert steps["名称"][0] == "一种&电池"
    assert steps["公开日"] == ("2019-07-09", "统一为 年-月-日")
    assert steps["申请人 2"][0] == "乙大学"
    assert steps["类型 2"][0] == "university"
    assert steps["国别 1"] == ("CN", "由地区决定")
    assert steps["IPC"][0] == "H01M10/05"


def test_a_value_that_was_dropped_is_told_with_the_reason() -> None:
    steps = steps_of(ROW)
    assert steps["申请号"] == ("", "校验位不符（应为 1），留空")
    assert steps["申请日"] == ("", "不是日期，留空")


def test_a_dissolved_district_is_told_with_the_one_of_today() -> None:
    assert steps_of(ROW)["地区 1"] == ("440112", "区划名称表：旧名或简称，今为黄埔区")


def test_a_record_that_is_refused_ends_with_the_reason() -> None:
    last = explained(RawRecord(source="x", publication_number="CN110007813U", title="甲"))[-1]
    assert (last.field, last.became) == ("结论", "拒绝")
    assert last.rule.startswith("kind-mismatch：")


def test_a_legal_event_is_told_by_the_name_that_its_source_has_for_it() -> None:
    header = ("公开号", "名称", "事务类型", "登记生效日")
    bound = LAYOUT.bind(header)
    assert bound is not None
    (raw,) = bound.records(["CN110007813A", "一种电池", "专利权的转移", "2026.03.06"])
    step = next(step for step in explained(raw) if step.field == "事件")
    assert (step.raw, step.became) == ("专利权的转移", "transfer")


@pytest.mark.parametrize(
    ("said", "became"),
    [
        ({"claim": "一种电池。"}, "申请 201710854123.5 的公开文献：补上其中空缺的权利要求（审查后的授权文本除外）"),
        ({"abstract": "电池。", "title": "电池"}, "申请 201710854123.5 的公开文献：补上其中空缺的名称、摘要"),
        ({}, "没有文字，不需要并入"),
    ],
)
def test_of_a_file_of_an_application_it_is_told_where_it_is_joined(said: dict[str, str], became: str) -> None:
    raw = RawRecord(
        source="cnipa-body",
        publication_number="",
        title="",
        application_number="2017108541235",
        event="application-text",
        event_detail="权利要求书 DA1",
    )
    steps = {one.field: one for one in explained(msgspec.structs.replace(raw, **said))}
    assert (steps["并入"].raw, steps["并入"].became) == ("权利要求书 DA1", became)
    assert steps["申请号"] == Step("申请号", "2017108541235", "201710854123.5", "去前缀，校验位相符")
    assert "公开号" not in steps


def test_whoever_listens_hears_of_every_record_and_nobody_does_afterwards() -> None:
    heard: list[RawRecord] = []
    with listening(heard.append):
        publication_of(ROW)
    publication_of(ROW)
    assert heard == [ROW]


TEXT = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    [
        "CN110007813A",
        "US2020123456A1",
        "2019.07.09",
        "201910302430.1",
        "广东省广州市科学城",
        "510000广州",
        "甲;乙",
        "H01M10/05",
        "33",
    ]
)
TUPLES = st.lists(TEXT, max_size=3).map(tuple)
RECORDS = st.builds(
    RawRecord,
    source=st.just("x"),
    publication_number=TEXT,
    title=TEXT,
    kind=TEXT,
    kindless=st.booleans(),
    published_on=TEXT,
    filed_on=TEXT,
    application_number=TEXT,
    abstract=TEXT,
    applicants=TUPLES,
    addresses=TUPLES,
    regions=TUPLES,
    inventors=TUPLES,
    ipc=TUPLES,
    locarno=TUPLES,
)


def refusal_of(raw: RawRecord) -> str | None:
    try:
        publication_of(raw)
    except WrongRecordError as error:
        return f"{error.code}：{error}"
    return None


@given(RECORDS)
def test_any_record_becomes_a_publication_or_is_refused_with_a_reason_and_both_are_explained(raw: RawRecord) -> None:
    steps = explained(raw)
    refusal = refusal_of(raw)
    if refusal is None:
        assert steps[0].became == publication_of(raw).publication_number
    else:
        assert steps[-1].rule == refusal
