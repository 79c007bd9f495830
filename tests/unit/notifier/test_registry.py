import pytest

from services.notifier.channels import registry
from shared.errors import InvalidInputError
from shared.wire.subscription import Channel


def test_a_channel_that_this_version_lacks_is_told_from_one_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "CHANNELS", {Channel.EMAIL: None})
    with pytest.raises(InvalidInputError, match="没有名为“pigeon”的推送渠道。可以用：email"):
        registry.known_channel("pigeon")
    with pytest.raises(InvalidInputError, match="还没有“feishu”渠道"):
        registry.known_channel("feishu")
