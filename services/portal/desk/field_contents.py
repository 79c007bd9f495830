"""What curators write of a technical field: taken from the catalogue, put over it, and refused where it cannot be."""

import msgspec

from services.portal.catalogue.field import Field
from services.portal.desk.drafts import refuse_bad_name
from services.portal.desk.refusals import Fault, InvalidError, Text
from shared.filing.field_versions import FieldContent
from shared.wire.profile import Profile

MAX_WHY_CHARACTERS = 500
MAX_ABOUT_CHARACTERS = 500


def content_of(field: Field) -> FieldContent:
    """Return what a curator can change of a field."""
    return FieldContent(zh=field.zh, en=field.en, about=field.about, rules=field.rules)


def applied(field: Field, content: FieldContent) -> Field:
    """Return a field with a curator's content; links to synonym rings stay for the keywords that stayed."""
    words = {
        term if isinstance(term, str) else term.text
        for rule in content.rules
        for group in rule.groups
        for term in group
    }
    return msgspec.structs.replace(
        field,
        zh=content.zh,
        en=content.en,
        about=content.about,
        rules=content.rules,
        rings={word: ring for word, ring in field.rings.items() if word in words},
    )


def profile_with(code: str, content: FieldContent) -> Profile:
    """Return a content as a profile that can be checked and tried.

    Raises:
        InvalidError: it has no rules.
    """
    try:
        return Profile(id=code, name=content.zh, rules=content.rules)
    except ValueError as error:
        text = Text("请至少写一个关键词或分类号。", "Write at least one keyword or IPC class.")
        raise InvalidError(Fault("/content/rules", text)) from error


def refuse_bad_content(content: FieldContent) -> None:
    """Refuse names and a description that cannot be; rules are checked by who knows the past.

    Raises:
        InvalidError: one cannot be.
    """
    for name in ("zh", "en"):
        refuse_bad_name(getattr(content, name), pointer=f"/content/{name}")
        if not getattr(content, name).strip():
            raise InvalidError(Fault(f"/content/{name}", Text("请填写中文名和英文名。", "Give both names.")))
    if len(content.about) > MAX_ABOUT_CHARACTERS:
        text = Text(f"说明最多 {MAX_ABOUT_CHARACTERS} 个字。", f"At most {MAX_ABOUT_CHARACTERS} characters.")
        raise InvalidError(Fault("/content/about", text))


def refuse_no_reason(why: str) -> None:
    """Refuse to publish for no reason, or for one that nobody reads to its end.

    Raises:
        InvalidError: it is so.
    """
    if not why.strip() or len(why) > MAX_WHY_CHARACTERS:
        raise InvalidError(
            Fault(
                "/why",
                Text(
                    f"请写明修改原因，最多 {MAX_WHY_CHARACTERS} 个字。",
                    f"Say why, in at most {MAX_WHY_CHARACTERS} characters.",
                ),
            )
        )
