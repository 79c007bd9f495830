"""How long it is what an alert says: worked out once, when the alert is recorded, and kept with it."""

import msgspec


class Extent(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Whole numbers of which what an alert takes follows in every form of every channel, without looking at what it says.

    Attributes:
        wording: a fingerprint of how alerts were worded when this was worked out. Under another wording it says nothing.
        bytes: UTF-8 of all texts of the item, without what stands between them.
        characters: of these texts but for its number and facts.
        shape: how many texts of which sort there are, what of the title is marked, and how many signs a form may write as something
            longer; 0 up to 2**63 - 1.
        body: bytes of what a webhook's body says of it, 0: more than is said in full.
    """

    wording: int
    bytes: int
    characters: int
    shape: int
    body: int
