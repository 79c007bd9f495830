"""What the check of a profile says of classes, applicants, regions, kinds, and of rules as a whole."""

from shared.wording.said import Template

LISTS = {
    "in-rule": Template("第 {rule} 条规则：{what}", "Rule {rule}: {what}", page="条件 {rule}：{what}"),
    "in-group": Template(
        "第 {rule} 条规则第 {group} 组：{what}",
        "Rule {rule}, group {group}: {what}",
        page="条件 {rule} 第 {group} 组：{what}",
    ),
    "lies-in": Template("{one} 在 {other} 里", "{one} in {other}"),
    "duplicate-rule": Template(
        "和第 {rule} 条规则完全相同，请删去一条",
        "This is the same as rule {rule}; remove one of them",
        page="和条件 {rule} 完全相同，请删去一个",
    ),
    "bad-ipc": Template(
        "IPC“{ipc}”不是分类号，请写成 H01M10/0525、H01M10* 或 H01M* 的样子",
        "“{ipc}” is no IPC class; write it like H01M10/0525, H01M10* or H01M*",
        page="“{ipc}”不是分类号，请写成 H01M10/0525、H01M10* 或 H01M* 的样子，或按名称查找",
    ),
    "unknown-ipc": Template(
        "分类表里没有“{ipc}”，请核对；它只会命中写着同样分类号的公开",
        "The IPC has no “{ipc}”; check it. It finds only publications that carry the very same class",
    ),
    "unknown-ipc.class": Template(
        "分类表里没有“{ipc}”这个大类，规则永远不会成立，请核对字母和数字",
        "The IPC has no class “{ipc}”, so the rule can never match; check letters and digits",
        page="分类表里没有“{ipc}”这个大类，这个条件永远不会满足，请核对字母和数字，或按名称查找",
    ),
    "unknown-ipc.subclass": Template(
        "分类表里没有“{ipc}”这个小类，规则永远不会成立，请核对字母和数字",
        "The IPC has no subclass “{ipc}”, so the rule can never match; check letters and digits",
        page="分类表里没有“{ipc}”这个小类，这个条件永远不会满足，请核对字母和数字，或按名称查找",
    ),
    "ipc-without-star": Template(
        "IPC“{ipc}”没有星号，只命中写到这一级的公开；要包含下级请写“{ipc}*”",
        "“{ipc}” has no star and finds only publications classified at this level; for all below it write “{ipc}*”",
        page="分类号“{ipc}”没有星号，只命中写到这一级的公开；要包含下级请写“{ipc}*”",
    ),
    "excluded-ipc": Template(
        "ipc 全部被 not_ipc 排除（{excluded:、}），规则永远不会成立，请改 ipc 或 not_ipc",
        "All IPC classes are excluded ({excluded:, }), so the rule can never match; change the classes or the excluded ones",
        page="限定的分类号都在排除的分类号里（{excluded:、}），这个条件永远不会满足，请改其中一处",
    ),
    "excluded-ipc.one": Template(
        "IPC“{ipc}”全在 not_ipc 的“{by}”里，永远不起作用，请删去一处",
        "The IPC class “{ipc}” lies within the excluded “{by}” and never finds anything; remove one of them",
        page="分类号“{ipc}”在排除的“{by}”里，永远不起作用，请删去一处",
    ),
    "bad-applicant": Template(
        "申请人“{applicant}”没有可以匹配的字，请改写或删去",
        "Nothing is left of the applicant “{applicant}” that a name could hold; write another, or remove it",
    ),
    "excluded-applicant": Template(
        "申请人全部被 not_applicants 排除（{excluded:、}），规则永远不会成立，请改其中一处",
        "All applicants are excluded ({excluded:, }), so the rule can never match; change the one or the other",
        page="要找的申请人都在“不要这些申请人”里（{excluded:、}），这个条件永远不会满足，请改其中一处",
    ),
    "excluded-applicant.one": Template(
        "申请人“{applicant}”被 not_applicants 的“{by}”排除，永远不起作用，请删去一处",
        "The applicant “{applicant}” is excluded by “{by}” and never finds anything; remove one of them",
        page="申请人“{applicant}”被“不要这些申请人”里的“{by}”排除，永远不起作用，请删去一处",
    ),
    "bad-region": Template(
        "地区“{region}”不是行政区划代码，请写 44、4401 或 440106 这样的代码",
        "“{region}” is no region; look it up by its name (such as 天河), or write a code like 44, 4401 or 440106",
        page="没有“{region}”这个地区，请按名称查找，例如“天河”",
    ),
    "bad-kind": Template(
        "文献种类“{kind}”不存在，请写 A（公开）、B（授权）、U（实用新型）、S（外观设计）等",
        "There is no kind of document “{kind}”; write A (application), B (granted patent), U (utility model), S (design) or another",
    ),
    "retired-kind": Template(
        "文献种类 {kinds:、} 在 2010 年 4 月起不再用于授权公告，几乎不会再有新公开；请写 {now:、}",
        "The kind {kinds:, } has not been used for grants since April 2010, so hardly anything new will come; write {now:, }",
    ),
    "design-without-ipc": Template(
        "外观设计（S）没有 IPC 分类号，规则永远不会成立，请删去 ipc",
        "Designs (S) have no IPC classes, so the rule can never match; remove the classes",
        page="外观设计没有 IPC 分类号，这个条件永远不会满足，请删去分类号",
    ),
    "design-without-ipc.some": Template(
        "外观设计（S）没有 IPC 分类号，写了 ipc 就收不到它，请为外观设计另写一条不带 ipc 的规则",
        "Designs (S) have no IPC classes, and with classes none will come; write a further rule for designs, without classes",
        page="外观设计没有 IPC 分类号，限定了分类号就收不到它，请为外观设计另加一个不带分类号的条件",
    ),
    "design-without-text": Template(
        "外观设计（S）没有摘要和权利要求，规则永远不会成立，请在 fields 里加上 title",
        "Designs (S) have neither abstract nor claims, so the rule can never match; look at the title, too",
        page="外观设计没有摘要和权利要求，这个条件永远不会满足，请在“查找范围”里勾上名称",
    ),
}
