"""Moved to `shared.wording.items`; this name goes away."""

from shared.wording.items import Item as Item
from shared.wording.items import Segment as Segment
from shared.wording.items import highlight as highlight
from shared.wording.items import largest as largest
from shared.wording.items import one_line as one_line
from shared.wording.items import shorten as shorten
from shared.wording.items import view as view
from shared.wording.items import what_is_told as what_is_told
