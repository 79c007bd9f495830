"""Words that help to find where a term begins."""


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


FUNCTION_WORDS = words("""
    的 地 得 了 着 是 为 有 和 与 或 及 以及 或者 并 并且 而 而且 且 在 于 对 对于 将 把 被 由 从 到 至 向 以 用 用于 采用 使用 利用 通过 经 经过 基于
    根据 按照 依据 按 包括 包含 含 含有 具有 带有 设有 设置 一种 一个 一组 该 所述 其 此 这 这种 该种 每 每个 各 各个 多个 若干 至少 例如 比如 诸如 如
    即 称 称为 等 之 中 上 下 内 外 后 前 时 当 使 使得 让 可 可以 能 能够 不 非常 也 还 则 因 因为 由于 选自 优选 优选为 现有 上述 下述 前述 本 本发明
    本申请 本实用新型 实用新型 同时 分别 其中 以下 以上 主要 另 另外 其他 其它 所用 所有 任一 任意 某 某种 个 份 重量份 质量份 随着 关于 针对 简称 又称
    也称 亦称 俗称 又名 别名 下称 缩写 英文 中文 名称 全称 来自 来源于 位于 取 是否 需 需要 应用于 适用于 常用 作为 成为 所 又 被称作 称作 属于 借助 借助于 无需
""")
"""Words that no term begins with, and that none goes over."""

DOINGS = words("""
    加入 添加 得到 获得 制备 公开 涉及 提供 进行 实现 发送 接收 生成 计算 检测 获取 测量 提取 确定 选择 构建 建立 输入 输出 发射 形成 产生 测定 分析
    识别 预测 处理 控制 驱动 去除 降低 提高 增加 减少 抑制 诱导 表达 制成 做 应用 连接 安装 合成 制造 生产 改进 改性 运输 新型 传统 普通 多 固体 新 治疗 预防 缓解 改善
""")
"""Words that mostly stand before a term, though some terms hold them (过程控制系统)."""

GENERIC = words("""
    装置 系统 方法 设备 结构 材料 组件 部件 机构 模块 单元 接口 电路 产品 技术 工艺 信号 数据 信息 芯片 膜 板 层 管 器 机 用户 终端 终端设备 网络
    产物 溶液 化合物 物质 文件 参数 数值 值 传感器 探测器 控制器 处理器 开关 协议 标识 标识符 状态 角度 阈值
""")
"""Words that name a thing without saying which; alone they are no term worth a ring."""
