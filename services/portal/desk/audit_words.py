"""What the audit log's actions are called; a test holds the tables to the actions that the desk records."""

from services.portal.desk.refusals import Text

_NOUNS = {
    "delivery": Text("推送", "delivery"),
    "destination": Text("目的地", "destination"),
    "event": Text("事件通知", "event's calls"),
    "field": Text("技术领域", "technical field"),
    "invitation": Text("邀请", "invitation"),
    "member": Text("成员", "member"),
    "note": Text("备注", "note"),
    "organisation": Text("单位", "organisation"),
    "password": Text("密码", "password"),
    "profile": Text("订阅画像", "profile"),
    "session": Text("登录", "session"),
    "share-link": Text("分享链接", "share link"),
    "subscription": Text("订阅", "subscription"),
    "token": Text("API 令牌", "API token"),
}

_VERBS = {
    "changed": "修改",
    "edited": "修改",
    "enabled": "启用",
    "erased": "注销",
    "exported": "导出",
    "invited": "邀请",
    "issued": "新建",
    "locked": "停用",
    "made": "新建",
    "muted": "静音",
    "paused": "暂停",
    "removed": "删除",
    "replaced": "修改",
    "resumed": "恢复",
    "retried": "重发",
    "rotated": "更换",
    "taken-back": "撤回",
    "unlocked": "启用",
    "unmuted": "取消静音",
    "verified": "验证",
}

_WHOLE = {
    "destination.key-replaced": Text("更换目的地的密钥", "destination's key replaced"),
    "destination.test-sent": Text("发送测试消息", "test message sent"),
    "destination.verify-sent": Text("发送验证消息", "verification sent"),
    "field.draft-discarded": Text("放弃技术领域的草稿", "draft of a technical field discarded"),
    "field.drafted": Text("起草技术领域", "technical field drafted"),
    "field.followed": Text("订阅技术领域", "technical field followed"),
    "field.following-changed": Text("修改跟随方式", "way of following a technical field changed"),
    "field.published": Text("发布技术领域", "technical field published"),
    "field.taken": Text("采用技术领域的新版本", "new version of a technical field taken"),
    "inbox.exported": Text("导出提醒", "alerts exported"),
    "match.assigned": Text("分派提醒", "alert assigned"),
    "member.joined": Text("成员加入", "member joined"),
    "member.moved": Text("更换成员的邮箱", "member's mail address changed"),
    "member.role-changed": Text("修改成员的角色", "member's role changed"),
    "member.tied-to-wecom": Text("绑定企业微信", "member tied to WeCom"),
    "session.closed": Text("退出登录", "signed out"),
    "session.opened": Text("登录", "signed in"),
    "subscription.left": Text("退订", "unsubscribed"),
    "wecom.connected": Text("接入企业微信", "WeCom connected"),
    "wecom.directory-read": Text("同步企业微信通讯录", "WeCom's directory read"),
    "wecom.disconnected": Text("断开企业微信", "WeCom disconnected"),
    "wecom.domain-file-put": Text("上传企业微信的域名校验文件", "file for WeCom's domain check put"),
    "wecom.keys-replaced": Text("更换企业微信的回调密钥", "keys of WeCom's callback replaced"),
    "wecom.menu-put": Text("更新企业微信的应用菜单", "menu of WeCom's app put"),
    "wecom.proved": Text("企业微信验证通过", "WeCom proved"),
    "wecom.secret-replaced": Text("更换企业微信的应用密钥", "secret of WeCom's app replaced"),
}


def action_text(action: str) -> Text:
    """Return what an action is called; of one that a newer version wrote, its code."""
    if action in _WHOLE:
        return _WHOLE[action]
    noun, _, verb = action.partition(".")
    if noun not in _NOUNS or verb not in _VERBS:
        return Text(action, action)
    return Text(f"{_VERBS[verb]}{_NOUNS[noun].zh}", f"{_NOUNS[noun].en} {verb.replace('-', ' ')}")
