from services.matcher.engine.batch import read_batch
from services.matcher.engine.text import SEPARATOR, normalise, normalise_term
from tests.property.matcher.texts import ODD
from tests.unit.matcher.made import publication


def test_every_character_of_the_basic_plane_stays_one_character() -> None:
    everything = "".join(map(chr, range(0x10000)))
    assert len(normalise(everything)) == len(everything)


def test_normalising_twice_changes_nothing_more() -> None:
    once = normalise("".join(map(chr, range(0x10000))))
    assert normalise(once) == once


def test_width_case_script_digits_and_dashes_are_made_one() -> None:
    assert normalise("ＬＥＤ　鋰電池 LiFePO₄ ST‑771") == "led 锂电池 lifepo4 st-771"


def test_no_normalised_text_holds_a_surrogate_or_the_separator() -> None:
    assert normalise(f"\ud800{SEPARATOR}\udfff") == "\ufffd\ufffd\ufffd"


def test_a_batch_normalises_as_a_single_text_does() -> None:
    texts = [*ODD, "".join(ODD), "一種ＬＥＤ"]
    batch = read_batch([publication(text) for text in texts])
    assert batch.text == "".join(normalise(text) + SEPARATOR for text in texts)


def test_blanks_and_invisible_characters_are_cut_off_a_term() -> None:
    assert normalise_term(" \u200b\u3000固态电池\ufeff ") == "固态电池"
    assert normalise_term("\u200b") == ""
