"""Reading rows by columns gives what reading them one by one gives."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.formats.csv_rows import Row, Rows, Stretch
from services.ingest.normalise.columns import Columns, publications_of
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import RawRecord, listening, publication_of
from services.ingest.records import Parsed
from shared.wire.publication import Publication
from tests.unit.ingest.documents import items

HEADER = (
    "name,authorization_notice_id,authorized_announcement_date,filing_id,filing_date,patentee,designer,address,Int.Cl."
)
USUAL = (
    "一种固态电池",
    "CN110007813A",
    "2019.07.12",
    "CN201810389222.7",
    "2018.04.27",
    "某某（广州）有限公司;",
    "张三;??李四;",
    "510000广东省广州市天河区五山路1号",
    "H01M10/0525(2010.01)I;??H01M4/62(2006.01)I",
)
_VALUES = (
    ("一种固态电池", "显示面板 (二)", " A&amp;B  装置\u3000", "", "长" * 2001),
    (
        "CN110007813A",
        "CN209078969U",
        "CN305246987S",
        "cn 110007813 a",
        "US2020123456A1",
        "CN110007813U",
        "",
        "CN1A,CN2A",
    ),
    ("2019.07.12", "20190712", "", "2019.02.30", " 2019-07-12 "),
    ("2018.04.27", "", "无", "2018/4/27" + " " * 50),
    (
        "2018103892227",
        "201810389222",
        "2018103892221",
        "201821923432x",
        "CN201810389222.7",
        "CN201810389222.1",
        "2.02E+12",
        "",
        "PCT/CN2018/084444",
    ),
    ("某某有限公司", "某某有限公司;", "甲大学;乙;甲大学", "??J.史密斯;;王五", "王五", "", "?", "长" * 4000),
    ("张三", "张三;??李四;", "A.史密斯;王-五", "A.史密斯；王 五", "", ";;", "张三;张三", "A&amp;", "A?;"),
    (
        "510000广东省广州市天河区五山路1号",
        "美国新泽西州",
        "广州市黄埔区科学城",
        "100176 北京市大兴区",
        "",
        "浙江省东阳市马宅镇;",
    ),
    ("H01M10/0525(2010.01)I", "H01M10/0525(2010.01)I;??H01M4/62;", "G01C", "01-01 (12)  ", "", "；H01M4/62|G01C21/00"),
)
_ROWS = st.tuples(
    *(st.sampled_from((usual, usual, usual, *others)) for usual, others in zip(USUAL, _VALUES, strict=True))
)


def _alone(row: "tuple[str, ...]") -> Publication | None:
    name, number, published, filing, filed, applicants, inventors, address, classes = row
    try:
        return publication_of(
            RawRecord(
                source="gazette-csv",
                title=name,
                publication_number=number,
                published_on=published,
                application_number=filing,
                filed_on=filed,
                applicants=(applicants,),
                inventors=(inventors,),
                addresses=(address,),
                ipc=(classes,),
            )
        )
    except WrongRecordError:
        return None


def _by_columns(rows: Sequence[tuple[str, ...]]) -> list[Publication | None]:
    name, number, published, filing, filed, applicants, inventors, address, classes = zip(*rows, strict=True)
    columns = Columns(number, name, published, filed, filing, applicants, address, inventors, classes)
    return publications_of(columns, "gazette-csv")


@given(st.lists(_ROWS, min_size=1, max_size=12))
def test_what_is_read_by_columns_is_what_is_read_alone(rows: "list[tuple[str, ...]]") -> None:
    for row, found in zip(rows, _by_columns(rows), strict=True):
        assert found is None or found == _alone(row)


@given(st.lists(st.tuples(*map(st.text, [st.characters(exclude_categories=["Cs"])] * 9)), min_size=1, max_size=4))
def test_no_text_is_read_by_columns_that_is_refused_alone(rows: "list[tuple[str, ...]]") -> None:
    with_numbers = [(name, USUAL[1], USUAL[2], *rest) for name, _, _, *rest in rows]
    for row, found in zip(with_numbers, _by_columns(with_numbers), strict=True):
        assert found is None or found == _alone(row)


def test_rows_of_the_usual_form_are_all_read_by_columns() -> None:
    rows = [USUAL, ("显示面板", "CN305246987S", *USUAL[2:8], "01-01 (12)  ")]
    assert _by_columns(rows) == [_alone(row) for row in rows]
    assert None not in _by_columns(rows)


def test_a_number_is_not_taken_for_two_by_a_comma_within_it() -> None:
    both = f"{USUAL[1]},CN110007814A"
    assert _by_columns([(USUAL[0], both, *USUAL[2:]), (USUAL[0], "", *USUAL[2:])]) == [None, None]


@given(st.lists(_ROWS, min_size=1, max_size=8))
def test_a_gazette_is_read_the_same_whether_somebody_listens_or_not(rows: "list[tuple[str, ...]]") -> None:
    raw = "\r\n".join([HEADER, *map(",".join, rows)]).encode()
    heard: list[RawRecord] = []
    with listening(heard.append):
        alone = items(raw)
    assert items(raw) == alone
    assert len(heard) >= sum(isinstance(item, Parsed) for item in alone)


_LINE = st.sampled_from(["a,b", "", " ", "\u3000", "a,b\r", '"a\nb",c', 'a,"b', "\0,b", "a,b,c", '"a",b'])


@given(st.lists(_LINE, max_size=30), st.sampled_from([16, 64, 4096]))
def test_stretches_hold_the_rows_that_are_taken_one_by_one(lines: list[str], block_bytes: int) -> None:
    raw = "\n".join(lines).encode()
    one_by_one = list(iter(_rows(raw, block_bytes).take, None))
    pieces: list[Row] = []
    for piece in _rows(raw, block_bytes).pieces():
        pieces += piece.rows() if isinstance(piece, Stretch) else [piece]
    assert pieces == one_by_one


@given(st.lists(st.sampled_from(["a,b", "c,文文文", "", "a,b,c", ",", "a,b\r", '"a",b']), max_size=30))
def test_lines_are_cut_into_the_same_columns_together_and_one_by_one(lines: list[str]) -> None:
    for piece in _rows("\n".join(lines).encode(), 4096).pieces():
        if isinstance(piece, Stretch):
            together = piece.all_columns(2)
            assert (together is None) == (set(piece.widths) != {2})
            assert together in (None, piece.columns(2))
            longest = max(len(",".join(row.cells or ())) for row in [*piece.rows(), Row(0, b"", [""])])
            assert piece.has_line_over(longest - 1)
            assert not piece.has_line_over(longest)


def _rows(raw: bytes, block_bytes: int) -> Rows:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(cast("int", size), block_bytes))

    return Rows(Slow(raw), Path("/nowhere"), "utf-8", b"\n")
