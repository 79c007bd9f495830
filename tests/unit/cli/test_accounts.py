"""The doctor's look at the accounts that messages are sent by."""

from services.cli.checks.accounts import accounts
from services.portal.findings import Level
from shared.settings import Settings
from shared.wire.subscription import Channel


def test_a_destination_whose_account_is_not_set_fails_and_names_what_is_missing() -> None:
    settings = Settings(wecom_corp_id="wx5823bf96d3bd56c7")  # type: ignore[call-arg]
    (finding,) = accounts(settings, [Channel.EMAIL, Channel.WECOM_APP])
    assert finding.level is Level.FAILED
    assert finding.remedy == "设置 ZHITUI_WECOM_AGENT_ID、ZHITUI_WECOM_APP_SECRET"


def test_an_account_that_is_whole_or_that_nobody_uses_is_not_spoken_of() -> None:
    settings = Settings(  # type: ignore[call-arg]
        wechat_app_id="wx0123456789abcdef",
        wechat_app_secret="not a secret",  # type: ignore[arg-type]
        wechat_template_id="t",
    )
    assert list(accounts(settings, [Channel.WECHAT_SERVICE, Channel.FEISHU])) == []
