"""How records of one number become one publication, field by field."""

from dataclasses import dataclass
from datetime import date

import msgspec
import pytest

from services.ingest.classify import Outcome
from shared.wire.content import content_hash
from shared.wire.publication import Applicant
from tests.unit.ingest.joining.made import EXPORT, GAZETTE, OTHER_EXPORT, SEAT, WHOLE, XML, known, read, record


def outcomes(*records: object) -> list[tuple[Outcome, bool]]:
    return [(one.outcome, one.enriched) for one in read(*records)[0]]  # type: ignore[arg-type]


NEW, SAME = (Outcome.ACCEPTED, False), (Outcome.UNCHANGED, False)
ENRICHED, CORRECTED = (Outcome.CORRECTED, True), (Outcome.CORRECTED, False)


def test_the_full_text_fills_in_what_the_gazette_did_not_say() -> None:
    full_text = msgspec.structs.replace(WHOLE, source=XML, agency=None, applicants=(Applicant(name=SEAT.name),))
    judged, history = read(record(), full_text)
    assert [(one.outcome, one.enriched) for one in judged] == [NEW, ENRICHED]
    assert judged[1].changed == ("abstract", "claim")
    assert judged[1].difference is None
    joined = history[-1]
    assert content_hash(joined.publication) == content_hash(WHOLE) == joined.content_hash
    assert (joined.version, joined.source, joined.publication.source) == (2, XML, XML)
    assert joined.said_by == {"agency": GAZETTE}


@dataclass(frozen=True)
class Case:
    said: dict[str, object]
    then: dict[str, object]
    becomes: dict[str, object]
    outcome: tuple[Outcome, bool]
    sources: tuple[str, str] = (EXPORT, OTHER_EXPORT)


MOVED = Applicant(name=SEAT.name, address="广东省深圳市南山区科技南路", postcode="518057", region="440305")
CASES = {
    "an empty value overwrites nothing": Case({}, {"agency": None, "ipc": (), "filed_on": None}, {}, SAME),
    "what is typeset differently says the same": Case(
        {"title": "一种电池(LFP)"}, {"title": "一种电池（ LFP ）"}, {"title": "一种电池(LFP)"}, SAME
    ),
    "within one source every character counts": Case(
        {"title": "一种电池(LFP)"},
        {"title": "一种电池（LFP）"},
        {"title": "一种电池（LFP）"},
        CORRECTED,
        (EXPORT, EXPORT),
    ),
    "the higher source is believed when it comes second": Case(
        {"title": "一种电池"}, {"title": "一种全固态电池"}, {"title": "一种全固态电池"}, CORRECTED, (GAZETTE, XML)
    ),
    "the higher source is believed when it comes first": Case(
        {"title": "一种全固态电池"}, {"title": "一种电池"}, {"title": "一种全固态电池"}, SAME, (XML, GAZETTE)
    ),
    "of equals the later one is believed": Case(
        {"filed_on": date(2017, 9, 19)}, {"filed_on": date(2017, 9, 20)}, {"filed_on": date(2017, 9, 20)}, CORRECTED
    ),
    "Chinese wins over another language": Case(
        {"title": "Solid battery", "lang": "en"},
        {"title": "一种电池"},
        {"title": "一种电池", "lang": "zh"},
        CORRECTED,
        (XML, EXPORT),
    ),
    "another language never wins over Chinese": Case(
        {"title": "一种电池"},
        {"title": "Solid battery", "lang": "en"},
        {"title": "一种电池", "lang": "zh"},
        SAME,
        (EXPORT, XML),
    ),
    "more classes are taken": Case({"ipc": ("H01M4/13",)}, {"ipc": ("H01M10/0525", "H01M4/13")}, {}, ENRICHED),
    "fewer classes take none away": Case({}, {"ipc": ("H01M10/0525",)}, {}, SAME),
    "another main class is another thing": Case(
        {}, {"ipc": ("H01M4/13", "H01M10/0525")}, {"ipc": ("H01M4/13", "H01M10/0525")}, CORRECTED
    ),
    "one source may take a class back": Case(
        {}, {"ipc": ("H01M10/0525",)}, {"ipc": ("H01M10/0525",)}, CORRECTED, (EXPORT, EXPORT)
    ),
    "an applicant who stays keeps the seat": Case(
        {"applicants": (SEAT,)},
        {"applicants": (Applicant(name=SEAT.name), Applicant(name="某某大学"))},
        {"applicants": (SEAT, Applicant(name="某某大学"))},
        ENRICHED,
    ),
    "an applicant who stays keeps the seat while another one changes": Case(
        {"applicants": (SEAT, Applicant(name="甲"))},
        {"applicants": (Applicant(name=SEAT.name), Applicant(name="乙"))},
        {"applicants": (SEAT, Applicant(name="乙"))},
        CORRECTED,
    ),
    "a seat comes in later": Case(
        {"applicants": (Applicant(name=SEAT.name),)}, {"applicants": (SEAT,)}, {"applicants": (SEAT,)}, ENRICHED
    ),
    "a region is taken down to its district": Case(
        {"applicants": (Applicant(name=SEAT.name, region="44"),)},
        {"applicants": (SEAT,)},
        {"applicants": (SEAT,)},
        ENRICHED,
    ),
    "a coarser region takes nothing away": Case(
        {"applicants": (SEAT,)},
        {"applicants": (Applicant(name=SEAT.name, region="4401"),)},
        {"applicants": (SEAT,)},
        SAME,
    ),
    "who moved takes postcode and region along": Case(
        {"applicants": (SEAT,)}, {"applicants": (MOVED,)}, {"applicants": (MOVED,)}, CORRECTED
    ),
    "a lower source moves nobody": Case(
        {"applicants": (SEAT,)}, {"applicants": (MOVED,)}, {"applicants": (SEAT,)}, SAME, (GAZETTE, EXPORT)
    ),
    "another order of inventors says the same": Case({}, {"inventors": ("张三", "李四")}, {}, SAME),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_rule_of_each_field(case: Case) -> None:
    first, second = (record(source, **said) for source, said in zip(case.sources, (case.said, case.then), strict=True))
    assert outcomes(first, second)[1] == case.outcome
    expected = record(GAZETTE, **case.becomes)
    assert msgspec.structs.replace(known(first, second), source=GAZETTE) == expected


def test_a_derived_type_or_country_alone_is_nothing_new_and_comes_along_with_what_is() -> None:
    bare = Applicant(name=SEAT.name)
    derived = msgspec.structs.replace(bare, type="company", country="CN")
    assert outcomes(record(applicants=(bare,)), record(applicants=(derived,)))[1] == SAME
    seated = msgspec.structs.replace(SEAT, type="company", country="CN")
    assert known(record(EXPORT, applicants=(bare,)), record(OTHER_EXPORT, applicants=(seated,))).applicants == (seated,)


def test_two_texts_that_no_message_could_carry_together_are_not_joined() -> None:
    long = record(EXPORT, abstract="长" * 200_000)
    judged, history = read(long, record(OTHER_EXPORT, claim="1" * 60_000), record(OTHER_EXPORT, claim="1" * 50_000))
    assert [one.outcome for one in judged] == [Outcome.ACCEPTED, Outcome.UNCHANGED, Outcome.CORRECTED]
    assert len(history[-1].publication.claim or "") == 50_000


def test_an_old_record_read_again_corrects_nothing_back() -> None:
    old, new = record(title="一种电池"), record()
    assert outcomes(old, new, old, new, old) == [NEW, CORRECTED, SAME, SAME, SAME]


def test_an_old_record_that_another_source_repeats_corrects_nothing_back() -> None:
    assert (
        outcomes(record(EXPORT, title="一种电池"), record(EXPORT), record(OTHER_EXPORT, title="一种电池"))[-1] == SAME
    )


def test_a_correction_of_the_lower_source_does_not_undo_what_the_higher_one_confirmed() -> None:
    judged, history = read(record(GAZETTE), record(XML, agency="乙所"), record(GAZETTE, title="别的"))
    assert [one.outcome for one in judged] == [Outcome.ACCEPTED, Outcome.CORRECTED, Outcome.UNCHANGED]
    assert history[-1].publication.title == WHOLE.title


def test_a_confirmation_from_a_higher_source_is_kept_and_told_nobody() -> None:
    judged, history = read(record(EXPORT), record(GAZETTE, agency=None))
    assert (judged[1].outcome, judged[1].changed) == (Outcome.UNCHANGED, ())
    assert len(history) == 2
    assert history[0].content_hash == history[1].content_hash
    assert (history[1].publication.source, history[1].said_by) == (GAZETTE, {"agency": EXPORT})


def test_a_correction_says_what_it_changed() -> None:
    corrected = record(title="一种全固态电池", ipc=("H01M4/13",), filed_on=None)
    (_, judged), _ = read(record(), corrected)
    assert judged.changed == ("title", "ipc")
    assert judged.difference == (
        "名称：“一种固态电池” → “一种全固态电池”；分类号：“H01M10/0525、H01M4/13” → “H01M4/13”"
    )
