"""The desk where a person decides on rings: three files of the data folder, proposed, accepted and rejected."""

from typing import TYPE_CHECKING

from services.matcher.rings.files import RINGS, read_lines, read_rings, write_lines
from services.matcher.rings.mining.proposal import Proposal
from services.matcher.rings.ring import Ring
from services.matcher.rings.rings import ACCEPTED_FILE, Rings
from shared.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PROPOSALS = "zhitui-term-proposals"
PROPOSED_FILE = "terms-proposed.jsonl"
REJECTED_FILE = "terms-rejected.jsonl"


class Desk:
    """Reads the three files anew for every question: commands are short, and several may run."""

    def __init__(self, data_dir: "Path") -> None:
        self._accepted = data_dir / ACCEPTED_FILE
        self._proposed = data_dir / PROPOSED_FILE
        self._rejected = data_dir / REJECTED_FILE

    def rings(self) -> Rings:
        """Return the rings in force."""
        return Rings.with_accepted(self._accepted)

    def accepted(self) -> list[Ring]:
        """Return the rings that a person accepted."""
        return read_rings(self._accepted) if self._accepted.exists() else []

    def rejected(self) -> list[Ring]:
        """Return the rings that a person rejected; they are not proposed again."""
        return read_rings(self._rejected) if self._rejected.exists() else []

    def proposed(self) -> list[Proposal]:
        """Return the proposals that wait for a decision."""
        return read_lines(self._proposed, PROPOSALS, Proposal) if self._proposed.exists() else []

    def propose(self, proposals: "Iterable[Proposal]") -> list[Proposal]:
        """Put proposals on the desk, in place of older ones of the same terms; return those nobody decided on yet."""
        decided = {ring.id for ring in (*self.accepted(), *self.rejected())}
        open_ones = [one for one in proposals if one.id not in decided]
        new = {one.id for one in open_ones}
        write_lines(
            self._proposed, PROPOSALS, [*open_ones, *(one for one in self.proposed() if one.id not in new | decided)]
        )
        return open_ones

    def find(self, ring_id: str) -> Ring:
        """Return a proposed ring.

        Raises:
            NotFoundError: nothing of this id waits.
        """
        found = next((one for one in self.proposed() if one.id == ring_id), None)
        if found is None:
            raise NotFoundError(f"没有等待决定的词环 {ring_id}；zhitui terms list --proposed 列出全部")
        note = (
            f"从公开中发现：{found.publications} 件，例如 {found.examples[0].publication_number}"
            if found.examples
            else ""
        )
        return Ring(id=found.id, members=found.members, note=note)

    def accept(self, rings: "Iterable[Ring]") -> None:
        """Put rings into force, in place of those of the same id."""
        new = {ring.id: ring for ring in rings}
        write_lines(self._accepted, RINGS, [*(one for one in self.accepted() if one.id not in new), *new.values()])
        self._settle(new)

    def reject(self, ring_id: str, *, reason: str = "") -> Ring:
        """Reject a proposal, or take an accepted ring out of force.

        Raises:
            NotFoundError: there is neither.
        """
        accepted = {one.id: one for one in self.accepted()}
        ring = accepted.pop(ring_id, None) or self.find(ring_id)
        rejected = Ring(id=ring.id, members=ring.members, note=reason)
        write_lines(self._rejected, RINGS, [*(one for one in self.rejected() if one.id != ring_id), rejected])
        write_lines(self._accepted, RINGS, accepted.values())
        self._settle([ring_id])
        return ring

    def _settle(self, ids: "Iterable[str]") -> None:
        decided = set(ids)
        write_lines(self._proposed, PROPOSALS, [one for one in self.proposed() if one.id not in decided])
