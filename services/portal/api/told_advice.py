"""What advice says, in the language that a program asks for."""

from typing import TypeVar

import msgspec

from shared.advice import Condition, Preview, Progress, Remark, WhyNot
from shared.wording.advice import text_in

OneT = TypeVar("OneT", Remark, Condition)


def worded(one: OneT, language: str) -> OneT:
    """Return a remark or a condition with its text in a language."""
    return msgspec.structs.replace(one, text=text_in(one, language))


def worded_preview(preview: Preview, language: str) -> Preview:
    """Return a preview with its remarks in a language."""
    remarks = tuple(worded(one, language) for one in preview.remarks)
    return msgspec.structs.replace(preview, remarks=remarks)


def worded_progress(progress: Progress, language: str) -> Progress:
    """Return how far a back-test is, with its result in a language."""
    result = None if progress.result is None else worded_preview(progress.result, language)
    return msgspec.structs.replace(progress, result=result)


def worded_why_not(found: WhyNot, language: str) -> WhyNot:
    """Return why a publication matches or not, with the conditions in a language."""
    conditions = tuple(worded(one, language) for one in found.conditions)
    return msgspec.structs.replace(found, conditions=conditions)
