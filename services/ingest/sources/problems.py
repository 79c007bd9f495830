"""What is said of a source that answers, but not with data."""

WEB_PAGE = (
    "来源返回的是网页（验证页、登录页或 JavaScript 防火墙），不是数据。"
    "请在浏览器里打开来源的地址看看要求什么；改用它允许的接口，或下载文件后放入监视文件夹。"
)
NOTHING_RECOGNISED = "来源送来的内容一条也没有读出来：格式可能变了。原文在隔离区，用 zhitui quarantine list 查看原因。"
