from pathlib import Path

import pytest

from services.cli.profile_files import parse_profiles, read_profiles
from shared.errors import InvalidInputError
from shared.wording.faults import explain_invalid

GOOD = '{"id": "a", "rules": [{"groups": [["电池"]]}]}'


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"id": "a", "ruless": []}', "不认识的键“ruless”"),
        ('{"id": "a"}', "缺少必填的键“rules”"),
        ('{"id": "a", "rules": [{"groups": [[1]]}]}', "rules[0].groups[0][0]：这里应当是文字或对象，现在是整数"),
        ('{"id": 7, "rules": []}', "id：这里应当是文字，现在是整数"),
        ('{"id": "a", "rules": []}', "rules 是空的"),
        ('{"id": "a", "rules": [{}]}', "rules[0]：规则没有任何正面条件"),
        ('{"id": "a", "rules": [{"groups": [[]]}]}', "有一个关键词组是空的"),
        ('{"id": "a", "rules": [{"groups": [[" "]]}]}', "有一个关键词是空白的"),
        (f'{{"id": "a", "rules": [{{"groups": [["{"长" * 201}"]]}}]}}', "长达 201 个字"),
        ('{"id": "a", "rules": [{"ipc": [" "]}]}', "ipc 里有空白的一项"),
        ('{"id": "a", "rules": [{"groups": [[{"text": "电", "weight": 2}]]}]}', "weight 是 2.0"),
        ('{"id": "a", "rules": [{"groups": [[{"text": "电", "match": "x"}]]}]}', "不认识的取值'x'"),
        ('{"id": "a b", "rules": [{"kinds": ["A"]}]}', "id 'a b' 不合要求"),
        ('{"id": "a", "rules": [{"kinds": ["A"]}], "fields": ["body"]}', "fields 只能是 title, abstract, claim"),
        ('{"id": "a", "rules": [{"kinds": ["A"]}], "min_score": 2}', "min_score 是 2.0"),
        ('{"id": ', "JSON 没有写完"),
        ("{bad", "不是完整的 JSON"),
    ],
)
def test_what_is_wrong_is_said_in_chinese_with_its_place(line: str, expected: str) -> None:
    ((number, said),) = parse_profiles([line.encode()])
    assert number == 1
    assert isinstance(said, str)
    assert expected in said


def test_what_is_not_utf_8_is_said() -> None:
    ((_, said),) = parse_profiles(['{"id": "电"}'.encode("gb18030")])
    assert isinstance(said, str)
    assert "UTF-8" in said


def test_a_message_that_nobody_foresaw_is_passed_on() -> None:
    assert explain_invalid("something new - at `$.rules`") == "rules：something new"


def test_blank_lines_and_a_byte_order_mark_are_no_trouble() -> None:
    raw = b"\xef\xbb\xbf" + f"{GOOD}\n\n \n".encode()
    ((number, profile),) = parse_profiles(raw.splitlines(keepends=True))
    assert number == 1
    assert not isinstance(profile, str)


def test_all_wrong_lines_of_a_file_are_named_up_to_twenty(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    file.write_text(f"{GOOD}\n{GOOD}\n" + "{\n" * 25, "utf-8")
    with pytest.raises(InvalidInputError) as raised:
        read_profiles(file)
    said = str(raised.value)
    assert "第 2 行：id“a”与第 1 行相同" in said
    assert "第 3 行" in said
    assert "另有 6 处" in said


def test_a_file_that_is_missing_or_empty_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="无法读取"):
        read_profiles(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(InvalidInputError, match="没有订阅画像"):
        read_profiles(tmp_path / "empty.jsonl")
