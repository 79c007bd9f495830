"""What the check of a profile says of its keywords."""

from shared.wording.said import Template

TERMS = {
    "empty-term": Template(
        "关键词“{term}”没有可以匹配的字，请改写或删去",
        "Nothing is left of the keyword “{term}” that a text could hold; write another, or remove it",
    ),
    "short-term": Template(
        "关键词“{term}”只有一个字，会带来大量无关结果，请写得更具体",
        "The keyword “{term}” is a single character and brings much that is unrelated; write something longer",
    ),
    "short-term.excluded": Template(
        "none 里的“{term}”只有一个字，会排除大量有用的结果，请写得更具体",
        "The excluded word “{term}” is a single character and keeps much away that is useful; write something longer",
        page="排除词“{term}”只有一个字，会排除大量有用的结果，请写得更具体",
    ),
    "short-fuzzy-term": Template(
        "“{term}”不足 {least} 个字，模糊匹配对它不起作用，只按原词匹配",
        "“{term}” has fewer than {least} characters: variants of it are not looked for, only the word itself",
    ),
    "short-fuzzy-term.profile": Template(
        "fuzziness 不起作用：关键词都不足 {least} 个字，短词只按原词匹配",
        "Asking for variants does nothing: all keywords have fewer than {least} characters, and short ones are looked for as they are",
        page="“近似写法”不起作用：关键词都不足 {least} 个字，短词只按原词查找",
    ),
    "ring-synonym": Template(
        "“{term}”的同义词“{synonyms:”“}”已在词环里，不写也会匹配，可以删去",
        "“{synonyms:”, “}” need not be written as synonyms of “{term}”: the rings have them, so they are looked for anyway",
    ),
    "listed-term": Template(
        '“{term}”像是几个关键词写在了一起，只会命中一字不差的原文；请拆开写成 "{parts:"、"}"',
        "“{term}” looks like several keywords in one, and is found only where a text has it to the letter; write them apart: “{parts:”, “}”",
    ),
    "listed-term.wildcard": Template(
        "“{term}”里的通配符不起作用，会按原样去找；请写成“{bare}”，词的一部分默认也算命中",
        "The wildcard in “{term}” does nothing and is looked for as it is; write “{bare}”, which counts as a part of a word, too",
    ),
    "common-term": Template(
        "约 {share:.0%} 的公开都有“{term}”，起不到筛选作用，请换成技术用语或删去",
        "About {share:.0%} of all publications have “{term}”, so it selects nothing; put a technical term in its place, or remove it",
    ),
    "common-term.excluded": Template(
        "约 {share:.0%} 的公开都有 none 里的“{term}”，会把它们全部排除，请写得更具体",
        "About {share:.0%} of all publications have the excluded word “{term}” and are all kept away; write something more specific",
        page="约 {share:.0%} 的公开都有排除词“{term}”，会把它们全部排除，请写得更具体",
    ),
    "affix-of-words": Template(
        "“{term}”出现的地方约 {part:.0%} 是“{word}”，也算命中；不想要请把“match”设为“word”，或把“{word}”写进 none",
        "About {part:.0%} of the places with “{term}” are “{word}”, and count; if you do not want them, exclude “{word}”, "
        "or let “{term}” count as a whole word only",
        page="“{term}”出现的地方约 {part:.0%} 是“{word}”，也算命中；不想要请把“{word}”加到“不要出现”里",
    ),
    "inside-words": Template(
        "“{term}”出现的地方约 {part:.0%} 是“{word}”的一部分，不算命中；想要它们请另写“{word}”",
        "About {part:.0%} of the places with “{term}” are part of “{word}”, and do not count; if you want them, add “{word}”",
    ),
    "unseen-term.latin": Template(
        "“{term}”和常用的“{names:”“}”只差一个字母，请核对拼写",
        "“{term}” is one letter away from the usual “{names:”, “}”; check the spelling",
    ),
    "unseen-term.meant": Template(
        "公开文献里没见过“{term}”这种写法，是不是想写“{meant:”或“}”？请核对用字",
        "No publication writes “{term}”; did you mean “{meant:” or “}”? Check the characters",
    ),
    "unseen-term.pair": Template(
        "公开文献里没见过“{term}”（“{pair}”从不连用），请核对用字；确是新词就不必改",
        "No publication writes “{term}” (“{pair}” never stand together); check the characters. A new word may stay",
    ),
    "unseen-term.stored": Template(
        "已入库的 {publications:,} 件公开里从未出现“{terms:”“}”，请核对用字，或换更常用的说法",
        "None of {publications:|stored publication|stored publications} holds “{terms:”, “}”; check the characters, or write what is more usual",
    ),
    "straddling-term": Template(
        "已入库的公开里有 {held} 件出现“{term}”，只有 {counted} 件算命中，其余是别的词的一部分或跨在两个词之间；"
        "觉得少了请写更完整的说法，或把“match”设为“anywhere”",
        "“{term}” stands in {held:|stored publication|stored publications}, of which {counted:,} count; elsewhere it is a part of another "
        "word, or lies across two. If that is too little, write it out, or let it count anywhere",
        page="已入库的公开里有 {held} 件出现“{term}”，只有 {counted} 件算命中，其余是别的词的一部分或跨在两个词之间；觉得少了请写更完整的说法",
    ),
    "duplicate-term": Template(
        "“{other}”和“{term}”是同一个词，请删去一个", "“{other}” and “{term}” are the same word; remove one of them"
    ),
    "repeated-term": Template(
        "“{term}”也在第 {group} 组里：有它一个词，两组就都满足，“并且”不起作用；请只留在一组",
        "“{term}” is in group {group}, too: this one word fulfils both, so “and” does nothing; leave it in one of them",
    ),
    "contained-term": Template(
        "约 {share:.1%} 的公开都有“{term}”，它包含了“{longer:”“}”：想收窄请删去“{term}”，否则长的可以不写",
        "About {share:.1%} of all publications have “{term}”, which finds “{longer:”, “}” as well: remove “{term}” to get less, or else the longer ones",
    ),
    "excluded-term": Template(
        "“{term}”既是关键词又被 none 排除，作为关键词永远不起作用，请删去一处",
        "“{term}” is both a keyword and excluded, so it never finds anything; remove it in one of the places",
        page="“{term}”既是关键词又在“不要出现”里，作为关键词永远不起作用，请删去一处",
    ),
    "excluded-term.part": Template(
        "none 里的“{excluded}”是关键词“{term}”的一部分，会把它也排除掉，请把 none 写得更具体",
        "The excluded word “{excluded}” is a part of the keyword “{term}” and excludes it, too; exclude something more specific",
        page="排除词“{excluded}”是关键词“{term}”的一部分，会把它也排除掉，请把排除词写得更具体",
    ),
    "excluded-group": Template(
        "这一组的关键词都被 none 排除（{excluded:、}），规则永远不会成立，请改 none 或这一组",
        "All keywords of this group are excluded ({excluded:, }), so the rule can never match; change the excluded words or this group",
        page="这一组的关键词都在“不要出现”里（{excluded:、}），这个条件永远不会满足，请改排除词或这一组",
    ),
    "excluded-group.nearly": Template(
        "这一组的关键词都被 none 排除（{excluded:、}），规则几乎不会成立，请改 none 或这一组",
        "All keywords of this group are excluded ({excluded:, }), so the rule will hardly ever match; change the excluded words or this group",
        page="这一组的关键词都在“不要出现”里（{excluded:、}），这个条件几乎不会满足，请改排除词或这一组",
    ),
}
