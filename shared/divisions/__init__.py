"""China's administrative divisions (GB/T 2260): what they are called, what lies in them, and how people look for them."""

from shared.divisions.division import Division, below, called, division, provinces
from shared.divisions.search import meant, search
from shared.divisions.table import named

__all__ = ["Division", "below", "called", "division", "meant", "named", "provinces", "search"]
