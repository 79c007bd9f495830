"""What the check of a profile says of how much it brings: floods, silence, scores that cannot be reached, fields that nothing has."""

from shared.wording.said import Template

VOLUME = {
    "unreachable-score": Template(
        "min_score 是 {min_score:g}，这条规则最高只能得 {highest:g} 分，永远不会成立；请把 min_score 降到 {highest:g} 或更低",
        "The least relevance is {min_score:100} of 100, and this rule reaches {highest:100} at most, so it can never match; lower it to {highest:100} or less",
        page="最低相关度是 {min_score:100}，这个条件最高只能得 {highest:100}，永远不会满足；请降到 {highest:100} 或更低",
    ),
    "unreachable-score.title": Template(
        "min_score 是 {min_score:g}，而标题里每组各有一个词只得 {in_title:g} 分，要摘要里也有才会推送；请考虑降到 {in_title:g} 或更低",
        "The least relevance is {min_score:100} of 100, and a title with one word of each group reaches {in_title:100}: the abstract must "
        "have them, too. Think of {in_title:100} or less",
        page="最低相关度是 {min_score:100}，而名称里每组各有一个词只得 {in_title:100}，要摘要里也有才会推送；请考虑降到 {in_title:100} 或更低",
    ),
    "missing-field": Template(
        "已入库的公开都没有{fields!f:、}，关键词永远不会命中；请在 fields 里加上 title",
        "No stored publication has {fields!f: or }, so the keywords never find anything; look at the title, too",
        page="已入库的公开都没有{fields!f:、}，关键词永远不会命中；请在“查找范围”里勾上名称",
    ),
    "wide-exclusion": Template(
        "这条规则在已入库的公开里找到 {found} 件，none 排除了其中 {excluded} 件（{part:.0%}），请把 none 写得更具体",
        "The rule finds {found:|stored publication|stored publications}, and the excluded words keep {excluded:,} of them away ({part:.0%}); "
        "exclude something more specific",
        page="这个条件在已入库的公开里找到 {found:,} 件，排除词排除了其中 {excluded:,} 件（{part:.0%}），请把排除词写得更具体",
    ),
    "silence": Template(
        "按词频估计，几乎不会有公开命中；请减少关键词组，或给每组多写几个说法",
        "By how common the words are, hardly any publication will match; use fewer groups, or write more words in each",
    ),
    "silence.stored": Template(
        "已入库的 {publications:,} 件公开里一件也没有命中；请减少关键词组，或给每组多写几个说法",
        "Of {publications:|stored publication|stored publications} none matches; use fewer groups, or write more words in each",
    ),
    "flood.counted": Template(
        "按已入库的公开估计每周约 {a_week:~} 件，太多，看不过来{widest}{ways}",
        "By what is stored, about {a_week:~} a week are to be expected: more than anybody reads{widest}{ways}",
    ),
    "flood.estimated": Template(
        "按词频估计每周约 {a_week:~} 件，太多，看不过来{widest}{ways}",
        "By how common the words are, about {a_week:~} a week are to be expected: more than anybody reads{widest}{ways}",
    ),
    "flood-term": Template(
        "；最宽的词是“{term}”（约 {share:.1%} 的公开都有）",
        "; the widest word is “{term}” (in about {share:.1%} of all publications)",
    ),
    "flood-term.with-synonyms": Template(
        "；最宽的词是“{term}”（连同同义词约 {share:.1%} 的公开都有）",
        "; the widest word is “{term}” (with its synonyms in about {share:.1%} of all publications)",
    ),
    "flood-ways": Template("。可以{ways:；}", ". You could {ways:; or }"),
    "flood-way.with-keywords": Template(
        "加一组关键词，约剩 {left:~} 件", "add a group of keywords, which leaves about {left:~}"
    ),
    "flood-way.without-term": Template(
        "去掉“{term}”，约剩 {left:~} 件", "remove “{term}”, which leaves about {left:~}"
    ),
    "flood-way.title-only": Template("只看标题，约剩 {left:~} 件", "look at titles only, which leaves about {left:~}"),
    "flood-way.with-class": Template(
        "加上一个 IPC 小类（如 H01M*），约剩 {left:~} 件",
        "add an IPC subclass (such as H01M*), which leaves about {left:~}",
    ),
}
