"""What doctor says of the sender's domain, and what it tells to publish."""

import pytest

from services.cli.checks.mail_domain import mail_domain
from services.portal.findings import Finding, Level
from shared.settings import Settings
from tests.unit.notifier.test_mail_signatures import KEY, pem, signing

SPF, DMARC = "v=spf1 mx ~all", "v=DMARC1; p=none"


async def told(records: dict[str, list[str]] | None, **changes: object) -> list[Finding]:
    async def ask(name: str) -> list[str]:
        if records is None:
            raise OSError("LifetimeTimeout")
        return records.get(name, [])

    values = {"mail_from": "知推 <zhitui@alerts.example.cn>", "smtp_host": "mail.example.cn", **changes}
    return [finding async for finding in mail_domain(Settings(**values), ask)]  # type: ignore[arg-type]


def record(**changes: object) -> str:
    return f"v=DKIM1; k=rsa; p={signing(**changes).public_key}"


async def test_a_domain_with_everything_is_in_order() -> None:
    records = {
        "alerts.example.cn": ["other=1", SPF],
        "zhitui._domainkey.alerts.example.cn": [record()],
        "_dmarc.example.cn": [DMARC],
    }
    found = await told(records, dkim_key=pem(KEY))
    assert [finding.level for finding in found] == [Level.OK] * 3


async def test_a_domain_with_nothing_is_told_what_to_publish_where() -> None:
    spf, dkim, dmarc = await told({}, dkim_key=pem(KEY))
    assert [finding.level for finding in (spf, dkim, dmarc)] == [Level.WARNING] * 3
    assert "alerts.example.cn" in spf.remedy
    assert spf.command == "v=spf1 a:mail.example.cn ~all"
    assert "zhitui._domainkey.alerts.example.cn" in dkim.remedy
    assert dkim.command == record()
    assert "_dmarc.alerts.example.cn" in dmarc.remedy
    assert dmarc.command == "v=DMARC1; p=none; rua=mailto:zhitui@alerts.example.cn"


@pytest.mark.parametrize(
    ("records", "server", "said", "wanted"),
    [
        ([SPF, "v=spf1 mx ip4:192.0.2.1 -all"], "mail.example.cn", "2 条", "v=spf1 mx ip4:192.0.2.1 ~all"),
        (["v=spf1 mx +all"], "mail.example.cn", "任何人", "v=spf1 mx ~all"),
        (["v=spf1 mx ALL"], "mail.example.cn", "任何人", "v=spf1 mx ~all"),
        ([SPF], "smtp.exmail.qq.com", "include:spf.mail.qq.com", "v=spf1 mx include:spf.mail.qq.com ~all"),
        ([], "smtp.qiye.aliyun.com", "没有 SPF", "v=spf1 include:spf.qiye.aliyun.com ~all"),
        ([], "192.168.1.9", "没有 SPF", "v=spf1 ip4:203.0.113.1 ~all"),
    ],
)
async def test_an_spf_record_that_does_not_help_is_told_with_one_that_does_and_keeps_what_was_in_it(
    records: list[str], server: str, said: str, wanted: str
) -> None:
    spf = (await told({"alerts.example.cn": records}, smtp_host=server))[0]
    assert spf.level is Level.WARNING
    assert said in spf.what
    assert spf.command == wanted


async def test_an_spf_record_that_is_kept_elsewhere_is_left_to_those_who_keep_it() -> None:
    records = {"alerts.example.cn": ["v=spf1 redirect=_spf.example.cn"]}
    assert (await told(records, smtp_host="smtp.exmail.qq.com"))[0].level is Level.OK


async def test_a_published_key_of_another_pair_is_told() -> None:
    other = record().replace("p=MI", "p=Mx")
    dkim = (await told({"zhitui._domainkey.alerts.example.cn": [other]}, dkim_key=pem(KEY)))[1]
    assert dkim.level is Level.WARNING
    assert "不是一对" in dkim.what


async def test_a_signature_of_a_stranger_is_told() -> None:
    dkim = (await told({}, dkim_key=pem(KEY), dkim_domain="example.org"))[1]
    assert "不是一家" in dkim.what


async def test_without_a_key_advice_depends_on_who_sends() -> None:
    assert (await told({}))[1].command == "openssl genrsa -out dkim.pem 2048"
    assert (await told({}, smtp_host="smtp.exmail.qq.com"))[1].level is Level.OK


async def test_a_key_that_cannot_sign_is_a_failure() -> None:
    (found,) = await told({}, dkim_key="nonsense")
    assert found.level is Level.FAILED
    assert "ZHITUI_DKIM_KEY" in found.what


async def test_a_public_mailbox_and_a_trial_on_one_machine_need_nothing() -> None:
    (found,) = await told({}, mail_from="zhitui@qq.com")
    assert found.level is Level.OK
    assert await told({}, mail_from="zhitui@localhost") == []


async def test_a_name_server_that_does_not_answer_is_told_once() -> None:
    (found,) = await told(None, dkim_key=pem(KEY))
    assert found.level is Level.WARNING
    assert "DNS" in found.remedy
