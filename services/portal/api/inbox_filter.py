"""Which of what came in: the filter that exports and shared lists have in common."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from services.portal.desk.drafts import Id
from services.portal.desk.inbox import Wanted
from shared.filing.marks import Verdict


class Filter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of what came in; what is not given leaves nothing out.

    Attributes:
        opinion: the last word of any member.
        week: any day of the week in which it was told, local time.
        region: of an applicant.
        applicant: characters of an applicant's name.
    """

    subscription_id: Id | None = None
    profile_id: Id | None = None
    opinion: Verdict | None = None
    week: Annotated[date, Meta(description="Any day of the week in which it was told.")] | None = None
    region: Annotated[str, Meta(pattern=r"^\d{2}(\d{2}){0,2}$", description="2, 4 or 6 digits.")] | None = None
    applicant: Annotated[str, Meta(max_length=80)] = ""
    assigned_to: Id | None = None

    def wanted(self) -> Wanted:
        """Return it as the desk takes it."""
        monday = None if self.week is None else date.fromordinal(self.week.toordinal() - self.week.weekday())
        return Wanted(
            subscription_id=self.subscription_id or "",
            profile_id=self.profile_id or "",
            opinion="" if self.opinion is None else self.opinion.value,
            monday=monday,
            region=self.region or "",
            applicant=self.applicant.strip(),
            assigned_to=self.assigned_to or "",
        )
