"""What items take in a robot's forms: one memory a form."""

from functools import cache
from typing import TYPE_CHECKING

from services.notifier.templates.item_sizes import ItemSizes

if TYPE_CHECKING:
    from services.notifier.templates.markup import Form


@cache
def item_sizes(form: "Form") -> ItemSizes:
    """Return what items take in a form."""
    return ItemSizes(lambda item: form.measure(form.item(form, item)), lambda said: form.measure(form.escape(said)))


@cache
def gap(form: "Form") -> int:
    """Return what parts an item from the next takes."""
    return form.measure(form.separator)
