"""Which keys bind a publication to its family."""

from datetime import date

import msgspec
import pytest

from services.ingest.families import family_keys
from shared.wire.publication import Applicant, Publication

A = Publication(
    publication_number="CN109984661A",
    kind="A",
    title="一种具有投影光标的智能马桶",
    filed_on=date(2018, 5, 16),
    application_number="201810467838.X",
    applicants=(Applicant(name="某某科技有限公司"), Applicant(name="某某大学")),
    source="gazette-csv",
)


def keys(**changes: object) -> tuple[str, ...]:
    told = msgspec.structs.replace(A, **changes)
    return family_keys(told, told)


def test_the_widest_key_comes_first() -> None:
    office, twin, application = keys(family_id="63245", source="ops-xml")
    assert (office, twin[:5], application) == ("ops:63245", "twin:", "app:CN201810467838.X")


def test_offices_that_count_alike_share_a_family_and_others_do_not() -> None:
    assert keys(family_id="1", source="docdb-xml")[0] == keys(family_id="1", source="ops-xml")[0]
    assert keys(family_id="1", source="patsnap")[0] not in {"ops:1", keys(family_id="1", source="incopat")[0]}


def test_a_model_and_an_invention_share_the_twin_key_however_it_is_typeset() -> None:
    model: dict[str, object] = {"publication_number": "CN209074416U", "kind": "U", "application_number": None}
    assert (
        keys(**model, title="一种具有投影光标的 智能马桶", applicants=(Applicant(name="某某科技有限公司 "),))
        == keys()[:1]
    )


@pytest.mark.parametrize(
    ("model", "invention"),
    [
        ("一种电池隔膜", "一种电池隔膜及其制备方法"),
        ("一种电池隔膜", "一种电池隔膜的制备方法"),
        ("一种电池背板膜及一种太阳能电池", "一种电池背板膜及一种太阳能电池，其制备方法"),
        ("变压器接地在线监测装置", "变压器接地在线监测装置及其在线监测方法"),
        ("一种挡板", "一种挡板和生产工艺"),
    ],
)
def test_the_method_that_an_invention_adds_does_not_part_it_from_its_model(model: str, invention: str) -> None:
    assert keys(title=model)[0] == keys(title=invention)[0]


def test_an_invention_of_a_method_is_not_shortened() -> None:
    assert keys(title="一种控制方法")[0] != keys(title="一种")[0]
    assert keys(title="一种电池隔膜的制备方法和应用")[0] != keys(title="一种电池隔膜")[0]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "一种智能马桶"},
        {"filed_on": date(2018, 5, 17)},
        {"applicants": (Applicant(name="某某大学"), Applicant(name="某某科技有限公司"))},
    ],
)
def test_another_title_day_or_first_applicant_is_another_thing(change: dict[str, object]) -> None:
    assert keys(**change)[0] != keys()[0]


@pytest.mark.parametrize(
    "change", [{"kind": "S"}, {"filed_on": None}, {"applicants": ()}, {"publication_number": "EP1A1"}]
)
def test_what_can_be_no_twin_has_no_twin_key(change: dict[str, object]) -> None:
    assert [key.partition(":")[0] for key in keys(**change)] == ["app"]


def test_applications_of_two_countries_are_never_one() -> None:
    assert keys(publication_number="TW109984661A")[-1] != keys()[-1]


def test_what_says_nothing_is_bound_to_nothing() -> None:
    assert keys(filed_on=None, application_number=None) == ()
