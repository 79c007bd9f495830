"""Reports of mails that did not arrive: what is read out of them, and what it means."""

import pytest

from services.notifier.bounces.judging import Weight, judge_bounce
from services.notifier.bounces.reading import Bounce, read_bounce
from services.notifier.channels.email_proof import Proof
from shared.secret_box import SecretBox
from tests.unit.notifier.bounce_mails import ID, in_words, report

PROOF = Proof(SecretBox("A" * 43 + "="))
NAMED = f"{ID}.{PROOF.of(ID)}"
ADDRESS = "wang@example.com"


def weight(bounce: Bounce | None) -> Weight:
    assert bounce is not None
    return judge_bounce(bounce, ADDRESS).weight


def test_a_report_names_the_delivery_the_address_and_the_refusal() -> None:
    bounce = read_bounce(report(NAMED), PROOF)
    assert bounce is not None
    assert (bounce.delivery_id, bounce.failed, bounce.code) == (ID, frozenset({ADDRESS}), 550)
    assert "User unknown" in bounce.said
    assert weight(bounce) is Weight.HARD


def test_the_envelopes_name_is_enough_where_no_header_is_quoted() -> None:
    bounce = read_bounce(report(NAMED, quotes_headers=False), PROOF)
    assert bounce is not None
    assert bounce.delivery_id == ID


def test_the_address_that_we_wrote_to_counts_beside_the_one_it_was_forwarded_to() -> None:
    bounce = read_bounce(report(NAMED, recipient="w@other.example", original="wang+2Bx@example.com"), PROOF)
    assert bounce is not None
    assert {"w@other.example", "wang+x@example.com"} <= bounce.failed


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_is_no_failure_is_none(action: str) -> None:
    assert read_bounce(report(NAMED, action=action), PROOF) is None


@pytest.mark.parametrize("named", [ID, f"{ID}.{'0' * 16}", f"d-{'1' * 24}.{PROOF.of(ID)}", "x"])
def test_a_report_without_the_proof_is_not_believed(named: str) -> None:
    assert read_bounce(report(named), PROOF) is None
    assert read_bounce(in_words(named, f"{ADDRESS} 550 用户不存在"), PROOF) is None


def test_a_person_who_is_away_is_no_failure_although_his_answer_quotes_us() -> None:
    answer = in_words(NAMED, f"{ADDRESS} 不在办公室，分机 550 联系同事", writer="wang@example.com")
    assert read_bounce(answer, PROOF) is None


@pytest.mark.parametrize(
    ("status", "diagnostic", "expected"),
    [
        ("5.1.1", "smtp; 550 5.1.1 no such user", Weight.HARD),
        ("5.0.0", "smtp; 550 5.1.1 User unknown", Weight.HARD),
        ("5.0.0", "x-unix; user unknown", Weight.HARD),
        ("5.1.10", "smtp; 550 recipient not found", Weight.HARD),
        ("5.2.2", "smtp; 552 5.2.2 mailbox full", Weight.SOFT),
        ("4.4.7", "smtp; 450 4.2.0 greylisted", Weight.SOFT),
        ("4.4.7", "", Weight.SOFT),
        ("5.0.0", "smtp; 550 Mailbox unavailable or access denied", Weight.SOFT),
        ("5.7.1", "smtp; 554 DT:SPM 163 smtp, please see help", Weight.OTHER),
        ("5.7.26", "smtp; 550-5.7.26 unauthenticated", Weight.OTHER),
        ("5.3.4", "smtp; 552 5.3.4 message too big", Weight.OTHER),
    ],
)
def test_codes_mean_what_they_mean_when_a_mail_is_handed_over(status: str, diagnostic: str, expected: Weight) -> None:
    assert weight(read_bounce(report(NAMED, status=status, diagnostic=diagnostic), PROOF)) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (f"很抱歉，您发给 {ADDRESS} 的邮件被退回。host mx.qq.com said: 550 Mailbox not found", Weight.HARD),
        (f"收件人邮件地址（{ADDRESS}）不存在，邮件无法送达。", Weight.HARD),
        (f"收件人 {ADDRESS} 的邮箱已满，无法接收。", Weight.SOFT),
        (f"发往 {ADDRESS} 的邮件：550 Domain frequency limited", Weight.SOFT),
        (f"发往 {ADDRESS} 的邮件被判为垃圾邮件：554 DT:SPM", Weight.OTHER),
        (f"2026-11-25 10:00:00 发往 {ADDRESS} 的邮件没有送达", Weight.OTHER),
    ],
)
@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
def test_reports_in_chinese_words_are_understood(words: str, expected: Weight, charset: str) -> None:
    bounce = read_bounce(in_words(NAMED, words, charset=charset), PROOF)
    assert bounce is not None
    assert ADDRESS in bounce.failed
    assert weight(bounce) is expected


def test_no_address_stands_in_the_sentence() -> None:
    bounce = read_bounce(report(NAMED), PROOF)
    assert bounce is not None
    assert "wang" not in judge_bounce(bounce, ADDRESS).sentence


def test_a_mail_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    whole = report(NAMED)
    bounce = read_bounce(whole[: whole.index(b"--b\r\nContent-Type: text/rfc822-headers")], PROOF)
    assert bounce is not None
    assert bounce.delivery_id == ID
    for end in range(0, len(whole), 37):
        read_bounce(whole[:end], PROOF)
