"""Whatever lies in a mailbox, reading it does no harm."""

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.bounces.judging import judge_bounce
from services.notifier.bounces.reading import read_bounce
from services.notifier.channels.email_proof import Proof
from shared.secret_box import SecretBox
from tests.unit.notifier.bounce_mails import ID, in_words, report

PROOF = Proof(SecretBox("A" * 43 + "="))
NAMED = f"{ID}.{PROOF.of(ID)}"
WHOLE = [report(NAMED), in_words(NAMED, "wang@example.com 邮箱已满")]
SPOILT = st.tuples(
    st.sampled_from(WHOLE), st.lists(st.tuples(st.integers(0, 1200), st.binary(max_size=12)), max_size=6)
)


@given(SPOILT)
def test_a_spoilt_report_is_read_or_left_alone(spoilt: tuple[bytes, list[tuple[int, bytes]]]) -> None:
    raw, changes = spoilt
    for place, put in changes:
        raw = raw[:place] + put + raw[place + len(put) :]
    bounce = read_bounce(raw, PROOF)
    if bounce is not None:
        assert bounce.delivery_id == ID
        assert judge_bounce(bounce, "wang@example.com").sentence


@given(st.binary(max_size=400))
def test_nothing_is_found_in_noise(raw: bytes) -> None:
    assert read_bounce(raw, PROOF) is None
