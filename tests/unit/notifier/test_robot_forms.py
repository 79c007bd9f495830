"""Which form a message takes, and what the workbook keeps out of a spreadsheet's hands."""

import io
import re
import zipfile

import msgspec
import pytest

from services.notifier.channels.port import NAME_CHARACTERS, Frame, Message
from services.notifier.channels.wecom_robot import WecomRobotChannel
from services.notifier.templates import robot, robot_forms, spreadsheet, wecom_card
from services.notifier.templates.markup import Form
from services.notifier.templates.robot_forms import DINGTALK_MARKDOWN, WECOM_MARKDOWN, WECOM_TABLE
from shared.store.records import Alert
from shared.testing.wecom import cells_of
from tests.unit.notifier.making import NOW, ZONE, alert, means, publication
from tests.unit.notifier.making import robot as group


def many(count: int, title: str = "一种固态电池的隔膜及其制备方法") -> tuple[Alert, ...]:
    return tuple(alert(publication(f"CN{110000000 + n}A", title)) for n in range(count))


def workbook(*alerts: Alert, **changes: object) -> Message:
    frame = Frame(subscription_id="battery", count=len(alerts))
    return Message(
        id="d-1",
        destination=group(),
        frame=msgspec.structs.replace(frame, **changes),
        alerts=alerts,
        created_at=NOW.astimezone(ZONE),
    )


def test_a_table_has_a_row_a_publication_and_no_cell_breaks_it() -> None:
    hostile = "甲|乙\n丙**丁"
    content = robot.render(WECOM_TABLE, Frame(subscription_id="s", count=2), many(2, hostile))
    table = [line for line in content.splitlines() if line.startswith("|")]
    assert len(table) == 2 + 2
    assert {line.count("|") for line in table} == {6}
    assert "<font" not in content


CALLS = '<@all> <at id=all></at> <at user_id="all">甲</at>'
MARKUP = '[退订](https://evil.example) **粗** `码` <font color="info">绿</font> # 题'
READ_AS_TEXT = {"DINGTALK_TEXT", "FEISHU_POST"}
"""What calls people there stands beside the text, not in it."""

FORMS = {name: form for name, form in vars(robot_forms).items() if isinstance(form, Form)}


@pytest.mark.parametrize("name", FORMS)
def test_no_title_calls_people_or_forges_markup(name: str) -> None:
    form = FORMS[name]
    frame = Frame(subscription_id="s", name=CALLS[:NAME_CHARACTERS], count=1)
    content = robot.render(form, frame, many(1, CALLS + MARKUP))
    if name not in READ_AS_TEXT:
        assert "<@" not in content
        assert "<at" not in content
    if form.strong("x") != "x":
        assert "](https://evil" not in content
        assert "**粗**" not in content
        assert '<font color="info"' not in content
        assert "`" not in content


def test_stars_are_set_only_where_clients_read_them_as_bold() -> None:
    assert DINGTALK_MARKDOWN.hit("电池") == "**电池**"
    assert [DINGTALK_MARKDOWN.hit(text) for text in ("（电池", "电池 ", "")] == ["（电池", "电池 ", ""]


def test_a_card_holds_six_rows_and_names_every_publication_whole() -> None:
    pages = wecom_card.paginate(many(13, "长" * 100))
    assert [len(page) for page in pages] == [6, 6, 1]
    card = wecom_card.render(Frame(subscription_id="s" * 60, count=6), pages[0], list_url="https://zt.example.cn/")
    values = [row["value"] for row in card["horizontal_content_list"]]
    assert all(re.fullmatch(r"CN1100000\d\dA 长+…", value) for value in values)
    assert max(map(len, values)) == 26
    assert len(card["main_title"]["desc"]) == 30
    assert len(card["sub_title_text"]) <= 112


@pytest.mark.parametrize(
    ("form", "count", "taken"),
    [
        ("markdown_v2", 1, "markdown"),
        ("markdown_v2", 2, "markdown_v2"),
        ("card", 6, "card"),
        ("card", 7, "markdown"),
        ("card", 500, "file"),
        ("text", 40, "text"),
        ("text", 500, "file"),
        ("file", 1, "file"),
    ],
)
def test_a_message_goes_in_its_destinations_form_or_in_one_that_it_fits(form: str, count: int, taken: str) -> None:
    assert WecomRobotChannel._fitting(form, count) == taken


def test_without_a_public_address_a_card_is_planned_and_sent_as_markdown() -> None:
    channel = WecomRobotChannel(means())
    frame = Frame(subscription_id="s", count=8)
    assert channel.paginate(group(format="card"), frame, many(8)) == robot.paginate(WECOM_MARKDOWN, frame, many(8))


def test_a_files_digest_is_never_cut() -> None:
    alerts = many(1200)
    pages = WecomRobotChannel(means()).paginate(group(format="file"), Frame(subscription_id="s", count=1), alerts)
    assert pages == [alerts]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t=", "\r\n="])
def test_a_title_that_looks_like_a_formula_is_a_text_that_stays_one(start: str) -> None:
    data = spreadsheet.render(workbook(alert(publication(title=f"{start}HYPERLINK(0)"))))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        styles = package.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower()
    (row,) = re.findall(r'<row r="5".*?</row>', sheet)
    marked = re.search(r'<c r="B5" s="(\d+)" t="s">', row)
    assert marked is not None
    formats = re.findall(r"<xf [^>]*>", styles.partition("<cellXfs")[2])
    assert 'quotePrefix="1"' in formats[int(marked[1])]
    assert "HYPERLINK(0)" in cells_of(data)


def test_a_workbook_is_the_same_on_every_try() -> None:
    message = workbook(*many(3))
    assert spreadsheet.render(message) == spreadsheet.render(message)


def test_a_repetition_and_what_was_left_out_are_told_in_the_workbook_and_in_its_name() -> None:
    message = workbook(*many(2), repeated=True, left_out=7, page=1, pages=2)
    cells = cells_of(spreadsheet.render(message))
    assert "可能与之前收到的重复" in cells
    assert "另有 7 件未列出" in cells
    assert spreadsheet.file_name(message) == "知推-battery-20260105-1000-2件-1of2-补发.xlsx"


def test_a_files_name_holds_nothing_that_a_file_system_refuses() -> None:
    name = spreadsheet.file_name(workbook(*many(1), subscription_id='a/b\\c:"d"' + "x" * 100))
    assert not set('\\/:*?"<>|') & set(name)
    assert len(name) < 110
