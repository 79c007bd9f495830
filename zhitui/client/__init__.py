"""A client of Zhitui's API, written against its OpenAPI; it needs nothing of the server.

::

    async with Client("https://patents.example.cn", token) as zhitui:
        profile = await zhitui.profiles.make(ProfileDraft(name="隔膜", rules=[Rule(groups=[["隔膜"]])]))
        async for match in zhitui.matches():
            print(match.publication.title, match.score)
"""

from zhitui.client.client import Client
from zhitui.client.drafts import DestinationDraft, ProfileDraft, Rule, SubscriptionDraft, Term
from zhitui.client.models import (
    Attempt,
    Delivery,
    Destination,
    Event,
    Evidence,
    Match,
    Me,
    Preview,
    Profile,
    Progress,
    Proof,
    Publication,
    Remark,
    Said,
    Subscription,
    Told,
    WhyNot,
)
from zhitui.client.problems import Fault, ProblemError

__all__ = [
    "Attempt",
    "Client",
    "Delivery",
    "Destination",
    "DestinationDraft",
    "Event",
    "Evidence",
    "Fault",
    "Match",
    "Me",
    "Preview",
    "ProblemError",
    "Profile",
    "ProfileDraft",
    "Progress",
    "Proof",
    "Publication",
    "Remark",
    "Rule",
    "Said",
    "Subscription",
    "SubscriptionDraft",
    "Term",
    "Told",
    "WhyNot",
]
