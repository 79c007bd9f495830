"""What a change does that tightens a profile."""

from shared.wording.said import Template

CHANGES = {
    "tighten.title-only": Template("只看标题", "Look at titles only"),
    "tighten.least-score": Template(
        "最低得分设为 {least:g}", "Set the least relevance to {least:100} of 100", page="最低相关度设为 {least:100}"
    ),
    "tighten.exclude-word": Template("排除“{word}”", "Exclude “{word}”"),
    "tighten.want-word": Template("还要有“{word}”", "Want “{word}”, too"),
    "tighten.only-ipc": Template("只要 IPC {patterns:、}", "Only IPC {patterns:, }"),
    "tighten.exclude-ipc": Template("排除 IPC {pattern}", "Exclude IPC {pattern}"),
    "tighten.without-rule": Template("去掉第 {rule} 条规则", "Remove rule {rule}", page="去掉条件 {rule}"),
    "tighten.in-rule": Template("第 {rule} 条规则{change}", "Rule {rule}: {change}", page="条件 {rule}：{change}"),
}
