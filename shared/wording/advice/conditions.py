"""What is said of each condition of a rule that is held against one publication."""

from shared.wording.said import Template

CONDITIONS = {
    "found": Template("{field!f}里有“{text}”", "the {field!f} has “{text}”"),
    "found.synonym": Template(
        "{field!f}里有“{text}”（“{term}”的同义词）", "the {field!f} has “{text}” (a synonym of “{term}”)"
    ),
    "found.fuzzy": Template(
        "{field!f}里有“{text}”（“{term}”的相近写法）", "the {field!f} has “{text}” (a variant of “{term}”)"
    ),
    "group.found": Template("{where}，符合（{asked!q} 任一）", "Fits: {where} (any of {asked!q} is enough)"),
    "group.absent": Template("{fields!f:、}里没有找到 {asked!q}{more}", "Not found in {fields!f:, }: {asked!q}{more}"),
    "near.part": Template(
        "；{field!f}里的“{around}”虽含“{term}”这几个字，但不是这个词，不算；要算请把它设为“任意位置”",
        "; “{around}” in the {field!f} has the characters of “{term}” but not this word, and does not count; to count it, let the word stand anywhere",
    ),
    "near.elsewhere": Template(
        "；“{term}”只出现在{field!f}里，而这个画像不看{field!f}",
        "; “{term}” stands in the {field!f} only, where this profile does not look",
    ),
    "near.no-text": Template("（这件公开没有{fields!f:、}）", " (this publication has no {fields!f: and no })"),
    "excluded.found": Template("{where}，被排除", "Excluded: {where}"),
    "excluded.absent": Template("没有出现要排除的 {asked!q}", "Nothing of what is excluded is there: {asked!q}"),
    "listed": Template("{what!w} {value} 属于 {pattern}", "{what!w} {value} fits {pattern}"),
    "listed.excluded": Template(
        "{what!w} {value} 属于要排除的 {pattern}", "{what!w} {value} fits {pattern}, which is excluded"
    ),
    "unlisted": Template("{what!w} {given!l} 不属于 {patterns!q}", "{what!w} {given!l} does not fit {patterns!q}"),
    "unlisted.excluded": Template(
        "{what!w} {given!l} 不属于要排除的 {patterns!q}",
        "{what!w} {given!l} fits nothing of what is excluded: {patterns!q}",
    ),
    "listed.place": Template("{what!w} {value!p} 属于 {pattern!p}", "{what!w} {value!p} lies in {pattern!p}"),
    "unlisted.place": Template(
        "{what!w} {given!p:、} 不属于 “{patterns!p:”、“}”",
        "{what!w} {given!p:, } does not lie in “{patterns!p:”, “}”",
    ),
    "unlisted.nowhere": Template(
        "申请人在哪里不清楚，不算在 “{patterns!p:”、“}” 里",
        "Where the applicants are is not known, so not in “{patterns!p:”, “}”",
    ),
    "score.reached": Template(
        "得分 {score:.2f}，达到最低得分 {min_score:g}",
        "Relevance {score:100} of 100, which reaches the least, {min_score:100}",
        page="相关度 {score:100}，达到最低相关度 {min_score:100}",
    ),
    "score.missed": Template(
        "得分 {score:.2f}，低于最低得分 {min_score:g}",
        "Relevance {score:100} of 100, below the least, {min_score:100}",
        page="相关度 {score:100}，低于最低相关度 {min_score:100}",
    ),
}
