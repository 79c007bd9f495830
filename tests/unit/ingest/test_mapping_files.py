import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.mapping.contents import date_order_of, separator_of, share
from services.ingest.mapping.files import FIELDS, mapping_of, written_mapping
from services.ingest.mapping.names import SYNONYMS, fields_of
from services.ingest.normalise.ipc import ipc_symbols
from shared.errors import InvalidInputError

COLUMNS = '[columns]\npublication_number = "号"\ntitle = "名"\n'


def records(text: str, header: list[str], cells: list[str]) -> list[object]:
    bound = mapping_of(text).bind(header)
    assert bound is not None
    return list(bound.records(cells))


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("name = ", "末尾", "不是合法的 TOML"),
        ("name = x", "第 1 行", "不是合法的 TOML"),
        ('name = "a"\n' + COLUMNS + 'titel = "x"', "第 5 行，titel", "不认识的字段"),
        ('name = "a"\nheader = 3\n' + COLUMNS, "第 2 行，header", "不认识的键"),
        ('name = "有空格"\n' + COLUMNS, "第 1 行，name", "小写字母"),
        ('name = "a"\nheader_row = 0\n' + COLUMNS, "第 2 行，header_row", "从 1 数起"),
        ('name = "a"\ndate_order = "dym"\n' + COLUMNS, "第 2 行，date_order", "ymd、dmy、mdy"),
        ('name = "a"\nseparator = 3\n' + COLUMNS, "第 2 行，separator", "引号里的文字"),
        ('name = "a"\n[columns]\ntitle = "名"\n', "第 2 行，columns", "缺少 publication_number"),
        ('name = "a"\ncolumns = "号"\n', "第 2 行，columns", "要有 [columns]"),
        ('name = "a"\n' + COLUMNS + "ipc = []\n", "第 5 行，ipc", "要写列名"),
        ('name = "a"\n' + COLUMNS + "ipc = [1]\n", "第 5 行，ipc", "引号里的文字"),
        ('name = "a"\n' + COLUMNS + "[constants]\nevent = 3\n", "第 6 行，event", "引号里的文字"),
        ('name = "a"\n' + COLUMNS + '[constants]\ntitle = "x"\n', "第 4 行，title", "只留一个"),
        (COLUMNS, "name", "要写一个名字"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_told_with_its_line_and_key(text: str, place: str, told: str) -> None:
    with pytest.raises(InvalidInputError) as wrong:
        mapping_of(text, "a.toml")
    assert "a.toml" in str(wrong.value)
    assert place in str(wrong.value)
    assert told in str(wrong.value)


def test_columns_constants_separator_and_order_of_dates_make_a_record() -> None:
    text = (
        'name = "centre"\nseparator = "、"\ndate_order = "mdy"\n[columns]\npublication_number = "公告 号"\ntitle = "名"\n'
        'applicants = ["权利人", "企业"]\nipc = ["主", "副"]\npublished_on = "日"\n[constants]\nkind = "B"\nevent = "pledge"\n'
    )
    header = ["公告号", "名", "企业", "副", "主", "日"]
    (record,) = records(text, header, ["ZL 119100001", "泵", "甲、乙", "F16K1/00", "F04D13/06、F04D1/00", "03/12/2024"])
    told = {name: getattr(record, name) for name in ("source", "publication_number", "event", "published_on")}
    assert told == {
        "source": "centre",
        "publication_number": "CN119100001B",
        "event": "pledge",
        "published_on": "2024-03-12",
    }
    assert (getattr(record, "applicants"), getattr(record, "ipc")) == (("甲;乙",), ("F04D13/06;F04D1/00;F16K1/00",))  # noqa: B009


def test_a_number_with_its_own_kind_keeps_it() -> None:
    text = f'name = "a"\n{COLUMNS}[constants]\nkind = "B"\n'
    for number, expected in (("CN119100001A", "CN119100001A"), ("119100001", "CN119100001B"), ("US123", "US123")):
        (record,) = records(text, ["号", "名"], [number, "泵"])
        assert getattr(record, "publication_number") == expected  # noqa: B009


def test_a_table_that_lacks_a_mapped_column_is_not_the_mappings() -> None:
    layout = mapping_of(f'name = "a"\n{COLUMNS}abstract = "摘要"\n')
    assert layout.bind(["号", "名"]) is None
    assert layout.bind(["名", " 号 ", "摘 要", "别的"]) is not None


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(min_size=1, max_size=12), min_size=1), st.text(max_size=3))
def test_what_is_written_is_read_again(columns: dict[str, str], separator: str) -> None:
    columns = {field: f"列{name}" for field, name in columns.items()} | {"publication_number": "号", "title": "名"}
    text = written_mapping(name="a", columns={field: [name] for field, name in columns.items()}, separator=separator)
    layout = mapping_of(text)
    assert {field: names[0] for field, names in layout.columns.items()} == columns


def test_every_synonym_is_told_from_all_others() -> None:
    names = [(name, field) for field, names in SYNONYMS.items() for name in names]
    assert all(max(fields_of(name), key=fields_of(name).__getitem__) == field for name, field in names)
    assert "公告号" in names[0] or fields_of("授权公告号（CN）").keys() == {"publication_number"}
    assert fields_of("备注") == {}


@pytest.mark.parametrize(
    ("field", "cells", "least", "most"),
    [
        ("publication_number", ["CN118000001A", "ZL118000001B", "118000001", ""], 1, 1),
        ("publication_number", ["一种泵", "2024-01-01"], 0, 0),
        ("application_number", ["202410100001.7", "CN202410100001.7"], 1, 1),
        ("published_on", ["2024-01-01", "31/12/2024", "45292"], 0.6, 0.7),
        ("ipc", ["H01M10/05", "A01B 1/00", "机械"], 0.6, 0.7),
        ("applicants", ["某某公司", "张三；李四", "Example Inc."], 1, 1),
        ("applicants", ["一种用于储能系统的隔膜，包括", "https://example.cn/1"], 0, 0),
        ("addresses", ["510000广东省广州市天河区五山路", "不详"], 0.5, 0.5),
    ],
)
def test_what_a_column_may_hold_is_judged_by_its_cells(field: str, cells: list[str], least: float, most: float) -> None:
    fits = share(field, cells)
    assert fits is not None
    assert least <= fits <= most


def test_nothing_is_said_of_an_empty_column() -> None:
    assert share("ipc", ["", " "]) is None
    assert share("agency", ["x"]) is None


def test_separators_and_orders_are_told_from_the_cells() -> None:
    assert separator_of(["F04D13/06、F04D1/00", "A01B1/00"], ipc_symbols) == "、"
    assert separator_of(["F04D13/06"], ipc_symbols) == ""
    assert date_order_of(["2024-01-02"]) == ("", True)
    assert date_order_of(["03/12/2024", "31/12/2024"]) == ("dmy", True)
    assert date_order_of(["03/12/2024", "12/31/2024"]) == ("mdy", True)
    assert date_order_of(["03/12/2024"]) == ("dmy", False)
