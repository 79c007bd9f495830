"""``/centre``: what came in, what matched, what went out, what is stuck and why. Read-only."""

from typing import TYPE_CHECKING, Any

from aiohttp import web

from services.portal.facts import LOOKED_AT, ROWS, Facts
from services.portal.findings import Level, stuck, who_does_what, why
from services.portal.kept_facts import KeptFacts
from services.portal.loopback import loopback_only
from services.portal.pages import page, style_route
from shared.runtime.openapi import describe
from shared.store.incoming import RunState
from shared.store.records import DeliveryState
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from shared.runtime.role import Surroundings

REFRESH_SECONDS = 10

CHANNELS = {
    Channel.EMAIL: "邮件",
    Channel.WECOM_ROBOT: "企业微信群机器人",
    Channel.WECOM_APP: "企业微信应用",
    Channel.WECHAT_SERVICE: "微信服务号",
    Channel.WEBHOOK: "Webhook",
    Channel.DINGTALK: "钉钉",
    Channel.FEISHU: "飞书",
    Channel.FEED: "订阅源",
}
DELIVERY_STATES = {
    DeliveryState.SENT: "已送出",
    DeliveryState.WAITING: "待发送",
    DeliveryState.SENDING: "发送中",
    DeliveryState.DEAD: "已放弃",
    DeliveryState.HELD: "待确认",
}
SOURCES = {
    "watch-folder": "监视文件夹",
    "cli": "命令行",
    "http-push": "HTTP 推送",
    "replay": "隔离重读",
    "ops": "OPS 检索",
}
"""What ingest calls its sources, for people; one that is not here is shown as it is."""

RUN_STATES = {RunState.READING: "读取中", RunState.DONE: "已读完", RunState.FAILED: "未读完"}


def centre_routes(around: "Surroundings") -> list[web.RouteDef]:
    """Return the operator's page and its style sheet."""
    zone = around.settings.zone
    kept = KeptFacts(around)

    @describe(
        parameters=[
            {
                "name": "refresh",
                "in": "query",
                "description": "present: the page loads itself again every 10 s",
                "schema": {"type": "string"},
            }
        ],
        responses={
            "200": {"description": "The page.", "content": {"text/html": {}}},
            "403": {"description": "Asked from another machine.", "content": {"text/html": {}}},
        },
    )
    @loopback_only
    async def centre(request: web.Request) -> web.Response:
        """The operator's page, for people at this machine."""
        facts = await kept.get()
        refresh = REFRESH_SECONDS if "refresh" in request.query else None
        return page("centre.html", root="", zone=zone, refresh=refresh, **view(facts))

    return [web.get("/centre", centre), style_route()]


def view(facts: Facts) -> dict[str, Any]:
    """Return what the template shows, in the order in which it shows it."""
    findings = stuck(facts)
    names = {profile.id: profile.name or profile.id for profile in facts.profiles}
    matched = {profile_id for profile_id, _, _ in facts.match_counts}
    channels = sorted({channel for channel, _ in facts.delivery_counts})
    return {
        "facts": facts,
        "findings": findings,
        "who": [finding.what for finding in who_does_what(facts)],
        "failures": sum(finding.level is Level.FAILED for finding in findings),
        "sent": facts.deliveries_in(DeliveryState.SENT),
        "waiting": facts.deliveries_in(DeliveryState.WAITING) + facts.deliveries_in(DeliveryState.SENDING),
        "run_states": RUN_STATES,
        "sources": SOURCES,
        "totals": {
            column: sum(getattr(run, column) for run in facts.runs)
            for column in ("read", "accepted", "unchanged", "corrected", "rejected")
        },
        "matches": [(names.get(i, f"{i}（已删除）"), i, count, at) for i, count, at in facts.match_counts[:ROWS]],
        "unmatched": []
        if facts.is_partial
        else [(name, profile_id) for profile_id, name in names.items() if profile_id not in matched],
        "looked_at": LOOKED_AT,
        "delivery_states": DELIVERY_STATES,
        "channels": [
            (CHANNELS[Channel(channel)], [facts.deliveries_in(state, Channel(channel)) for state in DELIVERY_STATES])
            for channel in channels
        ],
        "recent": [
            (delivery, CHANNELS[delivery.channel], _address(facts, delivery.destination_id), why(delivery))
            for delivery in facts.recent
        ],
    }


def _address(facts: Facts, destination_id: str) -> str:
    destination = facts.destination(destination_id)
    return destination.masked_address if destination else "已删除"
