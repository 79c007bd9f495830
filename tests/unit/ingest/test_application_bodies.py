"""Which application a file is of, told by names, since its content does not say."""

import pytest

from services.ingest.formats.application_body import application_in
from services.ingest.normalise.numbers import WrongRecordError

NUMBER = "2010102412224"
FILE = f"application_{NUMBER}_100002_DA000002391715.xml"


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (f"{FILE}/", (NUMBER, "DA000002391715")),
        (f"day.zip/a/b/{FILE.upper()}", (NUMBER, "DA000002391715")),
        (f"day.zip/{FILE} #2", (NUMBER, "DA000002391715")),
        (f"all.tar/cnipa_body-{FILE} line 7", (NUMBER, "DA000002391715")),
        (f"application_{NUMBER}_100002.xml/", (NUMBER, "")),
        (f"day.zip/{NUMBER}/100002.xml", (NUMBER, "")),
        ("day.zip/CN201010241222.4/claims.xml", ("CN201010241222.4", "")),
        (f"{NUMBER}/{FILE}", (NUMBER, "DA000002391715")),
        ("application_851003125_100001_DA1.xml/", ("851003125", "DA1")),
        ("application_201210003670x_100001_DA1.xml/", ("201210003670x", "DA1")),
    ],
)
def test_the_number_stands_in_the_name_of_the_file_or_of_a_folder(place: str, told: tuple[str, str]) -> None:
    assert application_in(place, "权利要求书") == told


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("/", "no-application-number"),
        ("claims.xml/", "no-application-number"),
        ("201010241222/claims.xml", "no-application-number"),  # what has no check digit is not verified
        ("2010102412225/claims.xml", "no-application-number"),
        (f"x{NUMBER}/claims.xml", "no-application-number"),
        (f"application_9{NUMBER}_100002_DA1.xml/", "no-application-number"),
        ("application_2010102412225_100002_DA1.xml/", "bad-number"),
        (f"{NUMBER}/application_2010102412225_100002_DA1.xml", "bad-number"),
        ("application_2010702412220_100002_DA1.xml/", "bad-number"),
        ("2018103922220/" + FILE, "bad-number"),
    ],
)
def test_no_number_is_made_up(place: str, code: str) -> None:
    with pytest.raises(WrongRecordError) as caught:
        application_in(place, "权利要求书")
    assert caught.value.code == code
