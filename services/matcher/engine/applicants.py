"""Applicants: a full legal name fits that company alone, a group's name its members, anything shorter whoever goes by it.

A company has one key for its legal name of today (old names lead to it), one for each group that it belongs to, and one for
each shorter form of its name; a pattern asks for keys of one of these kinds.
"""

from functools import lru_cache

from services.matcher.engine import company_groups
from services.matcher.engine.company_names import is_legal_name, legal_name, short_names, without_group

__all__ = ["fits", "is_legal_name", "keys", "legal_name", "pattern_keys"]


@lru_cache(maxsize=65536)
def keys(name: str) -> tuple[str, ...]:
    """Return the keys under which patterns may ask for this applicant."""
    legal = legal_name(name)
    if not legal:
        return ()
    groups = [f"@{group.name}" for group in company_groups.groups_of(name)]
    return (f"={company_groups.today(legal)}", *groups, *[f"~{short}" for short in short_names(name)])


def pattern_keys(pattern: str) -> tuple[str, ...]:
    """Return the keys of `keys` that a pattern, as its author wrote it, asks for; none when it names nobody."""
    legal = legal_name(pattern)
    if not legal:
        return ()
    group = company_groups.called(legal) or company_groups.called(without_group(legal))
    if group:
        return (f"@{group.name}",)
    own = f"={company_groups.today(legal)}"
    return (own,) if is_legal_name(pattern) else tuple(dict.fromkeys((own, f"~{legal}", f"~{without_group(legal)}")))


def fits(pattern: str, name: str) -> bool:
    """Whether a pattern, as its author wrote it, fits an applicant's name: the specification of the two kinds of keys."""
    wanted, legal = legal_name(pattern), legal_name(name)
    if not wanted or not legal:
        return False
    asked = {wanted, without_group(wanted)}
    named = [group for group in company_groups.groups() if asked & group.names]
    if named:
        return any(company_groups.belongs(group, name) for group in named)
    if company_groups.today(wanted) == company_groups.today(legal):
        return True
    return not is_legal_name(pattern) and bool(asked & set(short_names(name)))
