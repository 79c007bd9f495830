"""Roles and scopes, as people read them."""

from services.portal.desk.actor import Permission, Role
from services.portal.desk.refusals import Text

ROLES = {
    Role.OWNER: Text("管理员", "Owner"),
    Role.EDITOR: Text("编辑", "Editor"),
    Role.VIEWER: Text("只看", "Viewer"),
    Role.OPERATOR: Text("中心运维", "Centre operator"),
    Role.CURATOR: Text("领域编辑", "Curator"),
}

SCOPES = {
    Permission.READ: Text("查看", "Read"),
    Permission.WRITE_PROFILES: Text("修改画像", "Change profiles"),
    Permission.WRITE_DESTINATIONS: Text("修改接收地址", "Change destinations"),
    Permission.WRITE_SUBSCRIPTIONS: Text("修改推送", "Change subscriptions"),
    Permission.WRITE_FEEDBACK: Text("评价提醒", "Judge alerts"),
    Permission.RETRY_DELIVERIES: Text("重发消息", "Retry deliveries"),
    Permission.EXPORT: Text("导出", "Export"),
    Permission.MANAGE_MEMBERS: Text("管理成员", "Manage members"),
    Permission.MANAGE_ORGANISATION: Text("管理单位", "Manage the organisation"),
    Permission.MANAGE_TOKENS: Text("管理令牌", "Manage tokens"),
    Permission.CURATE_FIELDS: Text("编辑技术领域", "Curate fields"),
    Permission.OPERATE: Text("运维", "Operate"),
}
