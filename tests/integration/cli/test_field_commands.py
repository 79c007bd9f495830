"""``zhitui field``: the catalogue at the command line."""

from pathlib import Path

import pytest

from services.portal.catalogue.catalogue import shipped, volumes
from tests.integration.cli.commands import refused, rows, works

pytestmark = pytest.mark.usefixtures("own_folder")


def test_fields_are_listed_by_words_of_name_code_or_keyword(tmp_path: Path) -> None:
    said = works("field", "list", "磷酸铁锂")
    assert "xsy-2.1.1" in said.stdout
    assert "Lithium iron phosphate" in said.stdout
    assert "没有这样的领域" in works("field", "list", "没有这种东西").stdout
    assert not (tmp_path / "data").exists()  # looking makes no installation


def test_programs_get_every_field_a_line() -> None:
    listed = rows("field", "list")
    assert [row["code"] for row in listed] == [field.code for field in shipped().fields]
    assert set(listed[0]) == {"code", "zh", "en", "parent", "a_week", "rules"}


def test_fields_that_bring_nothing_or_too_much_are_listed_for_an_editor() -> None:
    nothing, too_much = rows("field", "list", "--empty"), rows("field", "list", "--floods")
    assert {row["a_week"] for row in nothing} == {0}
    assert {str(row["code"]) for row in too_much} == {
        field.code for field in shipped().fields if field.rules and (volumes().a_week(field.code) or 0) >= 300
    }
    assert len(rows("field", "list", "--empty", "--floods")) == len(nothing) + len(too_much)


def test_a_field_is_shown_with_its_conditions_volume_and_source() -> None:
    said = works("field", "show", "xsy-2.1.1").stdout
    for part in ("新三样 › 锂电池", "磷酸亚铁锂", "H01M4/58", "只有标题", "国知办发规字"):
        assert part in said
    assert "下级：xsy-2.1.1" in works("field", "show", "xsy-2.1").stdout


def test_a_field_becomes_a_profile_that_can_be_added(tmp_path: Path) -> None:
    file = tmp_path / "field.jsonl"
    file.write_text(works("field", "show", "beidou-3.4", "--profile").stdout, "utf-8")
    assert works("profile", "add", str(file)).stdout.strip() == "beidou-3.4"
    assert "卫星授时与同步" in works("profile", "list").stdout


def test_a_code_of_no_field_says_where_codes_are_found() -> None:
    assert "zhitui field list" in refused("field", "show", "nope")


def test_the_check_finds_no_error_in_what_is_shipped() -> None:
    assert len(rows("field", "check")) == sum(bool(field.rules) for field in shipped().fields)
